#!/bin/bash
# Builds the fatbin of all kernels with nvcc:
#   build.sh <fatbin> <folder for objects>
# for every architecture of x86-64 machines from Turing on, and PTX for later ones. CUDA_ARCHITECTURES="90", a list
# of others, makes a smaller one without PTX for these cards alone.
# Beside the fatbin lies the hash of what it was made from; nothing is built while it matches. The whole fatbin
# comes with resources.tsv: what each kernel takes of a multiprocessor, as ptxas said, the most on any architecture.
# Without nvcc the committed fatbin is used, and a test fails if its hash does not match.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
fatbin=$1
objects=$2
all="75 80 86 89 90 100 103 120"
architectures=${CUDA_ARCHITECTURES:-$all}

# The hash of the sources and of the table, followed by the architectures where they are not all.
origin() {
  local hash; hash=$(cd "$here" && cat $(ls *.cu *.cuh build.sh resources.* | LC_ALL=C sort) | sha256sum | cut -d' ' -f1)
  if [ "$architectures" = "$all" ]; then echo "$hash"; else echo "$hash, only for sm_${architectures// / sm_}"; fi
}
if [ -e "$fatbin" ] && [ "$(cat "$fatbin.sha256" 2> /dev/null)" = "$(origin)" ]; then
  exit 0
fi
nvcc=${NVCC:-nvcc}  # NVCC=none leaves the fatbin as it is
if ! command -v "$nvcc" > /dev/null; then
  echo "kernels.fatbin: the sources have changed since it was built, and there is no nvcc here"
  exit 0
fi
mkdir -p "$objects" "$(dirname "$fatbin")"
generate=""
for a in $architectures; do generate+=" -gencode arch=compute_$a,code=sm_$a"; done
if [ "$architectures" = "$all" ]; then generate+=" -gencode arch=compute_120,code=compute_120"; fi
# One module, so that the program loads one file: all kernels as one translation unit.
(cd "$here" && ls *.cu | LC_ALL=C sort | sed 's/.*/#include "&"/') > "$objects/kernels.cu"
"$nvcc" -std=c++17 -O3 -Werror all-warnings -Xptxas -v -t "$(nproc)" $generate -I"$here" -fatbin \
  -Xfatbin -compress-all "$objects/kernels.cu" -o "$fatbin" 2> "$objects/ptxas.log" \
  || { cat "$objects/ptxas.log" >&2; exit 1; }
if [ "$architectures" = "$all" ]; then
  awk -f "$here/resources.awk" "$objects/ptxas.log" > "$here/resources.tsv"
fi
origin > "$fatbin.sha256"
