// SPDX-License-Identifier: Apache-2.0
#include "descriptors.h"

#include <algorithm>

#include "cublaslt.h"

namespace emulator {
namespace {

const std::vector<Attribute> OPERATION = {
    {MatmulDesc::COMPUTE_TYPE, 4, 0},
    {MatmulDesc::SCALE_TYPE, 4, 0},
    {2, 4, 0},  // pointer mode: host
    {MatmulDesc::TRANSA, 4, 0},
    {MatmulDesc::TRANSB, 4, 0},
    {5, 4, 0},  // transpose of C
    {6, 4, 2},  // fill mode: full
    {MatmulDesc::EPILOGUE, 4, 1},
    {MatmulDesc::BIAS_POINTER, 8, 0},
    {10, 8, 0},  // batch stride of the bias
    {11, 8, 0},
    {12, 8, 0},
    {13, 8, 0},  // what an epilogue writes beside D: pointer, leading dimension, batch stride
    {14, 8, 0},  // batch stride of alpha
    {15, 4, 0},  // multiprocessors
    {17, 8, 0},
    {18, 8, 0},
    {19, 8, 0},
    {20, 8, 0},  // scales of A, B, C, D
    {21, 8, 0},  // greatest of D
    {22, 4, -1},
    {23, 8, 0},
    {24, 8, 0},  // of what an epilogue writes beside D: type, scale, greatest
    {25, 1, 0},  // fast sums of 8-bit floats
    {MatmulDesc::BIAS_DATA_TYPE, 4, -1},
};
const std::vector<Attribute> LAYOUT = {
    {MatrixLayout::TYPE, 4, 0},
    {1, 4, 0},  // order: by columns
    {MatrixLayout::ROWS, 8, 0},
    {MatrixLayout::COLS, 8, 0},
    {MatrixLayout::LD, 8, 0},
    {5, 4, 1},  // batches
    {6, 8, 0},  // from batch to batch
    {7, 8, 0},  // from plane to plane
};
const std::vector<Attribute> PREFERENCE = {
    {0, 4, 0},  // search mode
    {MatmulPreference::MAX_WORKSPACE_BYTES, 8, 0},
    {MatmulPreference::REDUCTION_SCHEME_MASK, 4, 7},
    {MatmulPreference::MIN_ALIGNMENT_A_BYTES, 4, 256},
    {6, 4, 256},
    {7, 4, 256},
    {8, 4, 256},  // of B, C, D
    {9, 4, 0},    // waves
    {12, 8, -1},  // kinds of arithmetic
};

Handles<MatmulDesc> operations;
Handles<MatrixLayout> layouts;
Handles<MatmulPreference> preferences;

}  // namespace

int give_attribute(const void* value, size_t bytes, void* buffer, size_t size, size_t* written) {
  if (size ? !buffer || size != bytes : !written) return INVALID;
  if (size) memcpy(buffer, value, bytes);
  if (written) *written = bytes;
  return SUCCESS;
}

Descriptor::Descriptor(const std::vector<Attribute>& known) : known(known) {
  for (const Attribute& a : known) values[a.id] = a.initial;
}

const Attribute* Descriptor::find(int id) const {
  auto found = std::find_if(known.begin(), known.end(), [&](auto& a) { return a.id == id; });
  return found == known.end() ? nullptr : &*found;
}

int Descriptor::set(int id, const void* buffer, size_t size) {
  const Attribute* a = find(id);
  if (!a || !buffer || size != a->bytes) return INVALID;
  memcpy(&values[id], buffer, size);
  return SUCCESS;
}

int Descriptor::get(int id, void* buffer, size_t size, size_t* written) const {
  const Attribute* a = find(id);
  return a ? give_attribute(&values.at(id), a->bytes, buffer, size, written) : INVALID;
}

bool Descriptor::has_only(const std::vector<int>& ids) const {
  return std::all_of(known.begin(), known.end(), [&](const Attribute& a) {
    return std::count(ids.begin(), ids.end(), a.id) ||
           !memcmp(&values.at(a.id), &a.initial, a.bytes);
  });
}

MatmulDesc::MatmulDesc() : Descriptor(OPERATION) {}
MatrixLayout::MatrixLayout() : Descriptor(LAYOUT) {}
MatmulPreference::MatmulPreference() : Descriptor(PREFERENCE) {}

MatmulDesc* matmul_desc_of(void* handle) { return operations.find(handle); }
MatrixLayout* matrix_layout_of(void* handle) { return layouts.find(handle); }
MatmulPreference* preference_of(void* handle) { return preferences.find(handle); }

namespace {

template <class T>
int destroy(Handles<T>& all, void* handle) {
  T* found = all.find(handle);
  if (!found) return INVALID;
  all.remove(found);
  return SUCCESS;
}
int set(Descriptor* descriptor, int id, const void* buffer, size_t size) {
  return descriptor ? descriptor->set(id, buffer, size) : INVALID;
}
int get(const Descriptor* descriptor, int id, void* buffer, size_t size, size_t* written) {
  return descriptor ? descriptor->get(id, buffer, size, written) : INVALID;
}

}  // namespace
}  // namespace emulator

using namespace emulator;

CUBLASLT_API cublasLtMatmulDescCreate(void** handle, int compute_type, int scale_type) {
  if (!handle) return INVALID;
  auto* made = new MatmulDesc;
  made->set(MatmulDesc::COMPUTE_TYPE, &compute_type, sizeof compute_type);
  made->set(MatmulDesc::SCALE_TYPE, &scale_type, sizeof scale_type);
  *handle = operations.add(made);
  return SUCCESS;
}
CUBLASLT_API cublasLtMatmulDescDestroy(void* handle) { return destroy(operations, handle); }
CUBLASLT_API cublasLtMatmulDescSetAttribute(void* handle, int id, const void* buffer, size_t size) {
  return set(matmul_desc_of(handle), id, buffer, size);
}
CUBLASLT_API cublasLtMatmulDescGetAttribute(void* handle, int id, void* buffer, size_t size,
                                            size_t* written) {
  return get(matmul_desc_of(handle), id, buffer, size, written);
}

CUBLASLT_API cublasLtMatrixLayoutCreate(void** handle, int type, uint64_t rows, uint64_t columns,
                                        int64_t leading) {
  if (!handle) return INVALID;
  auto* made = new MatrixLayout;
  made->set(MatrixLayout::TYPE, &type, sizeof type);
  made->set(MatrixLayout::ROWS, &rows, sizeof rows);
  made->set(MatrixLayout::COLS, &columns, sizeof columns);
  made->set(MatrixLayout::LD, &leading, sizeof leading);
  *handle = layouts.add(made);
  return SUCCESS;
}
CUBLASLT_API cublasLtMatrixLayoutDestroy(void* handle) { return destroy(layouts, handle); }
CUBLASLT_API cublasLtMatrixLayoutSetAttribute(void* handle, int id, const void* buffer,
                                              size_t size) {
  return set(matrix_layout_of(handle), id, buffer, size);
}
CUBLASLT_API cublasLtMatrixLayoutGetAttribute(void* handle, int id, void* buffer, size_t size,
                                              size_t* written) {
  return get(matrix_layout_of(handle), id, buffer, size, written);
}

CUBLASLT_API cublasLtMatmulPreferenceCreate(void** handle) {
  if (!handle) return INVALID;
  *handle = preferences.add(new MatmulPreference);
  return SUCCESS;
}
CUBLASLT_API cublasLtMatmulPreferenceDestroy(void* handle) { return destroy(preferences, handle); }
CUBLASLT_API cublasLtMatmulPreferenceSetAttribute(void* handle, int id, const void* buffer,
                                                  size_t size) {
  return set(preference_of(handle), id, buffer, size);
}
