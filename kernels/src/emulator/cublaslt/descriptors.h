// SPDX-License-Identifier: Apache-2.0
// The descriptors of an operation, of its matrices, and of what its algorithms may need.
#pragma once
#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

namespace emulator {

// An attribute of a descriptor; the initial value is that of its lowest bytes.
struct Attribute {
  int id;
  size_t bytes;
  int64_t initial;
};

// Writes a value as the ...GetAttribute() functions do.
int give_attribute(const void* value, size_t bytes, void* buffer, size_t size, size_t* written);

class Descriptor {
 public:
  explicit Descriptor(const std::vector<Attribute>& known);

  int set(int id, const void* buffer, size_t size);
  int get(int id, void* buffer, size_t size, size_t* written) const;
  template <class T>
  T value(int id) const {
    T result;
    memcpy(&result, &values.at(id), sizeof result);
    return result;
  }
  // Returns whether no attribute but these has another value than at first.
  bool has_only(const std::vector<int>& ids) const;

 private:
  const Attribute* find(int id) const;

  const std::vector<Attribute>& known;
  std::map<int, int64_t> values;
};

// The descriptor of an operation; cublasLtMatmulDescAttributes_t numbers its attributes.
struct MatmulDesc : Descriptor {
  enum {
    COMPUTE_TYPE = 0,
    SCALE_TYPE = 1,
    TRANSA = 3,
    TRANSB = 4,
    EPILOGUE = 7,
    BIAS_POINTER = 8,
    BIAS_DATA_TYPE = 26
  };
  MatmulDesc();
};
// The descriptor of a matrix; cublasLtMatrixLayoutAttribute_t numbers its attributes.
struct MatrixLayout : Descriptor {
  enum { TYPE = 0, ROWS = 2, COLS = 3, LD = 4 };
  MatrixLayout();
};
// The descriptor of needs; cublasLtMatmulPreferenceAttributes_t numbers its attributes.
struct MatmulPreference : Descriptor {
  enum { MAX_WORKSPACE_BYTES = 1, REDUCTION_SCHEME_MASK = 3, MIN_ALIGNMENT_A_BYTES = 5 };
  MatmulPreference();
};

// Returns the descriptor that a handle stands for, or null.
MatmulDesc* matmul_desc_of(void* handle);
MatrixLayout* matrix_layout_of(void* handle);
MatmulPreference* preference_of(void* handle);

}  // namespace emulator
