# SPDX-License-Identifier: Apache-2.0
"""The sizes of a decoder step, and what a kernel of one is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sizes:
    """The base shape with 512 slots, as docs/performance.md has it."""

    slots: int = 512
    beam: int = 4
    width: int = 512
    heads: int = 8
    inner: int = 2048
    vocabulary: int = 58_101
    layers: int = 6
    past: int = 13
    source: int = 25
    max_length: int = 64

    @property
    def rows(self) -> int:
        return self.slots * self.beam

    @property
    def head_size(self) -> int:
        return self.width // self.heads

    @property
    def logits_stride(self) -> int:
        return (self.vocabulary + 7) // 8 * 8


#: For the emulated driver; so many rows and heads that each gets one warp, as in the base shape.
SMALL = Sizes(slots=40, inner=256, vocabulary=1_001, layers=2, max_length=16)


@dataclass(frozen=True)
class StepKernel:
    """A kernel of the step.

    name: as in the table of docs/performance.md
    launches: in a step
    launch: what is launched for a layer
    results: what the first layer's launch gave for some rows, and what float64 gives
    in_step: whether the program's step has it, or would without cuBLAS
    """

    name: str
    launches: int
    launch: Callable[[int], None]
    results: Callable[[], tuple[np.ndarray, np.ndarray]]
    in_step: bool = True
