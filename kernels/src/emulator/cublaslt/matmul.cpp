// SPDX-License-Identifier: Apache-2.0
// The choice of an algorithm for a product, and the product.
#include <algorithm>
#include <utility>

#include "../products/submit.h"
#include "algorithms.h"
#include "cublaslt.h"
#include "descriptors.h"

namespace emulator {
namespace {

// Has the layout of cublasLtMatmulHeuristicResult_t.
struct HeuristicResult {
  Algorithm algorithm;
  size_t workspace;
  int state;
  float waves;
  int reserved[4];
};
static_assert(sizeof(HeuristicResult) == 96, "cublasLtMatmulHeuristicResult_t");

// Returns the greatest power of two, up to 256, that divides the alignment.
uint16_t power_of_two_in(uint32_t alignment) {
  return static_cast<uint16_t>((alignment | 256) & -(alignment | 256));
}

// Returns the alignment that a bias must have: that of the bias which heuristics see, or the best
// one where they see none.
uint16_t bias_alignment(const Device& device, const Problem& p) {
  constexpr size_t MOST = 16;
  return static_cast<uint16_t>(p.bias ? std::min(MOST, alignment_of(device, p.bias)) : MOST);
}

Limits limits_of(const MatmulPreference& preference, const Problem& p) {
  Limits limits{};
  limits.workspace = preference.value<uint64_t>(MatmulPreference::MAX_WORKSPACE_BYTES);
  limits.reductions = preference.value<uint32_t>(MatmulPreference::REDUCTION_SCHEME_MASK);
  for (int i = 0; i < 4; i++) {
    limits.alignment[i] = power_of_two_in(
        preference.value<uint32_t>(MatmulPreference::MIN_ALIGNMENT_A_BYTES + i));
  }
  limits.alignment[4] = bias_alignment(current_context()->device, p);
  return limits;
}

// The arguments of a call of cublasLtMatmul() beside descriptors and algorithm.
struct Call {
  const float *alpha, *beta;
  const void* pointers[4];  // A, B, C, D
  void* workspace;
  size_t workspace_bytes;
};

bool is_complete(const Call& call, const Problem& p) {
  auto& pointers = call.pointers;
  bool in_place = pointers[2] == pointers[3];
  return call.alpha && call.beta && std::find(pointers, pointers + 4, nullptr) == pointers + 4 &&
         (p.bias || !p.has_bias) && (!in_place || p.c.leading == p.d.leading);
}

bool has_its_needs(const Call& call, const Device& device, const Problem& p, const Algorithm& a,
                   const Needs& needs) {
  for (int i = 0; i < 4; i++) {
    size_t expected = std::max(needs.alignment, static_cast<size_t>(a.alignment[i]));
    if (!is_elsewhere(device, call.pointers[i]) &&
        alignment_of(device, call.pointers[i]) < expected) {
      return false;
    }
  }
  if (p.bias && alignment_of(device, p.bias) < a.alignment[4]) return false;
  if (call.workspace && alignment_of(device, call.workspace) < WORKSPACE_ALIGNMENT) return false;
  return !needs.workspace ||
         (call.workspace_bytes >= needs.workspace &&
          is_inside_buffer(device, reinterpret_cast<CUdeviceptr>(call.workspace),
                           call.workspace_bytes));
}

// Chooses the algorithm that the library takes where the caller gives none.
bool choose(const Call& call, const Device& device, const Problem& p, Algorithm* chosen) {
  Limits limits{call.workspace_bytes, ~0u, {}};
  for (int i = 0; i < 4; i++) {
    limits.alignment[i] = static_cast<uint16_t>(alignment_of(device, call.pointers[i]));
  }
  limits.alignment[4] = bias_alignment(device, p);
  auto found = find_algorithms(p, limits);
  if (!found.empty()) *chosen = found.front();
  return !found.empty();
}

Product product_of(const Problem& p, const Call& call, int parts) {
  Product product{p.m,     p.n, p.k, *call.alpha, p.a, p.b, *call.beta, p.c,
                  p.d, p.compute == COMPUTE_32F_FAST_TF32, parts, p.bias, p.activation};
  product.a.data = call.pointers[0];
  product.b.data = call.pointers[1];
  product.c.data = call.pointers[2];
  product.d.data = call.pointers[3];
  return product;
}

}  // namespace
}  // namespace emulator

using namespace emulator;

CUBLASLT_API cublasLtMatmulAlgoGetHeuristic(void* library, void* operation, void* a, void* b,
                                            void* c, void* d, void* preference, int most,
                                            void* results, int* count) {
  if (int refused = check_library(library)) return refused;
  const MatmulPreference* preferred = preference_of(preference);
  if (!preferred || most <= 0 || !results || !count) return INVALID;
  *count = 0;
  Problem problem;
  if (int refused = read_problem({operation, a, b, c, d}, &problem)) return refused;
  auto found = find_algorithms(problem, limits_of(*preferred, problem));
  for (const Algorithm& algorithm : found) {
    if (*count == most) break;
    Needs needs{};
    check_algorithm(algorithm, problem, &needs);
    auto& result = static_cast<HeuristicResult*>(results)[(*count)++];
    result = {algorithm, needs.workspace, SUCCESS, 1, {}};
  }
  return found.empty() ? NOT_SUPPORTED : SUCCESS;
}

CUBLASLT_API cublasLtMatmulAlgoCheck(void* library, void* operation, void* a, void* b, void* c,
                                     void* d, const void* algorithm, void* result) {
  if (int refused = check_library(library)) return refused;
  if (!algorithm || !result) return INVALID;
  Problem problem;
  if (int refused = read_problem({operation, a, b, c, d}, &problem)) return refused;
  Needs needs;
  auto& checked = *static_cast<const Algorithm*>(algorithm);
  if (int refused = check_algorithm(checked, problem, &needs)) return refused;
  auto* out = static_cast<HeuristicResult*>(result);
  out->workspace = needs.workspace;
  out->state = SUCCESS;
  out->waves = 1;
  return SUCCESS;
}

CUBLASLT_API cublasLtMatmul(void* library, void* operation, const void* alpha, const void* a,
                            void* a_layout, const void* b, void* b_layout, const void* beta,
                            const void* c, void* c_layout, void* d, void* d_layout,
                            const void* algorithm, void* workspace, size_t workspace_bytes,
                            void* stream) {
  if (int refused = check_library(library)) return refused;
  Problem problem;
  if (int refused = read_problem({operation, a_layout, b_layout, c_layout, d_layout}, &problem)) {
    return refused;
  }
  Call call{static_cast<const float*>(alpha),
            static_cast<const float*>(beta),
            {a, b, c, d},
            workspace,
            workspace_bytes};
  if (!is_complete(call, problem)) return INVALID;
  Stream* s = stream_of(stream);
  if (!s) return EXECUTION_FAILED;
  Algorithm chosen;
  if (algorithm) {
    chosen = *static_cast<const Algorithm*>(algorithm);
  } else if (!choose(call, s->device, problem, &chosen)) {
    return NOT_SUPPORTED;
  }
  Needs needs;
  if (int refused = check_algorithm(chosen, problem, &needs)) return refused;
  if (!has_its_needs(call, s->device, problem, chosen, needs)) return INVALID;
  Product product = product_of(problem, call, parts_of(chosen, problem));
  return submit(*s, chosen.id, product) ? EXECUTION_FAILED : SUCCESS;
}
