#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The steps that run.sh goes through, each by itself and without a limit:
#   steps.sh <step> <kit> <folder for its files>
# The last line that a step prints says what came out of it. What the kit has lies in
# DRAGOMAN_GPU_HOME (/tmp/dragoman-gpu) once it is installed. With DRAGOMAN_REHEARSAL sizes are
# small, for the emulated driver.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
home=${DRAGOMAN_GPU_HOME:-/tmp/dragoman-gpu}
[ $# = 3 ] || { sed -n '4s/^# *//p' "$0" >&2 && exit 2; }
step=$1 kit=$2 folder=$3
model=$root/models/fr-en
dragoman=$home/program/dragoman
texts=$home/texts
microbenchmarks=(
  python3 "$here/microbenchmarks.py" "$home/kernels.fatbin" "$root/docs/performance.md"
)
export PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONFAULTHANDLER=1
# Memory starts small on some machines and grows, so that Java would choose a small heap.
export DRAGOMAN_JAVA_OPTS="-Xmx8g -XX:ErrorFile=$folder/hs_err_%p.log ${DRAGOMAN_JAVA_OPTS:-}"
ulimit -c 0

# The first is taken on a GPU, the second in a rehearsal.
size() { if [ -z "${DRAGOMAN_REHEARSAL:-}" ]; then echo "$1"; else echo "$2"; fi; }

# What the program says goes to the log of the step; the end of it, without Java's calls, is shown
# where it fails.
on_gpu() { # <command of the program> <options>...
  local command=$1 code=0
  shift
  "$dragoman" "$command" -v --device cuda "$@" 2>>"$folder/log.txt" || code=$?
  [ "$code" = 0 ] || {
    grep -vE '^[[:space:]]+(at |\.\.\. )' "$folder/log.txt" | tail -n 20
    grep '^dragoman: ' "$folder/log.txt" | tail -n 1
  }
  return "$code"
}

install() {
  local archive=$kit/kit.tar.xz sum
  sum=$(cksum <"$archive") || return
  if [ "$(cat "$home/installed" 2>/dev/null)" != "$sum" ]; then
    rm -rf "${home:?}"/{program,tests,texts,kernels.fatbin,layout.tsv}
    if command -v xz >/dev/null; then
      tar --extract --xz --file "$archive" --directory "$home" || return
    else
      echo "there is no xz: Python unpacks"
      python3 -m tarfile -e "$archive" "$home" || return
    fi
    echo "$sum" >"$home/installed"
  fi
  "$dragoman" --version
}

# What there is; only a machine without a GPU fails.
facts() {
  local command
  for command in "date -u" "uname -a" "nproc" "free -m" "lscpu" "nvidia-smi -q" "nvcc --version" \
    "ncu --version" "compute-sanitizer --version" "python3 --version" \
    "python3 -m pip list --disable-pip-version-check"; do
    echo "--- $command"
    $command 2>&1
  done
  ls -l /dev/nvidia*
  nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.sm,clocks.max.sm \
    --format=csv,noheader
}

cublas() { python3 "$here/cublas.py"; }

smoke() { python3 "$here/smoke.py" "$home/kernels.fatbin"; }

kernels() { "${microbenchmarks[@]}"; }

# The first golden lines; from a GPU one of many may differ by a near tie.
golden_lines() { # <precision> <lines> <the most that may differ>
  local text=$folder/$1.fr translation=$folder/$1.en
  head -n "$2" "$texts/golden.fr" >"$text"
  head -n "$2" "$texts/golden.en" >"$folder/wanted.en"
  on_gpu translate --model "$model" --precision "$1" --slots "$(size 0 4)" \
    --threads "$(size 0 1)" "$text" --output "$translation" || return
  python3 "$here/compare.py" "$folder/wanted.en" "$translation" "$3"
}

few32() { golden_lines float32 5 0; }
few16() { golden_lines float16 5 1; }

# The way that is taken where cublasLt will not do.
jcublas() { DRAGOMAN_CUBLASLT=none golden_lines float16 5 1; }

golden() {
  local code=0 precision
  for precision in "float32 $(size 50 10) 1" "float16 $(size 50 10) 2"; do
    # shellcheck disable=SC2086 # the arguments are several words
    golden_lines $precision >"$folder/${precision%% *}.txt" || code=$?
    cat "$folder/${precision%% *}.txt"
  done
  grep -i 'cublas\|batch' "$folder/log.txt" # what was decided at load
  echo "$(tail -n 1 "$folder/float32.txt") in float32," \
    "$(tail -n 1 "$folder/float16.txt") in float16"
  return "$code"
}

doctor() {
  local code=0
  on_gpu doctor --quick --precision float32,float16 --model "$model" \
    --json "$folder/doctor.json" || code=$?
  cp "${XDG_CACHE_HOME:-$HOME/.cache}"/dragoman/*.txt "$folder" 2>/dev/null # what was remembered
  return "$code"
}

base() { # <beam>
  on_gpu bench --shape "$(size base tiny)" --beam-size "$1" --runs "$(size 3 1)" --warm-up 1 \
    --lines "$(size 0 4)" --length "$(size 25 4)" --latency "$(size 20 1)" \
    --slots "$(size 0 4)" --json "$folder/beam$1.json" >"$folder/beam$1.txt"
  local code=$?
  cat "$folder/beam$1.txt"
  return "$code"
}

bench() { base 1 && base 4 && headline "base beam 4"; }

headline() { # <what> of the last benchmark
  awk -v what="$1" '
    /^lines\/s  / { lines = $2 }
    /^target tokens\/s/ { tokens = $3 }
    /^milliseconds of a step/ { step = $5 }
    END { print what ": " lines " lines/s, " tokens " target tokens/s, " step " ms a step" }
  ' "$folder/beam4.txt"
}

# Five classes that run on a GPU: what every device must compute, in float16 with cuBLAS; golden
# lines; garbage; the fused kernels; int8. Those that ask the emulated driver are left out, and what
# needs a CPU device.
tests() {
  local class=dev.dragoman.device.cuda chosen method name code=0
  chosen=(--select-iteration "class:$class.CudaContractTest[0]")
  for method in aFewSentencesInFloat32EqualTheGoldenTokens inFloat16NearlyAllTextsAreTheSame \
    'aFewSentencesWithAShortlistEqualTheGoldenTokens(java.nio.file.Path)'; do
    chosen+=(--select-method "$class.CudaTranslationTest#$method")
  done
  for name in CudaStepGarbageTest FusedKernelsTest QuantizedGemmTest; do
    chosen+=(--select-class "$class.$name")
  done
  # shellcheck disable=SC2086 # the options are several words
  "$home/program/runtime/bin/java" --add-modules=jdk.incubator.vector "-Ddragoman.root=$root" \
    -Ddragoman.require=cuda $DRAGOMAN_JAVA_OPTS \
    -cp "$home/program/lib/*:$home/tests/*:$home/tests/kernels:$home/tests/engine" \
    org.junit.platform.console.ConsoleLauncher execute "${chosen[@]}" --details tree \
    --disable-banner --disable-ansi-colors >"$folder/tests.txt" 2>&1 || code=$?
  grep -v '\[OK\]\| INFO \| DEBUG ' "$folder/tests.txt"
  echo "$(sed -n 's/^\[ *\([0-9]* tests successful\).*/\1/p' "$folder/tests.txt")," \
    "$(sed -n 's/^\[ *\([0-9]* tests failed\).*/\1/p' "$folder/tests.txt")"
  return "$code"
}

# The promise: a line's translation does not depend on those beside it.
batches() {
  local text=$folder/text precision way first code=0
  head -n "$(size 1000 6)" "$texts/text.fr" >"$text"
  for precision in float16 int8; do
    first=$folder/$precision.en
    for way in "--slots $(size 512 6)" "--slots 7 --threads 1" \
      "--slots $(size 64 2) --threads 3"; do
      # shellcheck disable=SC2086 # the options are several words
      on_gpu translate --model "$model" --precision $precision $way "$text" \
        --output "$folder/$precision${way// /}.en" || return
      [ -e "$first" ] || cp "$folder/$precision${way// /}.en" "$first"
      cmp "$first" "$folder/$precision${way// /}.en" || code=1
    done
  done
  [ "$code" != 0 ] || echo "$(wc -l <"$text") lines are the same in every batch"
  return "$code"
}

# Our speed over the text that peer translates; eight times, as a thousand lines are few.
ours() {
  local text=$texts/text.fr beam code=0
  [ -z "${DRAGOMAN_REHEARSAL:-}" ] || { text=$folder/text && head -n 4 "$texts/text.fr" >"$text"; }
  for beam in 1 4; do
    # shellcheck disable=SC2046 # the names are several words
    on_gpu bench --model "$model" --beam-size "$beam" --precision float16 --runs "$(size 3 1)" \
      --warm-up "$(size 2 0)" --latency "$(size 20 1)" --slots "$(size 0 4)" \
      --threads "$(size 0 1)" --json "$folder/beam$beam.json" \
      $(for _ in $(size "1 2 3 4 5 6 7 8" 1); do echo "$text"; done) \
      >"$folder/beam$beam.txt" || code=$?
    cat "$folder/beam$beam.txt"
  done
  [ "$code" != 0 ] || headline "the bundled model, beam 4"
  return "$code"
}

peer() { python3 "$here/peer.py" "$model" "$texts"; }

matmul() { python3 "$here/matmul.py"; }

profiler() { # <file> <options and command>...
  ncu --clock-control none --csv --section SpeedOfLight --section LaunchStats \
    --section Occupancy --section MemoryWorkloadAnalysis --section WarpStateStats \
    --log-file "$folder/$1" "${@:2}"
}

# Each kernel once at full size, from Python; then a whole step of the program, node by node of its
# graph: behind the first ten steps, of 21 such kernels each.
profile() {
  local own='regex:embed_|append|attend_|add_|best_tokens|advance|linear_' code=0
  profiler kernels.csv --kernel-name "$own|gemm|nvjet|cutlass" --launch-count 40 \
    "${microbenchmarks[@]}" once || code=$?
  profiler step.csv --target-processes all --graph-profiling node \
    --kernel-name 'regex:embed_decoding|append|attend_past|attend_source|best_tokens|advance' \
    --launch-skip 210 --launch-count 21 \
    "$dragoman" bench -v --device cuda --shape "$(size base tiny)" --slots "$(size 512 2)" \
    --threads 1 --lines "$(size 512 2)" --length "$(size 25 4)" --runs 1 --warm-up 0 --latency 0 \
    2>&1 || code=$?
  echo "$(cat "$folder/kernels.csv" 2>/dev/null | grep -c '"Duration"') kernels and" \
    "$(cat "$folder/step.csv" 2>/dev/null | grep -c '"Duration"') of a step were profiled"
  return "$code"
}

# Every access of our own kernels.
memcheck() {
  local code=0
  DRAGOMAN_CUBLAS=none compute-sanitizer --tool memcheck --target-processes all \
    --error-exitcode 9 --log-file "$folder/memcheck.txt" \
    "$dragoman" doctor -v --device cuda --quick --precision float16 --model "$model" 2>&1 ||
    code=$?
  tail -n 3 "$folder/memcheck.txt"
  return "$code"
}

declare -F "$step" >/dev/null || { echo "$0: there is no step $step" >&2; exit 2; }
mkdir -p "$home" "$folder"
"$step"
