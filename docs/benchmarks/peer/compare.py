#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures Dragoman and a peer in turns on one core, and prints their ratios as a table.

    compare.py --driver PROGRAM --model MODEL --pieces FILE --text FILE [--dragoman LAUNCHER]...

The driver is the peer's, built by whoever has the peer; ctranslate2.cc beside this file is one, and says what it reads
and prints. MODEL is the peer's form of the model that Dragoman translates with (--dragoman-model, else the bundled one),
FILE the same lines as pieces for the peer and as text for Dragoman. Two launchers compare two versions of Dragoman.

Instruction sets that the processor has are held back by the variables of oneDNN and of the peer; what it lacks is left
out, and said. A round runs the peer, then each launcher, pinned to one core; what is printed are medians of all passes,
in lines a second of processor time, which a busy neighbour disturbs less than the wall clock. Java compiles during the
first passes, on the same core: what they cost is in ../first-second.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile

# What is held back, and the flag of /proc/cpuinfo that shows whether the processor has it.
INSTRUCTION_SETS = {
    "AVX2": ("avx2", {"ONEDNN_MAX_CPU_ISA": "AVX2", "CT2_FORCE_CPU_ISA": "AVX2"}),
    "AVX-512": ("avx512_vnni", {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_FP16", "CT2_FORCE_CPU_ISA": "AVX512"}),
    "AMX": ("amx_tile", {"CT2_FORCE_CPU_ISA": "AVX512"}),
}

# Dragoman's precision and the peer's, with which it is compared.
PRECISIONS = {
    "AVX2": [("float32", "float32"), ("int8", "int8")],
    "AVX-512": [("float32", "float32"), ("int8", "int8")],
    "AMX": [("bfloat16", "int8"), ("int8", "int8")],
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--driver", required=True, help="the peer's driver")
    parser.add_argument("--model", required=True, help="the model in the peer's form")
    parser.add_argument("--pieces", required=True, help="the text as pieces, for the peer")
    parser.add_argument("--text", required=True, help="the same text, for Dragoman")
    parser.add_argument("--dragoman", action="append", help="a launcher; default: that of this checkout")
    parser.add_argument("--dragoman-model", help="the model in a form that Dragoman reads; default: the bundled one")
    parser.add_argument("--lines", type=int, default=400, help="how many lines of it (default 400)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each (default 3)")
    parser.add_argument("--core", type=int, default=0, help="the core that all are pinned to (default 0)")
    parser.add_argument("--sets", default=",".join(INSTRUCTION_SETS), help="which instruction sets (default all)")
    parser.add_argument("--beams", default="4,1", help="beam sizes (default 4,1)")
    parser.add_argument("--warm-up", default="12", help="passes of Dragoman before those that count (default 12)")
    parser.add_argument("--latency", type=int, default=0, help="translate so many single lines, too (default 0)")
    return parser.parse_args()


def run(command, variables, core):
    """What a command prints, with these variables, on one core."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **variables}
    done = subprocess.run(
        ["taskset", "-c", str(core), *command], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def peer(options, precision, beam, variables):
    """Lines a second of processor time in each pass, and the median latency in milliseconds."""
    batch, passes = "64", "3"
    command = [options.driver, options.model, options.pieces, precision, beam, batch, passes]
    command += ["--lines", str(options.lines)]
    if options.latency:
        command += ["--latency", str(options.latency)]
    speeds, latency = [], None
    for line in run(command, variables, options.core).splitlines():
        words = line.split()
        if words[0] == "pass":
            speeds.append(float(words[words.index("lines_per_cpu_s") + 1]))
        elif words[0] == "latency":
            latency = float(words[words.index("p50_ms") + 1])
    return speeds, latency


def dragoman(options, launcher, text, precision, beam, variables):
    """The same of Dragoman."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [launcher, "bench", text, "--device", "cpu", "--threads", "1", "--precision", precision]
        command += ["--beam-size", beam, "--warm-up", options.warm_up, "--runs", "3", "--latency", str(options.latency)]
        command += ["--json", report.name]
        if options.dragoman_model:
            command += ["--model", options.dragoman_model]
        run(command, variables, options.core)
        with open(report.name, encoding="utf-8") as file:
            measured = json.load(file)
    speeds = [options.lines / one["processorSeconds"] for one in measured["runs"]]
    return speeds, measured["latency"]["p50"] if options.latency else None


def row(name, peers, ours):
    """A line of the table: medians, and each of ours over the peer's."""
    base = statistics.median(peers)
    cells = [f"{base:.1f}"]
    for values in ours:
        cells += [f"{statistics.median(values):.1f}", f"{statistics.median(values) / base:.2f}"]
    print("| " + " | ".join([name, *cells]) + " |", flush=True)


def main():
    options = arguments()
    here = os.path.dirname(os.path.abspath(__file__))
    launchers = options.dragoman or [os.path.normpath(os.path.join(here, "..", "..", "..", "dragoman"))]
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        facts = dict(line.split(":", 1) for line in file.read().split("\n\n")[0].splitlines() if ":" in line)
        facts = {key.strip(): value.strip() for key, value in facts.items()}
    flags = facts["flags"].split()
    print(f"{datetime.date.today()}, {facts['model name']}, {platform.system()} {platform.release()}, "
          f"{options.lines} lines, {options.rounds} rounds\n")
    heads = ["lines/s of processor time", "peer"]
    for launcher in launchers:
        heads += [launcher if len(launchers) > 1 else "Dragoman", "ratio"]
    print("| " + " | ".join(heads) + " |")
    print("|---" * len(heads) + "|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        text = os.path.join(folder, "text")
        with open(options.text, "rb") as source, open(text, "wb") as target:
            target.writelines(source.readlines()[: options.lines])
        for name in options.sets.split(","):
            flag, variables = INSTRUCTION_SETS[name]
            if flag not in flags:
                print(f"| {name}: this processor has no {flag} |")
                continue
            for ours, theirs in PRECISIONS[name]:
                for beam in options.beams.split(","):
                    compare(options, launchers, text, (name, ours, theirs, beam, variables))


def compare(options, launchers, text, case):
    """One line of the table, and one more for latencies."""
    name, ours, theirs, beam, variables = case
    peers, speeds = [], [[] for _ in launchers]
    peer_latencies, latencies = [], [[] for _ in launchers]
    for _ in range(options.rounds):
        passes, latency = peer(options, theirs, beam, variables)
        peers += passes
        peer_latencies.append(latency)
        for i, launcher in enumerate(launchers):
            passes, latency = dragoman(options, launcher, text, ours, beam, variables)
            speeds[i] += passes
            latencies[i].append(latency)
    title = f"{name}, {ours}{'' if ours == theirs else f' (peer {theirs})'}, "
    title += "greedy" if beam == "1" else f"beam {beam}"
    row(title, peers, speeds)
    if options.latency:
        row(title + ": one line, p50, ms", peer_latencies, latencies)


if __name__ == "__main__":
    main()
