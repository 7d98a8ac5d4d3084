// General matrix products on the CPU, float32 sums.
#pragma once

namespace emulator {

// Element types by cudaDataType.
enum Type { F32 = 0, F16 = 2, BF16 = 14 };

struct Matrix {
  const void* data;
  int type, leading;
  bool transposed;
};
// Column-major, as cuBLAS has it: C[m x n] = alpha · op(A)[m x k] · op(B)[k x n] + beta · C.
struct Product {
  int m, n, k;
  float alpha;
  Matrix a, b;
  float beta;
  void* c;
  int c_type, c_leading;
  bool tf32;  // inputs rounded to 10 bits of fraction
};

void multiply(const Product& product);

}  // namespace emulator
