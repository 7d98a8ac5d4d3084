# SPDX-License-Identifier: Apache-2.0
"""Stands in for CuPy in the rehearsal: as much of it as the scripts use, on the emulated driver.

Arguments of kernels are checked as CuPy checks them: arrays of its own, numpy scalars of the right
size, and numpy arrays of one element, which are structs.
"""

import ctypes
from pathlib import Path
from types import SimpleNamespace

import numpy as np

_driver = ctypes.CDLL("libcuda.so.1")


def _call(name: str, *arguments) -> None:
    status = getattr(_driver, name)(*arguments)
    if status != 0:
        _driver.emulator_last_error.restype = ctypes.c_char_p
        raise RuntimeError(f"{name}: error {status} {_driver.emulator_last_error().decode()}")


def _new(name: str, *arguments) -> ctypes.c_void_p:
    made = ctypes.c_void_p()
    _call(name, ctypes.byref(made), *arguments)
    return made


_call("cuInit", 0)
_call("cuCtxSetCurrent", _new("cuDevicePrimaryCtxRetain", 0))


class Stream:
    current = SimpleNamespace(ptr=0)

    def __init__(self, non_blocking: bool):
        self.ptr = _new("cuStreamCreate", int(non_blocking)).value

    def __enter__(self):
        self._before, Stream.current = Stream.current, self

    def __exit__(self, *_):
        Stream.current = self._before

    def synchronize(self) -> None:
        _call("cuStreamSynchronize", ctypes.c_void_p(self.ptr))

    def begin_capture(self) -> None:
        _call("cuStreamBeginCapture_v2", ctypes.c_void_p(self.ptr), 2)

    def end_capture(self) -> "Graph":
        return Graph(_new_from("cuStreamEndCapture", self.ptr))


def _new_from(name: str, handle: int) -> ctypes.c_void_p:
    made = ctypes.c_void_p()
    _call(name, ctypes.c_void_p(handle), ctypes.byref(made))
    return made


class Graph:
    def __init__(self, graph: ctypes.c_void_p):
        self._executable = _new("cuGraphInstantiateWithFlags", graph, ctypes.c_ulonglong(0))

    def launch(self, stream: Stream) -> None:
        _call("cuGraphLaunch", self._executable, ctypes.c_void_p(stream.ptr))


class Event:
    def __init__(self):
        self.handle = _new("cuEventCreate", 0)

    def record(self, stream: Stream) -> None:
        _call("cuEventRecord", self.handle, ctypes.c_void_p(stream.ptr))

    def synchronize(self) -> None:
        _call("cuEventSynchronize", self.handle)


def get_elapsed_time(begin: Event, end: Event) -> float:
    milliseconds = ctypes.c_float()
    _call("cuEventElapsedTime", ctypes.byref(milliseconds), begin.handle, end.handle)
    return milliseconds.value


class Array:
    def __init__(self, shape, dtype):
        self.shape, self.dtype = np.empty(shape, np.uint8).shape, np.dtype(dtype)
        self.nbytes = int(np.prod(self.shape)) * self.dtype.itemsize
        self.data = SimpleNamespace(ptr=_new("cuMemAlloc_v2", ctypes.c_size_t(self.nbytes)).value)

    def get(self) -> np.ndarray:
        """After what the current stream has to do, as CuPy."""
        host = np.empty(self.shape, self.dtype)
        _call("cuStreamSynchronize", ctypes.c_void_p(Stream.current.ptr))
        _call("cuMemcpyDtoH_v2", ctypes.c_void_p(host.ctypes.data), *self._bytes())
        return host

    def _bytes(self) -> tuple:
        return ctypes.c_ulonglong(self.data.ptr), ctypes.c_size_t(self.nbytes)


def empty(shape, dtype) -> Array:
    return Array(shape, dtype)


def asarray(host: np.ndarray) -> Array:
    host = np.ascontiguousarray(host)
    array = Array(host.shape, host.dtype)
    address, size = array._bytes()
    _call("cuMemcpyHtoD_v2", address, ctypes.c_void_p(host.ctypes.data), size)
    return array


class RawModule:
    def __init__(self, *, path: str):
        self._module = _new("cuModuleLoadData", Path(path).read_bytes())

    def get_function(self, name: str) -> "RawKernel":
        return RawKernel(_new("cuModuleGetFunction", self._module, name.encode()))


class RawKernel:
    def __init__(self, function: ctypes.c_void_p):
        self._function = function

    def __call__(self, grid: tuple, block: tuple, args: tuple, *, shared_mem: int = 0) -> None:
        values = [_value(argument) for argument in args]
        pointers = (ctypes.c_void_p * len(values))(*[value.ctypes.data for value in values])
        grid, block = (tuple(sizes) + (1,) * (3 - len(sizes)) for sizes in (grid, block))
        stream = ctypes.c_void_p(Stream.current.ptr)
        _call("cuLaunchKernel", self._function, *grid, *block, shared_mem, stream, pointers, None)


def _value(argument) -> np.ndarray:
    if isinstance(argument, Array):
        return np.array([argument.data.ptr], np.uint64)
    if isinstance(argument, np.generic):
        return np.array([argument])
    if isinstance(argument, np.ndarray) and argument.size == 1:
        return argument
    raise TypeError(f"a kernel takes arrays, numpy scalars and structs, not {argument!r}")


cuda = SimpleNamespace(Stream=Stream, Event=Event, get_elapsed_time=get_elapsed_time)
