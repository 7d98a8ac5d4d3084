# SPDX-License-Identifier: Apache-2.0
"""Times of the kernels of a base decoder step, without Java, beside what was predicted of them.

    microbenchmarks.py <kernels.fatbin> <docs/performance.md> [once]

Each kernel is first compared with float64, then captured in a graph as often as a step has it and
replayed between two events. `once` launches each a single time, for a profiler. The sizes are small
where DRAGOMAN_REHEARSAL is set, and the times mean nothing there. Exit code 1 if a kernel differs.
"""

import os
import statistics
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

import cupy
import numpy as np
from step_kernels import StepKernels
from step_sizes import SMALL, Sizes, StepKernel

RUNS = 7
LEAST_LAUNCHES = 12
TOLERANCE = 5e-3  # of the norm, for float16 with float32 sums
HEADING = "## Where a step of the base shape goes"


@dataclass(frozen=True)
class Prediction:
    """All launches of a step in us."""

    launches: int
    floor: float
    predicted: float

    def of_launch(self) -> str:
        return f"{self.predicted / self.launches:9.1f} {self.floor / self.launches:7.1f}"


def predictions(page: Path) -> dict[str, Prediction]:
    """By kernel, from the section of this heading; "all" is the sum."""
    section = page.read_text("utf-8").split(HEADING)[1].split("\n## ")[0]
    found = {}
    for line in section.splitlines():
        cells = [cell.strip(" `") for cell in line.strip("|").split("|")]
        if len(cells) == 6 and cells[1].isdigit():
            found[cells[0]] = Prediction(int(cells[1]), float(cells[4]), float(cells[5]))
    return found


def difference(kernel: StepKernel) -> float:
    actual, expected = kernel.results()
    norm = np.linalg.norm(expected)
    return float(np.linalg.norm(actual.astype(np.float64) - expected) / norm)


def microseconds(stream, launches: list) -> float:
    """The median of several replays of a graph that has these launches, for one launch."""
    stream.begin_capture()
    for launch, layer in launches:
        launch(layer)
    graph = stream.end_capture()
    graph.launch(stream)
    times = []
    for _ in range(RUNS):
        begin, end = cupy.cuda.Event(), cupy.cuda.Event()
        begin.record(stream)
        graph.launch(stream)
        end.record(stream)
        end.synchronize()
        times.append(cupy.cuda.get_elapsed_time(begin, end) * 1e3)
    return statistics.median(times) / len(launches)


def in_turns(kernel: StepKernel, layers: int, least: int) -> list:
    """A kernel's launches, layer after layer, as many as a step has or more."""
    several = layers if kernel.launches > 1 else 1
    count = max(kernel.launches, least)
    return [(kernel.launch, i % several) for i in range(count)]


def step(kernels: list[StepKernel], layers: int) -> list:
    """All launches of a step, by layers, as far as each kernel belongs to them."""
    layered = [k for k in kernels if k.launches > 1]
    last = [(k.launch, 0) for k in kernels if k.launches == 1 and k.in_step]
    turns = [
        (k.launch, i) for i in range(layers) for k in layered for _ in range(k.launches // layers)
    ]
    return last[:1] + turns + last[1:]


def measure(kernel: StepKernel, stream, layers: int, least: int) -> tuple[float, float]:
    """The kernel's difference from float64, and its time."""
    kernel.launch(0)
    stream.synchronize()
    off = difference(kernel)
    return off, microseconds(stream, in_turns(kernel, layers, least))


def main() -> int:
    fatbin, page = sys.argv[1], Path(sys.argv[2])
    rehearsal = bool(os.environ.get("DRAGOMAN_REHEARSAL"))
    sizes, least = (SMALL, 2) if rehearsal else (Sizes(), LEAST_LAUNCHES)
    predicted = predictions(page)
    stream = cupy.cuda.Stream(non_blocking=True)
    with stream:
        kernels = StepKernels(fatbin, sizes, stream)
        stream.synchronize()
        if sys.argv[3:] == ["once"]:
            for kernel in kernels.all:
                kernel.launch(0)
            stream.synchronize()
            print(f"{len(kernels.all)} kernels were launched once")
            return 0
        print(f"{'kernel':27} {'us':>9} {'predicted':>9} {'floor':>7}  float64")
        wrong = 0
        for kernel in kernels.all:
            expected = predicted.get(kernel.name)
            time = float("nan")
            try:
                off, time = measure(kernel, stream, sizes.layers, least)
                verdict = "agrees" if off < TOLERANCE else f"differs by {off:.2g} of its norm"
            except Exception as failure:  # an error of the GPU stays, and each row says so
                traceback.print_exc()
                verdict = f"failed: {failure}"
            wrong += verdict != "agrees"
            numbers = expected.of_launch() if expected else f"{'-':>9} {'-':>7}"
            print(f"{kernel.name:27} {time:9.1f} {numbers}  {verdict}")
        launches = step(kernels.all, sizes.layers)
        whole = microseconds(stream, launches) * len(launches)
    everything = predicted["all"]
    print(
        f"a step without advance, {len(launches)} launches in one graph: {whole:.1f} us;"
        f" predicted for {everything.launches}: {everything.predicted}"
    )
    count = len(kernels.all)
    print(f"{count - wrong} of {count} kernels agree, a step takes {whole:.0f} us")
    return 0 if wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
