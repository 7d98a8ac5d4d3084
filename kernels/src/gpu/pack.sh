#!/bin/bash
# Packs what a GPU machine without Java and without a network needs to try and measure this version:
#   pack.sh <folder>
# program.tar.xz is the GPU bundle, tests.tar.xz the kernels' tests with JUnit; each can travel by itself.
# run.sh beside this script unpacks and runs them there.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
[ $# = 1 ] || { echo "usage: $0 <folder>" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
mvn=mvn
command -v mvn >/dev/null || mvn=$root/mvnw
junit=$(sed -n 's/.*<junit.version>5\(.*\)<.*/1\1/p' "$root/pom.xml") # the platform counts from 1

cd "$root"
"$mvn" -B -q -Pbundle -DskipTests package
tests=$(mktemp -d)
trap 'rm -rf "$tests"' EXIT
"$mvn" -B -q -N dependency:copy \
  "-Dartifact=org.junit.platform:junit-platform-console-standalone:$junit" "-DoutputDirectory=$tests"
for module in kernels engine; do
  mkdir "$tests/$module"
  cp -r "$module/target/test-classes" "$tests/$module"
done
tar --create --directory "$tests" . | xz -6 --threads=0 >"$out/tests.tar.xz"
cp cli/target/bundle/dragoman-*-gpu.tar.xz "$out/program.tar.xz"
ls -l "$out"
