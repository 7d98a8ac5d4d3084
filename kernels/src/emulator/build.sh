#!/bin/bash
# Builds the emulated libcuda.so.1 and libcublas.so.12, and the kernels for them, with g++:
#   build.sh <kernels' folder> <output folder>
# Only what is older than its sources is built. Without g++ nothing is built, and the tests say so.
# kernels-undefined.so and faulty-undefined.so are the same kernels with UndefinedBehaviorSanitizer's checks.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
kernels=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)

if ! command -v g++ > /dev/null; then
  echo "emulated CUDA driver: not built, there is no g++ on this machine"
  exit 0
fi
newest=$(find "$here" "$kernels" -type f \( -name '*.c*' -o -name '*.h' -o -name '*.map' -o -name '*.sh' -o \
  -name '*.tsv' \) \
  -newer "$out/built" 2> /dev/null | head -1 || true)
if [ -e "$out/built" ] && [ -z "$newest" ]; then
  exit 0
fi

# Never -ffast-math in a library of the JVM: gcc then switches denormals off for the whole process.
flags="-std=c++17 -O2 -g1 -march=x86-64-v3 -fPIC -fno-semantic-interposition -Wall -Wextra -Werror"
# -fno-gnu-unique: each library has shared memory of its own, even where another has the same function.
device="$flags -fno-gnu-unique -Wno-unknown-pragmas -Wno-psabi -fno-exceptions -fno-strict-aliasing
  -fno-extern-tls-init -I$here/device -I$here/runtime -I$kernels -include device_language.h"
# With -O2 the checks take twice as long to compile.
checks="-fsanitize=undefined -O1"

# The C++ of a .cu: itself, and one registration for each of its kernels, with all types included,
# its launch bounds, and what resources.tsv beside it says of its registers and shared memory.
host_source() {
  local table; table=$(dirname "$1")/resources.tsv
  [ -e "$table" ] || table=/dev/null
  echo "#include \"$1\""
  g++ -E -P -I"$here/device" -x c++ "$1" \
    | grep -ozP '__global__\s+void\s+__launch_bounds__\(\K[^)]*\)\s+\w+(?=\()' | tr '\0\n' '\n ' \
    | sed -E 's/^([^)]*)\) +(\w+)$/\2\t\1/' \
    | awk -F'\t' 'FILENAME != "-" { resources[$1] = ", " $2 ", " $3; next }
                   { print "EMULATED_KERNEL(" $1 ", (" $2 ")" resources[$1] ")" }' "$table" -
}
# compile_kernels <folder> <extra flag or nothing> <.cu>…: the objects of several .cu, made side by side.
compile_kernels() {
  local folder=$1 extra=$2; shift 2
  mkdir -p "$folder"
  for source in "$@"; do
    local name; name=$(basename "$source" .cu)
    host_source "$source" > "$folder/$name.cpp"
    echo "$folder/$name"
  done | xargs -P "$(nproc)" -I{} g++ $device $extra -c {}.cpp -o {}.o
}

g++ $flags -shared -Wl,-soname,libcuda.so.1 -Wl,-z,defs "$here"/runtime/*.cpp "$here"/driver/*.cpp \
  -o "$out/libcuda.so.1" -lpthread -ldl &
cuda=$!
compile_kernels "$out/kernels" "" "$kernels"/*.cu
compile_kernels "$out/faulty" "" "$here"/faults/*.cu
compile_kernels "$out/kernels-undefined" "$checks" "$kernels"/*.cu
compile_kernels "$out/faulty-undefined" "$checks" "$here"/faults/*.cu
wait $cuda
# cuBLAS as CUDA 12 has it, and in a folder of its own as CUDA 13 has it.
build_cublas() {
  sed "s/libcublas.so.12/$1/" "$here/cublas/cublas.map" > "$out/cublas.map"
  g++ $flags -O3 -shared "-Wl,-soname,$1" "-Wl,--version-script=$out/cublas.map" -Wl,-z,defs \
    "$here"/cublas/*.cpp "$out/libcuda.so.1" -o "$2/$1"
}
build_cublas libcublas.so.12 "$out"
mkdir -p "$out/cuda13"
build_cublas libcublas.so.13 "$out/cuda13"
ln -sf ../libcuda.so.1 ../kernels.so ../kernels-undefined.so "$out/cuda13"
for library in kernels faulty kernels-undefined faulty-undefined; do
  g++ -shared -Wl,-z,defs "$out/$library"/*.o "$out/libcuda.so.1" -o "$out/$library.so"
done
touch "$out/built"
