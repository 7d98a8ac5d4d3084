# SPDX-License-Identifier: Apache-2.0
"""How many lines of a translation are those that are wanted.

    compare.py <wanted> <actual> <the most lines that may differ>

Prints the lines that differ; exit code 1 if they are more.
"""

import sys
from itertools import zip_longest
from pathlib import Path


def main() -> int:
    wanted, actual = (Path(name).read_text("utf-8").splitlines() for name in sys.argv[1:3])
    equal = 0
    for number, (line, other) in enumerate(zip_longest(wanted, actual, fillvalue="(none)"), 1):
        if line == other:
            equal += 1
        else:
            print(f"line {number}: {other}\n  wanted: {line}")
    print(f"{equal} of {len(wanted)} golden lines")
    return 0 if max(len(wanted), len(actual)) - equal <= int(sys.argv[3]) else 1


if __name__ == "__main__":
    sys.exit(main())
