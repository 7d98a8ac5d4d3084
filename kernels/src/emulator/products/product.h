// SPDX-License-Identifier: Apache-2.0
// General matrix products on the CPU, float32 sums.
#pragma once
#include <cstddef>

namespace emulator {

// Element types by cudaDataType.
enum Type { F32 = 0, F16 = 2, BF16 = 14 };
enum class Activation { NONE, RELU, GELU };

inline bool is_known(int type) { return type == F32 || type == F16 || type == BF16; }
inline size_t bytes_of(int type) { return type == F32 ? 4 : 2; }

// The values of cublasComputeType_t that sum in float32; FAST_TF32 rounds float32 inputs to TF32.
enum ComputeType { COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC = 69, COMPUTE_32F_FAST_TF32 = 77 };

struct Matrix {
  const void* data;
  int type, leading;
  bool transposed;
};
// A product. Matrices are column-major, as cuBLAS has them:
// D[m x n] = activation(alpha · op(A)[m x k] · op(B)[k x n] + beta · C + bias), rounded once.
struct Product {
  int m, n, k;
  float alpha;
  Matrix a, b;
  float beta;
  Matrix c;  // read where beta is not 0
  Matrix d;  // written
  bool tf32;  // inputs rounded to 10 bits of fraction
  int parts;  // the sum over k is the sum of so many sums
  const void* bias = nullptr;  // of D's type, one for each of its rows, or null
  Activation activation = Activation::NONE;
};

void multiply(const Product& product);

}  // namespace emulator
