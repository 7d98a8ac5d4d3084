#!/bin/bash
# Tries and measures Dragoman on a GPU machine without Java and network, from what pack.sh has packed:
#   run.sh <folder of results> <step>...
# Steps:
#   install=FOLDER   unpacks what lies there of program.tar.xz and tests.tar.xz; first of all
#   machine          card, driver, limits
#   doctor           every operation against its reference, beside the card's limits
#   translate=FILE   the bundled model over a text, beam 4 and greedy, each precision, its speed
#   shapes           random weights of the sizes tiny, base and big
#   tests            the kernels' tests, the contract of all devices among them
#   sanitize         the doctor under compute-sanitizer: memcheck, racecheck, initcheck, synccheck
#   profile          a step of the base size under Nsight Compute
# A step that fails does not stop the next; the exit code is that of the last one that failed. What is
# unpacked lies in DRAGOMAN_GPU_HOME (/tmp/dragoman-gpu).
set -uo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
home=${DRAGOMAN_GPU_HOME:-/tmp/dragoman-gpu}
[ $# -ge 2 ] || { sed -n '2,16s/^# \{0,1\}//p' "$0" >&2; exit 2; }
mkdir -p "$1" "$home"
out=$(cd "$1" && pwd)
shift
model=$root/models/fr-en
dragoman=$home/program/dragoman
precisions="float16 bfloat16 int8 float32"

unpack() { # <archive> <folder> <leading folders to drop>
  [ -e "$1" ] || return 0
  rm -rf "$2" && mkdir "$2" && tar --extract --xz --file "$1" --directory "$2" --strip-components "$3"
}

install() {
  unpack "$1/program.tar.xz" "$home/program" 1 && unpack "$1/tests.tar.xz" "$home/tests" 1
}

machine() {
  { date -u; nvidia-smi; nvidia-smi -q -d CLOCK,POWER,ECC; uname -a; "$dragoman" --version; } \
    >"$out/machine.txt" 2>&1
}

doctor() {
  "$dragoman" doctor --model "$model" --json "$out/doctor.json" >"$out/doctor.txt" 2>&1
}

translate() {
  local failed=0 precision beam
  for precision in $precisions; do
    for beam in 4 1; do
      local name=$precision-beam$beam
      "$dragoman" translate --device cuda --model "$model" --precision "$precision" \
        --beam-size "$beam" "$1" >"$out/$name.txt" 2>"$out/$name.log" || failed=$?
      "$dragoman" bench --device cuda --model "$model" --precision "$precision" --beam-size "$beam" \
        --json "$out/$name.json" "$1" >>"$out/bench.txt" 2>&1 || failed=$?
    done
    # The promise: a line's translation does not depend on those beside it.
    "$dragoman" translate --device cuda --model "$model" --precision "$precision" --slots 7 \
      --threads 1 "$1" 2>>"$out/$precision-beam4.log" | cmp - "$out/$precision-beam4.txt" \
      >>"$out/batch-independence.txt" 2>&1 || failed=$?
  done
  [ "$failed" != 0 ] || echo "the same in every batch" >>"$out/batch-independence.txt"
  return "$failed"
}

shapes() {
  local failed=0 shape beam
  for shape in base tiny big; do
    for beam in 4 1; do
      "$dragoman" bench --device cuda --shape "$shape" --beam-size "$beam" --lines 20000 --runs 3 \
        --json "$out/shape-$shape-beam$beam.json" >>"$out/shapes.txt" 2>&1 || failed=$?
    done
  done
  return "$failed"
}

tests() {
  local classes=$home/tests/kernels/test-classes
  # shellcheck disable=SC2086 # the options are several words
  "$home/program/runtime/bin/java" -Xmx8g -Ddragoman.root="$root" -Ddragoman.require=cuda \
    ${DRAGOMAN_JAVA_OPTS:-} \
    -cp "$home/program/lib/*:$home/tests/*:$classes:$home/tests/engine/test-classes" \
    org.junit.platform.console.ConsoleLauncher execute --scan-classpath "$classes" \
    --details tree --disable-banner --disable-ansi-colors ${DRAGOMAN_TESTS:-} >"$out/tests.txt" 2>&1
}

sanitize() {
  local failed=0 tool
  for tool in memcheck racecheck initcheck synccheck; do
    compute-sanitizer --tool "$tool" --target-processes all "$dragoman" doctor --device cuda \
      --model "$model" >"$out/$tool.txt" 2>&1 || failed=$?
  done
  return "$failed"
}

profile() {
  ncu --target-processes all --graph-profiling node --clock-control none --csv \
    --section SpeedOfLight --section LaunchStats --section Occupancy \
    --launch-skip 2000 --launch-count 90 "$dragoman" bench --device cuda --shape base --lines 4096 \
    --runs 1 --warm-up 0 --latency 0 >"$out/profile.csv" 2>"$out/profile.log"
}

code=0
for step in "$@"; do
  start=$SECONDS
  case $step in
    install=* | translate=*) "${step%%=*}" "${step#*=}" ;;
    machine | doctor | shapes | tests | sanitize | profile) "$step" ;;
    *) echo "$0: there is no step $step" >&2; exit 2 ;;
  esac
  result=$?
  [ "$result" = 0 ] || code=$result
  echo "$step: exit code $result after $((SECONDS - start)) s"
done
exit "$code"
