#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Goes through both stages of run.sh on the emulated CUDA driver, with stand-ins (rehearsal/) for
# what only a GPU machine has: CuPy on the emulated driver; PyTorch, transformers, nvidia-smi, ncu
# and compute-sanitizer, which only look at how they are called. Then through what can go wrong:
# a step that fails, a kernel that fails, a step that hangs, no xz, a kill in the middle.
#   rehearse.sh [<kit>]
# The kit is pack.sh's, the emulated driver that of the tests' build. Exit code 1 if a step was left
# out or left nothing.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
kit=$(cd "${1:-$root/kernels/target/gpu-kit}" && pwd) || exit
emulator=$root/kernels/target/emulator
[ -e "$emulator/libcuda.so.1" ] ||
  { echo "rehearsal: there is no emulated driver: mvn verify builds it" >&2 && exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DRAGOMAN_GPU_HOME=$work/home DRAGOMAN_REHEARSAL=1
export DRAGOMAN_GPU_PATIENCE=${DRAGOMAN_GPU_PATIENCE:-4} # limits are so many times as long
export LD_LIBRARY_PATH=$emulator PYTHONPATH=$here/rehearsal/python PATH=$here/rehearsal/bin:$PATH
export DRAGOMAN_JAVA_OPTS="-Ddragoman.emulator=$emulator -Djava.io.tmpdir=$work"
export XDG_CACHE_HOME=$work
wrong=0

say() { echo "rehearsal: $*"; }
complain() { say "WRONG: $*" && wrong=1; }

# A stage, or some of its steps, with results in $work/out; to be looked at in $work/seen.
stage() {
  rm -rf "$work/out" "$work/seen" && mkdir "$work/out" "$work/seen"
  OUT=$work/out "$here/run.sh" "$1" "$kit" "${@:2}"
  local code=$?
  look
  return "$code"
}

look() {
  tar --extract --gzip --file "$work"/out/results-*.tar.gz --directory "$work/seen" ||
    complain "there is no whole archive"
}

files() { # that may come back
  local name
  [ "$(ls "$work/out" | wc -l)" -le 8 ] || complain "more than 8 files"
  for name in "$work/out"/*; do
    [[ ${name##*/} =~ ^[A-Za-z0-9._-]+$ ]] || complain "$name cannot come back by this name"
    [ "$(stat -c %s "$name")" -le $((16 << 20)) ] || complain "$name is too large to come back"
  done
  say "what comes back: $(cd "$work/out" && stat -c '%n %s' -- * | tr '\n' ',')"
}

# The table's line of a step.
line() { grep "^$1 " "$work"/out/table-*.txt; }
expect() { # <step> <pattern of its line>
  line "$1" | grep -Eq -- "$2" || complain "$1 was to say $2, and said: $(line "$1")"
}

everything() { # <stage>
  local step folder
  say "$1 stage, on the emulated driver, with stand-ins"
  stage "$1" || complain "the $1 stage has failed"
  for step in $("$here/run.sh" steps "$1"); do
    expect "$step" "^$step +0 "
    folder=$work/seen/$1/$step
    [ -s "$folder/output.txt" ] || complain "$step has left nothing"
  done
  [ -s "$work/seen/$1/dmon.txt" ] || complain "the clocks were not watched"
  files
}

everything first
everything second
unused=$(comm -23 <(grep -oE '^[a-z0-9]+\(\)' "$here/steps.sh" | tr -d '()' | sort) \
  <({ "$here/run.sh" steps first && "$here/run.sh" steps second &&
    printf '%s\n' size golden_lines on_gpu base headline profiler; } | sort -u))
[ -z "$unused" ] || complain "no stage has the steps $unused"

say "a step that fails does not stop the next"
REHEARSAL_FAIL=ncu stage second profile matmul && complain "the exit code hides it"
expect profile '^profile +1 '
expect matmul '^matmul +0 '

say "a kernel that fails: the Java step is repeated with one kernel at a time"
EMULATOR_FAIL=0:0:100:719 stage first few16 && complain "the exit code hides it"
expect few16 '^few16 +1 '
expect few16-blocking '^few16-blocking +1 '
grep -q LAUNCH_FAILED "$work/seen/first/few16/output.txt" || complain "the error is not shown"

say "a step that hangs is stopped at its limit"
REHEARSAL_HANG=compute-sanitizer stage second memcheck:2 matmul && complain "the exit code hides it"
expect memcheck '^memcheck +(124|137) .*stopped after [0-9]+ s'
expect matmul '^matmul +0 '

say "without xz Python unpacks"
mkdir "$work/bin"
while IFS= read -r tool; do
  [[ $tool = xz || $tool = */* ]] || ln -sf "$(type -P "$tool")" "$work/bin/$tool" 2>/dev/null
done < <(compgen -c | sort -u)
rm -rf "$work/home"
PATH=$work/bin stage first install smoke || complain "that fails"
grep -q 'Python unpacks' "$work/seen/first/install/output.txt" || complain "xz was found"

say "what was there before a kill in the middle"
rm -rf "$work/out" "$work/seen" && mkdir "$work/out" "$work/seen"
OUT=$work/out setsid "$here/run.sh" first "$kit" install smoke kernels doctor &
run=$!
until [ -e "$work/out/table-first.txt" ] && line smoke >/dev/null; do sleep 0.2; done
# shellcheck disable=SC2046 # all processes of the session, as the machine's end would take them
{ kill -KILL $(ps -o pid= --sid "$run") && wait "$run"; } 2>/dev/null
look
expect smoke '^smoke +0 '
[ -s "$work/seen/first/smoke/output.txt" ] || complain "the results of smoke are lost"
files

[ "$wrong" = 0 ] && say "all is well; the stand-ins have measured and profiled nothing"
exit "$wrong"
