// SPDX-License-Identifier: Apache-2.0
// A product as its descriptors describe it.
#pragma once
#include "../products/product.h"

namespace emulator {

// The handles that a product is described by.
struct Descriptors {
  void *operation, *a, *b, *c, *d;
};

// Products of matrices that lie by columns: D[m x n] = op(A)[m x k] · op(B)[k x n], and so on.
struct Problem {
  int compute;
  int m, n, k;
  Matrix a, b, c, d;  // without data
  const void* bias;
  bool has_bias;
  Activation activation;
};

// Returns SUCCESS, or why there is no such product.
int read_problem(const Descriptors& descriptors, Problem* problem);

}  // namespace emulator
