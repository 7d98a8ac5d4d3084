// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "../device/cuda_bf16.h"
#include "../runtime/grid.h"
#include "product.h"

namespace emulator {
namespace {

float load(const void* p, int type, size_t i) {
  switch (type) {
    case F32:
      return static_cast<const float*>(p)[i];
    case BF16:
      return static_cast<const __nv_bfloat16*>(p)[i];
    default:
      return static_cast<float>(static_cast<const _Float16*>(p)[i]);
  }
}
void store(void* p, int type, size_t i, float value) {
  switch (type) {
    case F32:
      static_cast<float*>(p)[i] = value;
      break;
    case BF16:
      static_cast<__nv_bfloat16*>(p)[i] = __float2bfloat16_rn(value);
      break;
    default:
      static_cast<_Float16*>(p)[i] = static_cast<_Float16>(value);
  }
}
float round_to_tf32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  bits = (bits + 0x1000) & ~0x1fffu;
  memcpy(&value, &bits, 4);
  return value;
}

// The matrix op(m) as float32 rows that are contiguous in k: in place where it lies so, or a copy.
struct Rows {
  Rows(const Matrix& m, bool contiguous, int rows, int k, bool tf32) {
    if (m.type == F32 && contiguous && !tf32) {
      data = static_cast<const float*>(m.data);
      stride = m.leading;
      return;
    }
    copy.resize(static_cast<size_t>(rows) * k);
    size_t row_step = contiguous ? m.leading : 1, k_step = contiguous ? 1 : m.leading;
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < k; i++) {
        float value = load(m.data, m.type, r * row_step + i * k_step);
        copy[static_cast<size_t>(r) * k + i] = tf32 ? round_to_tf32(value) : value;
      }
    }
    data = copy.data();
    stride = k;
  }
  const float* row(int r) const { return data + r * stride; }

  std::vector<float> copy;
  const float* data;
  size_t stride;
};

typedef float Vector __attribute__((vector_size(32), aligned(4)));
constexpr int TILE = 4;

// Adds TILE x TILE dot products of the elements from `first` to `last`.
void dot_tile(const float* const* a, const float* const* b, int first, int last,
              float (*out)[TILE]) {
  Vector sums[TILE][TILE] = {};
  int at = first;
  for (; at + 8 <= last; at += 8) {
    for (int i = 0; i < TILE; i++) {
      Vector x = *reinterpret_cast<const Vector*>(a[i] + at);
      for (int j = 0; j < TILE; j++) sums[i][j] += x * *reinterpret_cast<const Vector*>(b[j] + at);
    }
  }
  for (int i = 0; i < TILE; i++) {
    for (int j = 0; j < TILE; j++) {
      Vector s = sums[i][j];
      float sum = ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
      for (int rest = at; rest < last; rest++) sum += a[i][rest] * b[j][rest];
      out[i][j] += sum;
    }
  }
}

float activate(Activation activation, float x) {
  switch (activation) {
    case Activation::RELU:
      return x < 0 ? 0 : x;
    case Activation::GELU:
      return 0.5f * x * (1 + tanhf(0.7978845608f * (x + 0.044715f * x * x * x)));
    default:
      return x;
  }
}

// Returns D's element in a row and a column, made of its sum.
float finish(const Product& p, int row, int column, float sum) {
  size_t before = static_cast<size_t>(column) * p.c.leading + row;
  float x = p.alpha * sum + (p.beta == 0 ? 0 : p.beta * load(p.c.data, p.c.type, before));
  return activate(p.activation, p.bias ? x + load(p.bias, p.d.type, row) : x);
}

}  // namespace

void multiply(const Product& p) {
  Rows a(p.a, p.a.transposed, p.m, p.k, p.tf32), b(p.b, !p.b.transposed, p.n, p.k, p.tf32);
  int step = p.k / p.parts / 8 * 8;
  auto strip = [&](int number) {
    const float *rows_a[TILE], *rows_b[TILE];
    int i0 = number * TILE;
    for (int i = 0; i < TILE; i++) rows_a[i] = a.row(std::min(i0 + i, p.m - 1));
    for (int j0 = 0; j0 < p.n; j0 += TILE) {
      for (int j = 0; j < TILE; j++) rows_b[j] = b.row(std::min(j0 + j, p.n - 1));
      float out[TILE][TILE] = {};
      for (int part = 0; part < p.parts; part++) {
        int last = part + 1 < p.parts ? (part + 1) * step : p.k;
        dot_tile(rows_a, rows_b, part * step, last, out);
      }
      for (int j = 0; j < TILE && j0 + j < p.n; j++) {
        for (int i = 0; i < TILE && i0 + i < p.m; i++) {
          size_t at = static_cast<size_t>(j0 + j) * p.d.leading + i0 + i;
          store(const_cast<void*>(p.d.data), p.d.type, at, finish(p, i0 + i, j0 + j, out[i][j]));
        }
      }
    }
  };
  int strips = (p.m + TILE - 1) / TILE;
  if (static_cast<double>(p.m) * p.n * p.k < 1e6) {
    for (int s = 0; s < strips; s++) strip(s);
  } else {
    parallel_for(strips, strip);
  }
}

}  // namespace emulator
