#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Unpacks the bundles into an empty folder and tries them as on a machine that has nothing: no Java, no
# variables, no network where Linux lets us take it away.
#   prove.sh <folder of the bundles> <folder of the emulated CUDA driver>
set -euo pipefail
bundles=$(cd "$1" && pwd) emulator=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

say() { echo "bundle: $*"; }
fail() { say "FAILED: $*" >&2; exit 1; }

# Programs that the launcher may use; java and mvn are not among them.
mkdir "$folder/bin" "$folder/home"
for tool in bash cat cp dirname env find kill mkdir readlink rm sed sleep stty tr uname wc; do
  ln -s "$(command -v "$tool")" "$folder/bin/$tool"
done
network=()
if unshare --net --map-root-user true 2>/dev/null; then
  network=(unshare --net --map-root-user)
else
  say "the network stays: unshare is not allowed here"
fi
# Runs a command there, with the variables that come first.
bare() { "${network[@]}" env -i "PATH=$folder/bin" "HOME=$folder/home" "$@"; }

expect() { # <exit code> <text> <file of the output> <command...>
  local code=$1 text=$2 output=$3 actual=0
  shift 3
  "$@" >"$output" 2>&1 || actual=$?
  [ "$actual" = "$code" ] || { cat "$output" >&2; fail "$* ended with $actual, not $code"; }
  grep -qF -- "$text" "$output" || { cat "$output" >&2; fail "$* does not say: $text"; }
}

archive() { # the one bundle whose name matches
  local found=("$bundles"/$1)
  [ ${#found[@]} = 1 ] && [ -f "${found[0]}" ] || fail "there is not one $bundles/$1"
  printf '%s\n' "${found[0]}"
}
full=$(archive 'dragoman-*-linux-x86_64.tar.xz')
gpu=$(archive 'dragoman-*-linux-x86_64-gpu.tar.xz')
[ "$(wc -c <"$gpu")" -lt $((32 << 20)) ] || fail "$gpu has $(wc -c <"$gpu") bytes, more than 32 MiB"
tar --extract --file "$full" --directory "$folder"
tar --extract --file "$gpu" --directory "$folder"
full=$folder/$(basename "$full" .tar.xz) gpu=$folder/$(basename "$gpu" .tar.xz)
for program in "$full"/lib/*.jar "$gpu"/lib/*.jar; do
  ! unzip -l "$program" 2>/dev/null | grep -E '\.(dll|dylib|jnilib)$' || fail "$program has natives of other systems"
done
model=$full/models/fr-en

# The golden translations at beam 4, of the same file.
sed -n 's/.*"options": {"beam_size": 4, "length_penalty": 1, "max_decoding_length": 256, "num_hypotheses": 1}.*"translations": \["\(.*\)"\]}$/\1/p' \
  "$model/golden/own.fr-en.jsonl" | sed 's/\\"/"/g' >"$folder/golden"
[ "$(wc -l <"$folder/golden")" = 50 ] || fail "there are not 50 golden translations"

bare "$full/dragoman" translate --device cpu --quiet "$model/golden/own.fr.txt" >"$folder/english"
cmp "$folder/english" "$folder/golden" || fail "the full bundle translates otherwise"
say "the full bundle translates 50 lines as they should be"
bare "$full/dragoman" batch --device cpu --quiet --compression zst --memory "$folder/memory.db" \
  --output-dir "$folder/job" "$model/golden/own.fr.txt"
[ -s "$folder"/job/own.fr.txt.zst ] || fail "the full bundle has no batch jobs with zstd"
say "it runs a batch job with zstd and a translation memory"
expect 0 'all is well' "$folder/doctor" bare "$full/dragoman" doctor --device cpu
grep -q '^cpu (float32)' "$folder/doctor" || fail "the doctor does not look at the CPU"
say "its doctor is content with the CPU"

expect 1 'the CPU device is not in this bundle' "$folder/out" \
  bare "$gpu/dragoman" translate --device cpu --model "$model" "$model/golden/own.fr.txt"
[ "$(wc -l <"$folder/out")" = 1 ] || { cat "$folder/out" >&2; fail "that takes more than a line"; }
expect 2 '--model DIR is missing' "$folder/out" bare "$gpu/dragoman" translate
if [ -e /dev/nvidiactl ]; then
  libraries=()
elif [ -e "$emulator/libcuda.so.1" ]; then
  expect 1 'no NVIDIA driver was found' "$folder/out" bare "$gpu/dragoman" doctor
  expect 1 'no NVIDIA driver was found' "$folder/out" \
    bare "$gpu/dragoman" translate --model "$model" "$model/golden/own.fr.txt"
  say "the small bundle says what it does not have"
  libraries=("LD_LIBRARY_PATH=$(cd "$emulator" && pwd)")
else
  say "there is no GPU and no emulated one: the small bundle has not translated"
  exit 0
fi
head -n 5 "$model/golden/own.fr.txt" >"$folder/french"
bare "${libraries[@]}" "$gpu/dragoman" translate --device cuda --precision float32 --slots 4 --quiet \
  --model "$model" "$folder/french" >"$folder/english"
head -n 5 "$folder/golden" | cmp "$folder/english" || fail "the small bundle translates otherwise"
say "the small bundle translates with a model folder on CUDA${libraries:+ (emulated)}"
expect 0 'all is well' "$folder/doctor" \
  bare "${libraries[@]}" "$gpu/dragoman" doctor --model "$model" --json "$folder/doctor.json"
grep -q 'the CPU device is not in this bundle' "$folder/doctor" || fail "the doctor misses oneDNN silently"
grep -q '"agrees" : true' "$folder/doctor.json" || fail "the doctor's JSON does not agree"
say "its doctor is content with CUDA${libraries:+ (emulated)}"
