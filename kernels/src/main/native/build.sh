#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the committed libcublas.so.12 that passes calls on to libcublas.so.13; to be run by hand when
# cublas12.c changes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
gcc -O2 -s -fPIC -shared -Wall -Wextra -Werror -Wl,-soname,libcublas.so.12 \
  "-Wl,--version-script=$here/cublas12.map" -Wl,-z,defs -Wl,--no-as-needed \
  "$here/cublas12.c" -ldl -o "$here/../resources/dev/dragoman/device/cuda/libcublas.so.12"
