// SPDX-License-Identifier: Apache-2.0
// The algorithms that this cublasLt has, and what cublasLtMatmulAlgo_t holds of them.
#pragma once
#include <cstdint>
#include <vector>

#include "problem.h"

namespace emulator {

// The settings of an algorithm, by cublasLtMatmulAlgoConfigAttributes_t.
struct Configuration {
  uint32_t tile;
  int32_t split_k;
  uint32_t reduction, swizzle, custom, stages;
  uint16_t inner_shape, cluster_shape;
};

// An algorithm in 64 bytes, which callers may save and restore.
struct Algorithm {
  uint32_t mark, version;
  int32_t id;
  uint8_t compute, in_type, out_type, unused;
  uint16_t alignment[5];  // that the caller promised for A, B, C, D and the bias
  uint16_t also_unused;
  Configuration configuration;
  uint32_t check;  // a hash of all that the caller may not change
  uint32_t reserved;
};
static_assert(sizeof(Algorithm) == 64, "cublasLtMatmulAlgo_t");

// The things that a caller has to give an algorithm.
struct Needs {
  size_t workspace;
  size_t alignment;  // of pointers and of columns
};

// The limits that a caller grants.
struct Limits {
  size_t workspace;
  uint32_t reductions;    // a mask of cublasLtReductionScheme_t
  uint16_t alignment[5];  // of A, B, C, D and the bias: powers of two
};

// Returns whether the algorithm came from heuristics of this version.
bool is_genuine(const Algorithm& algorithm);
// Returns SUCCESS, or why the algorithm cannot make the product.
int check_algorithm(const Algorithm& algorithm, const Problem& problem, Needs* needs);
// Returns the algorithms that can make the product, presumably the fastest first.
std::vector<Algorithm> find_algorithms(const Problem& problem, const Limits& limits);
// Returns how many parts the sums over k consist of.
int parts_of(const Algorithm& algorithm, const Problem& problem);

}  // namespace emulator
