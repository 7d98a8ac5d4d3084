#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The fatbin of all kernels, which nvcc makes: for the architectures of x86-64 machines from Turing on, and
# PTX for later ones. Code for an architecture runs on the later ones of its generation: 8.0 on 8.6 and 8.9.
#   fatbin.sh use <folder of classes> <folder of layout.cuh> <folder to build in>
#       puts the committed fatbin among the classes, or where the sources have changed one of its own making
#   fatbin.sh make <fatbin> <folder of layout.cuh> <folder to build in>
#       makes one, unless the one there fits the sources
#   fatbin.sh commit
#       replaces the committed one by the one that the last build has made; once, at the end of a branch
# CUDA_ARCHITECTURES="90", a list, makes a smaller one without PTX for these cards alone. Beside a fatbin lies
# the hash of what it was made from. The whole one comes with resources.tsv: what each kernel takes of a
# multiprocessor, as ptxas said, the most on any architecture.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=dev/dragoman/device/cuda/kernels.fatbin
committed=$here/../resources/$name
all="75 80 90 100 120"
architectures=${CUDA_ARCHITECTURES:-$all}
nvcc=${NVCC:-nvcc}  # NVCC=none: as if there were none

# The hash of the sources and of the table, followed by the architectures where they are not all.
origin() { # <folder of layout.cuh>
  local hash
  hash=$(cd "$here" && cat $(ls *.cu *.cuh *.list fatbin.sh resources.* | LC_ALL=C sort) "$1/layout.cuh" \
    | sha256sum | cut -d' ' -f1)
  if [ "$architectures" = "$all" ]; then echo "$hash"; else echo "$hash, only for sm_${architectures// / sm_}"; fi
}

fits() { # <fatbin> <folder of layout.cuh>
  [ -e "$1" ] && [ "$(cat "$1.sha256" 2> /dev/null)" = "$(origin "$2")" ]
}

make() { # <fatbin> <folder of layout.cuh> <folder to build in>
  if fits "$1" "$2"; then return; fi
  mkdir -p "$3" "$(dirname "$1")"
  local generate="" a
  for a in $architectures; do generate+=" -gencode arch=compute_$a,code=sm_$a"; done
  if [ "$architectures" = "$all" ]; then generate+=" -gencode arch=compute_120,code=compute_120"; fi
  "$nvcc" -std=c++17 -O3 -Werror all-warnings -Xptxas -v -t "$(nproc)" $generate -I"$here" -I"$2" -fatbin \
    -Xfatbin -compress-all --compress-mode=size "$here/kernels.cu" -o "$1" 2> "$3/ptxas.log" \
    || { cat "$3/ptxas.log" >&2; exit 1; }
  if [ "$architectures" = "$all" ]; then
    awk -f "$here/resources.awk" "$3/ptxas.log" > "$here/resources.tsv"
  fi
  origin "$2" > "$1.sha256"
}

copy() { # <fatbin> <fatbin>: only where they differ, as others look at the times
  local ending
  for ending in "" .sha256; do cmp -s "$1$ending" "$2$ending" || cp "$1$ending" "$2$ending"; done
}

use() { # <folder of classes> <folder of layout.cuh> <folder to build in>
  if fits "$committed" "$2"; then
    copy "$committed" "$1/$name"
  elif command -v "$nvcc" > /dev/null; then
    make "$3/kernels.fatbin" "$2" "$3"
    copy "$3/kernels.fatbin" "$1/$name"
  else
    echo "kernels.fatbin: the sources have changed since it was made, and there is no nvcc here"
  fi
}

commit() {
  local target=$here/../../../target
  fits "$target/cuda/kernels.fatbin" "$target/door" ||
    { echo "fatbin.sh: build first (mvn process-classes), for all architectures" >&2 && exit 1; }
  copy "$target/cuda/kernels.fatbin" "$committed"
}

usage() {
  sed -n '5,10s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

case ${1:-} in
  use | make)
    [ $# = 4 ] || usage
    layout=$(cd "$3" && pwd)
    "$1" "$2" "$layout" "$4"
    ;;
  commit)
    [ $# = 1 ] || usage
    commit
    ;;
  *) usage ;;
esac
