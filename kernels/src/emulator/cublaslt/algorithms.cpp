// SPDX-License-Identifier: Apache-2.0
#include "algorithms.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "cublaslt.h"
#include "descriptors.h"

namespace emulator {
namespace {

// The values are those of cublasLtReductionScheme_t.
constexpr uint32_t REDUCTION_NONE = 0, REDUCTION_COMPUTE_TYPE = 2;
constexpr uint32_t MARK = 0x746c4245;
constexpr int MULTIPROCESSORS = 8, MOST_SPLITS = 32;

// The numbers by which tests know the algorithms.
enum Id { PLAIN = 1, SMALL_TILES, SPLIT_K, STREAM_K, LARGE_TILES, UNALIGNED };

struct Kind {
  Id id;
  uint32_t tile;  // cublasLtMatmulTile_t, and its size along m and n
  int tile_m, tile_n;
  int32_t split_k;
  uint32_t reductions;  // that it can do
  uint32_t custom;
  int least_columns;  // of D
  bool is_aligned;    // pointers and columns at multiples of 16 bytes
};
const std::vector<Kind> KINDS = {
    {PLAIN, 20, 128, 128, 1, 0, 0, 1, true},
    {SMALL_TILES, 15, 64, 64, 1, 0, 0, 1, true},
    {SPLIT_K, 20, 128, 128, 4, REDUCTION_COMPUTE_TYPE, 0, 1, true},
    {STREAM_K, 394, 128, 16, 1, 0, 1, 1, true},
    {LARGE_TILES, 24, 256, 128, 1, 0, 0, 64, true},
    {UNALIGNED, 11, 32, 32, 1, 0, 0, 1, false},
};
const std::vector<int> BEST_FOR_FEW_TILES = {SPLIT_K, STREAM_K,    SMALL_TILES,
                                             PLAIN,   LARGE_TILES, UNALIGNED};
const std::vector<int> BEST_FOR_MANY_TILES = {LARGE_TILES, PLAIN,   SMALL_TILES,
                                              STREAM_K,    SPLIT_K, UNALIGNED};

const Kind* kind_of(int id) {
  auto found = std::find_if(KINDS.begin(), KINDS.end(), [&](auto& k) { return k.id == id; });
  return found == KINDS.end() ? nullptr : &*found;
}

int tiles(const Problem& p, int along_m, int along_n) {
  return ((p.m + along_m - 1) / along_m) * ((p.n + along_n - 1) / along_n);
}

uint32_t hash(const Algorithm& a) {
  uint32_t result = 2166136261u;
  auto* bytes = reinterpret_cast<const unsigned char*>(&a);
  for (size_t i = 0; i < offsetof(Algorithm, configuration); i++) {
    result = (result ^ bytes[i]) * 16777619u;
  }
  return result;
}

Algorithm make(const Kind& kind, const Problem& p, const Limits& limits) {
  Algorithm a{};
  a.mark = MARK;
  a.version = VERSION;
  a.id = kind.id;
  a.compute = static_cast<uint8_t>(p.compute);
  a.in_type = static_cast<uint8_t>(p.a.type);
  a.out_type = static_cast<uint8_t>(p.d.type);
  std::copy(std::begin(limits.alignment), std::end(limits.alignment), a.alignment);
  a.configuration.tile = kind.tile;
  a.configuration.split_k = kind.split_k;
  a.configuration.reduction = kind.reductions;
  a.configuration.custom = kind.custom;
  a.check = hash(a);
  return a;
}

bool has_a_configuration_of(const Kind& kind, const Configuration& c) {
  bool is_split = c.split_k > 1;
  int most_splits = kind.reductions ? MOST_SPLITS : 1;
  return c.tile == kind.tile && c.split_k >= 1 && c.split_k <= most_splits &&
         c.reduction == (is_split ? kind.reductions : REDUCTION_NONE) && c.swizzle <= 1 &&
         c.custom == kind.custom && !c.stages && !c.inner_shape && !c.cluster_shape;
}

std::vector<int> order_for(const Problem& p) {
  std::vector<int> order = settings().lt_algorithms_first;
  bool few = tiles(p, 128, 128) < 2 * MULTIPROCESSORS;
  for (int id : few ? BEST_FOR_FEW_TILES : BEST_FOR_MANY_TILES) {
    if (!std::count(order.begin(), order.end(), id)) order.push_back(id);
  }
  return order;
}

bool is_within(const Algorithm& a, const Needs& needs, const Limits& limits) {
  uint32_t reduction = a.configuration.reduction;
  return needs.workspace <= limits.workspace && (reduction & ~limits.reductions) == 0 &&
         std::all_of(std::begin(limits.alignment), std::end(limits.alignment),
                     [&](uint16_t promised) { return promised >= needs.alignment; });
}

}  // namespace

bool is_genuine(const Algorithm& a) {
  return a.mark == MARK && a.version == VERSION && a.check == hash(a);
}

int check_algorithm(const Algorithm& a, const Problem& p, Needs* needs) {
  const Kind* kind = is_genuine(a) ? kind_of(a.id) : nullptr;
  if (!kind || a.compute != p.compute || a.in_type != p.a.type || a.out_type != p.d.type) {
    return INVALID;
  }
  const Configuration& c = a.configuration;
  if (!has_a_configuration_of(*kind, c) || p.n < kind->least_columns) return NOT_SUPPORTED;
  needs->alignment = kind->is_aligned ? 16 : bytes_of(p.a.type);
  for (const Matrix& m : {p.a, p.b, p.c, p.d}) {
    if (m.leading * bytes_of(m.type) % needs->alignment) return NOT_SUPPORTED;
  }
  size_t sums = c.split_k > 1 ? static_cast<size_t>(c.split_k) : 0;
  needs->workspace = sums * p.m * p.n * sizeof(float);
  return SUCCESS;
}

std::vector<Algorithm> find_algorithms(const Problem& p, const Limits& limits) {
  std::vector<Algorithm> found;
  if (settings().lt_finds_none) return found;
  for (int id : order_for(p)) {
    const Kind* kind = kind_of(id);
    if (!kind) continue;
    Algorithm a = make(*kind, p, limits);
    Needs needs;
    if (!check_algorithm(a, p, &needs) && is_within(a, needs, limits)) found.push_back(a);
  }
  return found;
}

int parts_of(const Algorithm& a, const Problem& p) {
  const Kind& kind = *kind_of(a.id);
  switch (kind.id) {
    case SPLIT_K:
      return a.configuration.split_k;
    case STREAM_K:  // tiles that would keep only some multiprocessors busy are shared by two
      return tiles(p, kind.tile_m, kind.tile_n) % MULTIPROCESSORS ? 2 : 1;
    case UNALIGNED:
      return 2;
    default:
      return 1;
  }
}

namespace {

// A part of an algorithm's configuration, or null.
struct Part {
  void* value;
  size_t bytes;
};
Part part_of(Algorithm& a, int attribute) {
  Configuration& c = a.configuration;
  switch (attribute) {
    case 0:
      return {&a.id, sizeof a.id};
    case 1:
      return {&c.tile, sizeof c.tile};
    case 2:
      return {&c.split_k, sizeof c.split_k};
    case 3:
      return {&c.reduction, sizeof c.reduction};
    case 4:
      return {&c.swizzle, sizeof c.swizzle};
    case 5:
      return {&c.custom, sizeof c.custom};
    case 6:
      return {&c.stages, sizeof c.stages};
    case 7:
      return {&c.inner_shape, sizeof c.inner_shape};
    case 8:
      return {&c.cluster_shape, sizeof c.cluster_shape};
    default:
      return {nullptr, 0};
  }
}

}  // namespace
}  // namespace emulator

using namespace emulator;

CUBLASLT_API cublasLtMatmulAlgoConfigGetAttribute(const void* algorithm, int attribute,
                                                  void* buffer, size_t size, size_t* written) {
  if (!algorithm) return INVALID;
  Algorithm a = *static_cast<const Algorithm*>(algorithm);
  Part part = part_of(a, attribute);
  if (!is_genuine(a) || !part.value) return INVALID;
  return give_attribute(part.value, part.bytes, buffer, size, written);
}
CUBLASLT_API cublasLtMatmulAlgoConfigSetAttribute(void* algorithm, int attribute,
                                                  const void* buffer, size_t size) {
  constexpr int ID = 0;
  auto* a = static_cast<Algorithm*>(algorithm);
  if (!a || !is_genuine(*a) || attribute == ID) return INVALID;
  Part part = part_of(*a, attribute);
  if (!part.value || !buffer || size != part.bytes) return INVALID;
  memcpy(part.value, buffer, size);
  return SUCCESS;
}
// Tells those of the cublasLtMatmulAlgoCapAttributes_t that are listed below.
CUBLASLT_API cublasLtMatmulAlgoCapGetAttribute(const void* algorithm, int attribute, void* buffer,
                                               size_t size, size_t* written) {
  constexpr int SPLITK_SUPPORT = 0, REDUCTION_SCHEME_MASK = 1, CTA_SWIZZLING_SUPPORT = 2,
                CUSTOM_OPTION_MAX = 7, MIN_ALIGNMENT_A_BYTES = 16, MIN_ALIGNMENT_D_BYTES = 19;
  auto* a = static_cast<const Algorithm*>(algorithm);
  if (!a || !is_genuine(*a)) return INVALID;
  const Kind& kind = *kind_of(a->id);
  uint32_t value;
  if (attribute == SPLITK_SUPPORT) {
    value = kind.reductions != 0;
  } else if (attribute == REDUCTION_SCHEME_MASK) {
    value = kind.reductions;
  } else if (attribute == CTA_SWIZZLING_SUPPORT) {
    value = 1;
  } else if (attribute == CUSTOM_OPTION_MAX) {
    value = kind.custom;
  } else if (attribute >= MIN_ALIGNMENT_A_BYTES && attribute <= MIN_ALIGNMENT_D_BYTES) {
    value = kind.is_aligned ? 16 : static_cast<uint32_t>(bytes_of(a->in_type));
  } else {
    return INVALID;
  }
  return give_attribute(&value, sizeof value, buffer, size, written);
}
