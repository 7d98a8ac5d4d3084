#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the emulated libcuda.so.1, libcublas.so.12 and libcublasLt.so.12, and the kernels for them,
# with g++:
#   build.sh <kernels' folder> <folder of layout.cuh> <output folder>
# All is built again once any source has changed since the last build began, and otherwise nothing.
# Without g++ nothing is built, and the tests say so.
# kernels-undefined.so and faulty-undefined.so are the same kernels with UndefinedBehaviorSanitizer's checks.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
kernels=$(cd "$1" && pwd)
layout=$(cd "$2" && pwd)
mkdir -p "$3"
out=$(cd "$3" && pwd)

if ! command -v g++ > /dev/null; then
  echo "emulated CUDA driver: not built, there is no g++ on this machine"
  exit 0
fi
newest=$(find "$here" "$kernels" "$layout" -type f \
  \( -name '*.c*' -o -name '*.h' -o -name '*.list' -o -name '*.map' -o -name '*.sh' -o -name '*.tsv' \) \
  -newer "$out/built" 2> /dev/null | head -1 || true)
if [ -e "$out/built" ] && [ -z "$newest" ]; then
  exit 0
fi
touch "$out/begun"  # a source that is saved from now on is newer

# Ends the jobs in the background, each with the compilers that it has started.
stop_jobs() {
  local job
  for job in $(jobs -p); do kill -- "-$job" 2> /dev/null || true; done
  wait
}
trap stop_jobs EXIT

# Never -ffast-math in a library of the JVM: gcc then switches denormals off for the whole process.
flags="-std=c++17 -O2 -g1 -march=x86-64-v3 -fPIC -fno-semantic-interposition -Wall -Wextra -Werror"
# -fno-gnu-unique: each library has shared memory of its own, even where another has the same function.
device="$flags -fno-gnu-unique -Wno-unknown-pragmas -Wno-psabi -fno-exceptions -fno-strict-aliasing
  -fno-extern-tls-init -I$here/device -I$here/runtime -I$kernels -I$layout -include device_language.h"
# Every access to shared memory is a few calls with checks; -fno-plt shortens each.
checks="-fsanitize=undefined -fno-plt"

# host_source <.cu>: prints the C++ of a .cu: itself, and one registration for each of its kernels,
# with all types included, its launch bounds, and what resources.tsv beside it says of its registers
# and shared memory.
host_source() {
  local table; table=$(dirname "$1")/resources.tsv
  [ -e "$table" ] || table=/dev/null
  echo "#include \"$1\""
  g++ -E -P -I"$here/device" -I"$kernels" -I"$layout" -x c++ "$1" \
    | grep -ozP '__global__\s+void\s+__launch_bounds__\(\K[^)]*\)\s+\w+(?=\()' | tr '\0\n' '\n ' \
    | sed -E 's/^([^)]*)\) +(\w+)$/\2\t\1/' \
    | awk -F'\t' 'FILENAME != "-" { resources[$1] = ", " $2 ", " $3; next }
                   { print "EMULATED_KERNEL(" $1 ", (" $2 ")" resources[$1] ")" }' "$table" -
}
# compile_kernels <folder> <extra flags or nothing> <.cu>…: compiles several .cu side by side.
compile_kernels() {
  local folder=$1 extra=$2; shift 2
  rm -rf "$folder"  # what is linked is all that lies there
  mkdir -p "$folder"
  for source in "$@"; do
    local name; name=$(basename "$source" .cu)
    host_source "$source" > "$folder/$name.cpp"
    echo "$folder/$name"
  done | xargs -P "$(nproc)" -I{} g++ $device $extra -c {}.cpp -o {}.o
}

# compile_host <folder> <.cpp>…: compiles several .cpp side by side.
compile_host() {
  local folder=$1; shift
  rm -rf "$folder"  # what is linked is all that lies there
  mkdir -p "$folder"
  printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} \
    sh -c "g++ $flags -O3"' -c "$1" -o "$2/$(basename "$1" .cpp).o"' sh {} "$folder"
}
# link_cublas <soname> <symbols> <output folder> <object or source>…: links one of cuBLAS's libraries.
link_cublas() {
  local soname=$1 symbols=$2 folder=$3; shift 3
  sed "s/^[^ ]*/$soname/" "$symbols" > "$out/symbols.map"
  g++ $flags -shared "-Wl,-soname,$soname" "-Wl,--version-script=$out/symbols.map" -Wl,-z,defs \
    "$@" "$out/libcuda.so.1" -o "$folder/$soname"
}
# build_cublas <CUDA's major version> <version of cublasLt> <output folder>: links both of them.
build_cublas() {
  mkdir -p "$3"
  link_cublas "libcublasLt.so.$1" "$here/cublaslt/cublaslt.map" "$3" "$out"/cublaslt/*.o \
    "$out"/products/*.o "-DEMULATED_VERSION=$2" "$here/cublaslt/version/version.cpp"
  # It needs its cublasLt and does not say where that is (no RUNPATH), as cuBLAS in some wheels.
  link_cublas "libcublas.so.$1" "$here/cublas/cublas.map" "$3" "$out"/cublas/*.o \
    "$out"/products/*.o -Wl,--no-as-needed "$3/libcublasLt.so.$1"
}

set -m  # each job in the background has a process group of its own
g++ $flags -shared -Wl,-soname,libcuda.so.1 -Wl,-z,defs "$here"/runtime/*.cpp "$here"/driver/*.cpp \
  -o "$out/libcuda.so.1" -lpthread -ldl &
cuda=$!
compile_kernels "$out/kernels" "" "$kernels"/*.cu &
compiled=$!
compile_kernels "$out/kernels-undefined" "$checks" "$kernels"/*.cu &
checked=$!
set +m
compile_kernels "$out/faulty" "" "$here"/faults/*.cu
compile_kernels "$out/faulty-undefined" "$checks" "$here"/faults/*.cu
compile_host "$out/products" "$here"/products/*.cpp
compile_host "$out/cublas" "$here"/cublas/*.cpp
compile_host "$out/cublaslt" "$here"/cublaslt/*.cpp
wait $cuda
wait $compiled
wait $checked
# The libraries of CUDA 13 get a folder of their own, with links to the driver and the kernels.
build_cublas 12 120600 "$out"
build_cublas 13 130000 "$out/cuda13"
ln -sf ../libcuda.so.1 ../kernels.so ../kernels-undefined.so "$out/cuda13"
for library in kernels faulty kernels-undefined faulty-undefined; do
  g++ -shared -Wl,-z,defs "$out/$library"/*.o "$out/libcuda.so.1" -o "$out/$library.so"
done
mv "$out/begun" "$out/built"
