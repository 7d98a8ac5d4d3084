// SPDX-License-Identifier: Apache-2.0
// The quantization of rows to 8-bit integers for the products of gemm_int8.cuh. A row's integers
// depend on that row alone.
#pragma once
#include "quantized_row.cuh"

// Quantizes the rows of a product in float16, or its weights in float32 once at load, a row for
// each output. x is read once for float16 widths to 2,048 and float32 ones to 1,024.
// Grid: one warp for each row, 128 threads.
// Moves rows·(width numbers + depth + 4) bytes; 4·rows·width operations.
template <class Number>
__device__ __forceinline__ void quantize(const Quantize<Number>& a) {
  const int r = (blockIdx.x * ROW_THREADS + threadIdx.x) / WARP;
  if (r >= a.count) return;  // a whole warp
  const float scale = quantizing::quantize(quantizing::Row<Number>{
      a.x.row(r), a.integers + static_cast<size_t>(r) * a.depth, a.width, a.depth});
  if (threadIdx.x % WARP == 0) a.scales[r] = scale;
}
