# SPDX-License-Identifier: Apache-2.0
"""Whether the kernels run on this GPU at all, without Java: a kernel, a graph, a product.

    smoke.py <kernels.fatbin, with layout.tsv beside it>

Each prints PASS or FAIL; exit code 1 if one fails.
"""

import sys
import traceback

import cupy
import numpy as np
from cublas import FLOAT16, WORKSPACE_BYTES, Cublas
from door import Door, matrix

ROWS, WIDTH = 37, 512
RANDOM = np.random.default_rng(1)


def numbers(*shape: int, dtype=np.float16) -> np.ndarray:
    return RANDOM.standard_normal(shape, dtype=np.float32).astype(dtype)


class Sum:
    """x + bias + residual by add_f16, which every layer has."""

    def __init__(self, fatbin: str):
        self.door = Door(fatbin)
        self.host = [numbers(ROWS, WIDTH), numbers(WIDTH, dtype=np.float32), numbers(ROWS, WIDTH)]
        self.x, self.bias, self.residual = map(cupy.asarray, self.host)
        self.out = cupy.asarray(np.zeros((ROWS, WIDTH), np.float16))

    def launch(self) -> None:
        arguments = {
            "out": matrix(self.out, WIDTH),
            "x": matrix(self.x, WIDTH),
            "x_bias": self.bias,
            "residual": matrix(self.residual, WIDTH),
            "width": WIDTH,
        }
        self.door.launch("add_f16", (ROWS,), arguments)

    def check(self) -> None:
        check(self.out.get(), sum(part.astype(np.float64) for part in self.host))


def check(actual: np.ndarray, expected: np.ndarray) -> None:
    difference = np.linalg.norm(actual.astype(np.float64) - expected) / np.linalg.norm(expected)
    if not difference < 2e-3:
        raise AssertionError(f"differs from float64 by {difference:.2g} of its norm")


def one_kernel(fatbin: str) -> None:
    work = Sum(fatbin)
    work.launch()
    work.check()


def one_graph(fatbin: str) -> None:
    work = Sum(fatbin)
    stream = cupy.cuda.Stream(non_blocking=True)
    with stream:
        stream.begin_capture()
        work.launch()
        graph = stream.end_capture()
        stream.synchronize()
        if work.out.get().any():
            raise AssertionError("the capture has run what it should only have recorded")
        graph.launch(stream)
        stream.synchronize()
    work.check()


def one_product(_: str) -> None:
    stream = cupy.cuda.Stream(non_blocking=True)
    x, weights = numbers(ROWS, WIDTH), numbers(64, WIDTH)
    with stream:
        workspace = cupy.empty(WORKSPACE_BYTES, np.uint8)
        out = cupy.empty((ROWS, 64), np.float16)
        on_gpu = cupy.asarray(x), cupy.asarray(weights)
        cublas = Cublas(stream.ptr, workspace.data.ptr)
        cublas.multiply(out, *on_gpu, FLOAT16, 64)
        stream.synchronize()
        check(out.get(), x.astype(np.float64) @ weights.astype(np.float64).T)
    print("cuBLAS:", cublas.path)


def main() -> int:
    works = (one_kernel, one_graph, one_product)
    passed = 0
    for work in works:
        try:
            work(sys.argv[1])
            passed += 1
            print("PASS", work.__name__)
        except Exception:  # whatever it is, the next one may pass
            traceback.print_exc()
            print("FAIL", work.__name__)
    print(f"{passed} of {len(works)} pass")
    return 0 if passed == len(works) else 1


if __name__ == "__main__":
    sys.exit(main())
