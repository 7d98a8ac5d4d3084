#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Tries and measures Dragoman on a GPU machine without Java and network, from pack.sh's kit:
#   run.sh first <kit> [<step>...]    in 240 s: does it run, is it right, how fast are its kernels
#   run.sh second <kit> [<step>...]   in 400 s: tests, other engines, profiler, memory checker
#   run.sh steps first|second         lists a stage's steps
# Each step has a limit (step:seconds sets another), and what is left of the stage where that is
# less. After each the results so far lie in OUT (kernels/target/gpu-results), whatever comes later:
# results-<stage>.tar.gz and table-<stage>.txt. Exit code 1 if a step has failed.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)

# name:seconds:java; the last where a failure is repeated with one kernel at a time
first="install:30 facts:15 cublas:20 smoke:40 kernels:60 few32:30:java few16:30:java
  golden:40:java doctor:75:java bench:60:java"
second="install:30 tests:110:java batches:45:java jcublas:20:java ours:40:java peer:110
  matmul:30 profile:80 memcheck:80"
grace=15 # from SIGQUIT, at which Java prints its threads, to SIGKILL
least=5  # seconds that a step is started with
most=$((16 << 20)) # bytes of an archive that comes back

# These steps of the stage, with limits of their own where they have them.
choose() {
  local name entry step limit kind found
  for name in "$@"; do
    found=
    for entry in $steps; do
      IFS=: read -r step limit kind <<<"$entry"
      [ "$step" = "${name%%:*}" ] || continue
      [ "$step" = "$name" ] || limit=${name#*:}
      found=$step:$limit:$kind
    done
    [ -n "$found" ] || { echo "$0: the $stage stage has no step ${name%%:*}" >&2 && return 2; }
    echo "$found"
  done
}

case ${1:-} in
  first) stage=first steps=$first budget=240 ;;
  second) stage=second steps=$second budget=400 ;;
  steps) tr -s ' \n' '\n\n' <<<"${!2}" | cut -d: -f1 && exit ;;
  *) sed -n '3,9s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
kit=$(cd "$2" && pwd) || exit
[ $# -le 2 ] || steps=$(choose "${@:3}") || exit
budget=$((budget * ${DRAGOMAN_GPU_PATIENCE:-1})) # a rehearsal takes longer
export DRAGOMAN_GPU_HOME=${DRAGOMAN_GPU_HOME:-/tmp/dragoman-gpu}
results=$DRAGOMAN_GPU_HOME/$stage
out=${OUT:-$here/../../target/gpu-results}
rm -rf "$results" && mkdir -p "$results" "$out" || exit
table=$results/table.txt
failed=0

row() { printf '%-18s %5s %5s  %s\n' "$@" | cut -c1-150 | tee -a "$table"; }

archive() {
  tar --create --gzip --file "$1" --directory "$DRAGOMAN_GPU_HOME" "$stage" 2>/dev/null
  [ $? -le 1 ] && return # 1: the clocks were written meanwhile
  (cd "$DRAGOMAN_GPU_HOME" && python3 -m tarfile -c "$1" "$stage") # without gzip
}

# Into OUT in one move each, so that what lies there is always whole.
deliver() {
  local archive=$DRAGOMAN_GPU_HOME/$stage.tar.gz name=$out/results-$stage.tar.gz largest
  while archive "$archive" && [ "$(stat -c %s "$archive")" -gt "$most" ]; do
    largest=$(find "$results" -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)
    echo "${largest#"$results/"} is too large to come back" >>"$results/left-out.txt"
    rm "$largest"
  done
  cp "$archive" "$name.partial" && mv "$name.partial" "$name"
  cp "$table" "$out/table.partial" && mv "$out/table.partial" "$out/table-$stage.txt"
}

# Runs a step within what is left; the exit code is its own, or timeout's 124 or 137.
attempt() { # <name> <step> <limit>
  local folder=$results/$1 start=$SECONDS limit=$3 left=$((budget - SECONDS - grace)) code=0 said
  [ "$limit" -le "$left" ] || limit=$left
  if [ "$limit" -lt "$least" ]; then
    row "$1" - 0 "skipped: $((budget - SECONDS)) s of the stage are left"
    return 1
  fi
  mkdir -p "$folder"
  # In a shell of its own, whose word on a killed program nobody needs.
  (timeout -s QUIT -k "$grace" "$limit" bash "$here/steps.sh" "$2" "$kit" "$folder" \
    >"$folder/output.txt" 2>&1 </dev/null; exit $?) 2>/dev/null || code=$?
  said=$(spoken "$folder" | tail -n 1)
  case $code in 124 | 137) said="stopped after $limit s: $said" ;; esac
  row "$1" "$code" $((SECONDS - start)) "$said"
  [ "$code" = 0 ] || spoken "$folder" | tail -n 15 | cut -c1-200 | sed 's/^/    /'
  return "$code"
}

# What a step has printed before Java's threads.
spoken() { sed '/^Full thread dump/,$d' "$1/output.txt" | grep -v '^[[:space:]]*$'; }

run() { # <step> <limit> <java or nothing>
  local code=0
  attempt "$1" "$1" "$2" || code=$?
  deliver
  [ "$code" != 0 ] || return 0
  failed=1
  case $code:$3 in
    124:* | 137:* | *:) return ;; # a hang says where it is by itself
  esac
  [ -e "$results/$1" ] || return # it was skipped
  CUDA_LAUNCH_BLOCKING=1 attempt "$1-blocking" "$1" "$2" || true
  deliver
}

nvidia-smi dmon -o T >"$results/dmon.txt" 2>&1 &
dmon=$!
trap 'kill "$dmon" 2>/dev/null' EXIT
row step code s "what came out"
for entry in $steps; do
  IFS=: read -r step limit kind <<<"$entry"
  run "$step" $((limit * ${DRAGOMAN_GPU_PATIENCE:-1})) "$kind"
done
kill "$dmon" 2>/dev/null
deliver
echo
cat "$table"
echo "$SECONDS of $budget s;" \
  "results-$stage.tar.gz has $(stat -c %s "$out/results-$stage.tar.gz") bytes"
exit "$failed"
