# SPDX-License-Identifier: Apache-2.0
"""cuBLAS, looked for and called as the program does it, so that both meet the same library.

As a script it says where cuBLAS lies on this machine and which of those places can be loaded.
"""

import ctypes
import glob
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

NAMES = ("libcublas.so.13", "libcublas.so.12")
OPERATION_N, OPERATION_T = 0, 1
FLOAT32, FLOAT16 = 0, 2  # cudaDataType
COMPUTE_32F = 68
DEFAULT_ALGORITHM = -1
FULL_PRECISION_SUMS = 16
WORKSPACE_BYTES = 32 << 20


def folders() -> list[str]:
    """Where cuBLAS may lie: in CUDA's own folders and NVIDIA's Python packages."""
    found = sorted(glob.glob("/usr/local/cuda*/lib64"), reverse=True)
    for packages in dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib")):
        found += sorted(glob.glob(f"{packages}/nvidia/*/lib"), reverse=True)
    return found


def candidates() -> list[str]:
    """Paths of cuBLAS, the likeliest first; a name alone is the loader's to find."""
    paths = [Path(folder, name) for folder in folders() for name in NAMES]
    return list(NAMES) + [str(path) for path in paths if path.exists()]


def load(path: str) -> ctypes.CDLL:
    """Loads libcublasLt first, which a package's libcublas needs and may not find by itself."""
    lt = Path(path).with_name(Path(path).name.replace("cublas", "cublasLt"))
    if lt.exists():
        ctypes.CDLL(str(lt), mode=ctypes.RTLD_GLOBAL)
    return ctypes.CDLL(path)


class Cublas:
    """A handle whose work goes to one stream, with a workspace, so that it can be captured."""

    def __init__(self, stream: int, workspace: int):
        self.path, self._library = first_that_loads()
        self._handle = ctypes.c_void_p()
        self._call("cublasCreate_v2", ctypes.byref(self._handle))
        self._call("cublasSetStream_v2", self._handle, ctypes.c_void_p(stream))
        self._call(
            "cublasSetWorkspace_v2",
            self._handle,
            ctypes.c_void_p(workspace),
            ctypes.c_size_t(WORKSPACE_BYTES),
        )
        self._call("cublasSetMathMode", self._handle, FULL_PRECISION_SUMS)

    def multiply(self, out, x, weights, out_type: int, out_stride: int) -> None:
        """out = x · weightsᵀ, all row by row: the very call of the program's CublasGemm."""
        (rows, inputs), outputs = x.shape, weights.shape[0]
        one, zero = ctypes.c_float(1), ctypes.c_float(0)
        self._call(
            "cublasGemmEx",
            self._handle,
            OPERATION_T,
            OPERATION_N,
            outputs,
            rows,
            inputs,
            ctypes.byref(one),
            ctypes.c_void_p(weights.data.ptr),
            FLOAT16,
            inputs,
            ctypes.c_void_p(x.data.ptr),
            FLOAT16,
            inputs,
            ctypes.byref(zero),
            ctypes.c_void_p(out.data.ptr),
            out_type,
            out_stride,
            COMPUTE_32F,
            DEFAULT_ALGORITHM,
        )

    def _call(self, name: str, *arguments) -> None:
        status = getattr(self._library, name)(*arguments)
        if status != 0:
            raise RuntimeError(f"{name} of {self.path} gave status {status}")


def first_that_loads() -> tuple[str, ctypes.CDLL]:
    failures = []
    for path in candidates():
        try:
            return path, load(path)
        except OSError as failure:
            failures.append(str(failure))
    raise RuntimeError("no cuBLAS can be loaded: " + "; ".join(failures))


def main() -> int:
    print("python3:", sys.executable)
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX", "LD_LIBRARY_PATH", "DRAGOMAN_CUBLAS"):
        print(f"{variable}: {os.environ.get(variable, 'not set')}")
    for folder in folders():
        libraries = sorted(path.name for path in Path(folder).glob("libcublas*"))
        print(f"{folder}: {', '.join(libraries) or 'no cuBLAS'}")
    known = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=False).stdout
    print("the loader knows:", [line.strip() for line in known.splitlines() if "libcublas" in line])
    for path in candidates():  # each in a process of its own, as a loaded one stays
        loading = f"import cublas; cublas.load({path!r})"
        tried = subprocess.run(
            [sys.executable, "-c", loading],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
        last = tried.stderr.strip().splitlines()[-1:]
        print(f"{path}: {'loads' if tried.returncode == 0 else ' '.join(last)}")
    print("cuBLAS:", first_that_loads()[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
