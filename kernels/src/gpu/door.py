# SPDX-License-Identifier: Apache-2.0
"""The kernels and what a launch of them passes, by the build's table, layout.tsv beside the fatbin.

The table comes from the same headers as the kernels and Java's records, so that nothing of it is
said again here: threads, constants, and where each argument lies.
"""

from pathlib import Path

import cupy
import numpy as np

KINDS = {"pointer": np.uint64, "int": np.int32, "float": np.float32}


def matrix(array, stride: int) -> dict:
    """An array, or an address, whose rows are so many elements apart."""
    return {"first": array, "stride": stride}


def address(value) -> int:
    return value.data.ptr if hasattr(value, "data") and hasattr(value.data, "ptr") else int(value)


def flat(arguments: dict, prefix: str = "") -> dict:
    """Members of structs by their paths: {"decoding": {"beam": 4}} is {"decoding.beam": 4}."""
    found = {}
    for name, value in arguments.items():
        path = prefix + name
        found.update(flat(value, path + ".") if isinstance(value, dict) else {path: value})
    return found


class Door:
    def __init__(self, fatbin: str):
        self.constants = {}
        self._kernels, self._bytes, self._members, self._functions = {}, {}, {}, {}
        self._module = cupy.RawModule(path=fatbin)
        for line in Path(fatbin).with_name("layout.tsv").read_text("utf-8").splitlines():
            self._read(*line.split("\t"))

    def _read(self, kind: str, name: str, *rest: str) -> None:
        if kind == "constant":
            self.constants[name] = int(rest[0])
        elif kind == "enum":
            self.constants.update({value: i for i, value in enumerate(rest[0].split(","))})
        elif kind == "kernel":
            threads, arguments, suffixes = rest
            for suffix in suffixes.split(","):
                self._kernels[name + suffix] = int(threads), arguments
        elif kind == "arguments":
            self._bytes[name], self._members[name] = int(rest[0]), {}
        elif kind == "member":
            path, offset, type_ = rest
            self._members[name][path] = int(offset), type_

    def _pack(self, name: str, arguments: dict) -> np.ndarray:
        """The struct of this name: CuPy passes an array of one element by value."""
        members, values = self._members[name], flat(arguments)
        if members.keys() != values.keys():
            raise TypeError(f"{name} takes {', '.join(members)}, not {', '.join(values)}")
        packed = np.zeros(1, f"V{self._bytes[name]}")
        for path, (offset, type_) in members.items():
            value = address(values[path]) if type_ == "pointer" else values[path]
            part = np.array([value], KINDS[type_]).view(np.uint8)
            packed.view(np.uint8)[offset : offset + part.size] = part
        return packed

    def launch(
        self, kernel: str, grid: tuple, arguments: dict, *, threads: int = 0, shared: int = 0
    ) -> None:
        """Launches attend_past_f16, say, in blocks of as many threads as it has, or of fewer."""
        most, name = self._kernels[kernel]
        if kernel not in self._functions:
            self._functions[kernel] = self._module.get_function(kernel)
        packed = self._pack(name, arguments)
        self._functions[kernel](grid, (threads or most,), (packed,), shared_mem=shared)
