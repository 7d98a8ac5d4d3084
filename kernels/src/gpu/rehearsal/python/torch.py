# SPDX-License-Identifier: Apache-2.0
"""Stands in for PyTorch in the rehearsal: computes nothing, and checks shapes, types and places."""

from contextlib import contextmanager
from types import SimpleNamespace

__version__ = "stand-in"
version = SimpleNamespace(cuda="stand-in")
float16, int64 = "float16", "int64"
backends = SimpleNamespace(cuda=SimpleNamespace(matmul=SimpleNamespace()))
cuda = SimpleNamespace(synchronize=lambda: None)
inference = False


class Tensor:
    def __init__(self, shape: tuple, dtype: str, device: str = "cpu", rows: list | None = None):
        self.shape, self.dtype, self.device, self._rows = tuple(shape), dtype, device, rows

    @property
    def T(self) -> "Tensor":
        return Tensor(self.shape[::-1], self.dtype, self.device)

    def __getitem__(self, rows: slice) -> "Tensor":
        return Tensor((rows.stop, *self.shape[1:]), self.dtype, self.device)

    def tolist(self) -> list:
        return self._rows


@contextmanager
def inference_mode():
    global inference
    inference = True
    yield
    inference = False


def manual_seed(_: int) -> None:
    pass


def tensor(rows: list, device: str) -> Tensor:
    columns = {len(row) for row in rows}
    assert len(columns) == 1, "rows of different lengths"
    return Tensor((len(rows), columns.pop()), int64, device, rows)


def randint(low: int, high: int, shape: tuple) -> Tensor:
    rows = [[low + i % (high - low)] * shape[1] for i in range(shape[0])]
    return Tensor(shape, int64, rows=rows)


def randn(*shape: int, dtype: str, device: str) -> Tensor:
    return Tensor(shape, dtype, device)


def mm(a: Tensor, b: Tensor) -> Tensor:
    assert a.shape[1] == b.shape[0] and a.dtype == b.dtype and a.device == b.device == "cuda"
    return Tensor((a.shape[0], b.shape[1]), a.dtype, a.device)


def equal(a: Tensor, b: Tensor) -> bool:
    assert a.shape == b.shape and a.dtype == b.dtype
    return True
