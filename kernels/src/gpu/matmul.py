# SPDX-License-Identifier: Apache-2.0
"""Whether cuBLAS gives a row the same bits in batches of other sizes, seen through PyTorch.

For each shape of a base step's products, each number of rows is multiplied alone and compared with
the same rows of the largest batch. The program asks this of cuBLAS itself when it loads a model.
"""

import sys

import torch

SHAPES = ((512, 512), (512, 1536), (512, 2048), (2048, 512), (512, 58_104))  # inputs, outputs
ROWS = tuple(2**power for power in range(13)) + (3, 48, 100, 1000, 2000, 3000)
MOST = max(ROWS)


def sizes_with_the_same_bits(inputs: int, outputs: int) -> list[int]:
    x = torch.randn(MOST, inputs, dtype=torch.float16, device="cuda")
    weights = torch.randn(outputs, inputs, dtype=torch.float16, device="cuda")
    whole = torch.mm(x, weights.T)
    return [r for r in sorted(ROWS) if torch.equal(torch.mm(x[:r], weights.T), whole[:r])]


def main() -> int:
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction = False
    print("torch", torch.__version__, "CUDA", torch.version.cuda)
    alike = 0
    for inputs, outputs in SHAPES:
        same = sizes_with_the_same_bits(inputs, outputs)
        other = [rows for rows in sorted(ROWS) if rows not in same]
        alike += not other
        print(f"{inputs} to {outputs}: as {MOST} rows: {same}; otherwise: {other}")
    print(f"{alike} of {len(SHAPES)} shapes give the same bits for all numbers of rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
