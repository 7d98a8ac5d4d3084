#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times `dragoman translate` from the call to its end, for texts of 1, 10 and 100 lines.

    measure.py TEXT [--runs N] [--lines N,N,...] LAUNCHER...

Each launcher is called in turn, so that what else the machine does meets all of them alike. Printed are the least
and the median of the wall clock and of the processor's time (user and system, of the process and its children).
Options for translate come from the variable TRANSLATE_OPTIONS.
"""

import argparse
import os
import shlex
import statistics
import subprocess
import tempfile
import time


def once(launcher, text, options):
    """Seconds of wall clock and of processor time that one call takes."""
    begin = time.monotonic()
    with subprocess.Popen(
        [launcher, "translate", *options, text],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{launcher} ended with {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", help="a file with as many lines as are asked for, or more")
    parser.add_argument("launchers", nargs="+", help="one dragoman, or several to compare")
    parser.add_argument("--runs", type=int, default=9, help="calls of each, after one that is not counted")
    parser.add_argument("--lines", default="1,10,100", help="how many lines are translated")
    arguments = parser.parse_args()
    options = shlex.split(os.environ.get("TRANSLATE_OPTIONS", ""))
    with open(arguments.text, "rb") as file:
        lines = file.readlines()
    print("lines  wall min  median   processor min  median  launcher")
    with tempfile.TemporaryDirectory() as folder:
        for count in map(int, arguments.lines.split(",")):
            text = os.path.join(folder, f"{count}.txt")
            with open(text, "wb") as file:
                file.writelines(lines[:count])
            taken = {launcher: [] for launcher in arguments.launchers}
            for run in range(arguments.runs + 1):
                for launcher, times in taken.items():
                    time_of_run = once(launcher, text, options)
                    if run > 0:
                        times.append(time_of_run)
            for launcher, times in taken.items():
                wall, processor = zip(*times)
                print(
                    f"{count:5d}  {min(wall):8.2f}  {statistics.median(wall):6.2f}"
                    f"   {min(processor):13.2f}  {statistics.median(processor):6.2f}  {launcher}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
