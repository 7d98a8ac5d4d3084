# SPDX-License-Identifier: Apache-2.0
"""Writes the fixtures beside it with PyTorch (1.13): make.py TINY.safetensors

tensors.bin has a tensor of each kind; legacy.bin and protocol4.bin the same in other containers;
call.bin is a pickle that wants to run a command; tiny.bin has the tensors of the safetensors file.
"""

import json
import os
import sys
from collections import OrderedDict

import torch

here = os.path.dirname(os.path.abspath(__file__))


class Call:
    def __reduce__(self):
        return os.system, ("touch dragoman-was-here",)


def save(value, name, **options):
    torch.save(value, os.path.join(here, name), **options)


def tensors():
    matrix = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    state = OrderedDict()
    state["matrix"] = matrix
    state["transposed"] = matrix.t()
    state["row"] = matrix[1:]
    state["column"] = matrix[:, 1]
    state["tied"] = matrix
    state["vector"] = torch.tensor([1.5, -2.0], dtype=torch.float16)
    state["bfloat"] = torch.tensor([[0.5, 3.0]], dtype=torch.bfloat16)
    state["parameter"] = torch.nn.Parameter(torch.tensor([7.0]))
    state["empty"] = torch.zeros(0, 3)
    state["cube"] = torch.zeros(1, 2, 3)
    state["integers"] = torch.arange(3)
    state._metadata = OrderedDict({"": {"version": 1}})
    return state


def from_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = bytearray(file.read())
    state = OrderedDict()
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            numbers = torch.frombuffer(data[begin:end], dtype=torch.float32)
            state[name] = numbers.clone().reshape(entry["shape"])
    return state


if __name__ == "__main__":
    save(tensors(), "tensors.bin")
    save(tensors(), "legacy.bin", _use_new_zipfile_serialization=False)
    save(tensors(), "protocol4.bin", pickle_protocol=4)
    save(OrderedDict(weight=Call()), "call.bin")
    save(from_safetensors(sys.argv[1]), "tiny.bin")
