// SPDX-License-Identifier: Apache-2.0
#include "problem.h"

#include <climits>

#include "cublaslt.h"
#include "descriptors.h"

namespace emulator {
namespace {

constexpr int NOT_TRANSPOSED = 0, TRANSPOSED = 1;
constexpr int SAME_AS_D = -1;

struct Epilogue {
  bool has_bias;
  Activation activation;
};
// The numbers are those of cublasLtEpilogue_t.
const std::map<int, Epilogue> EPILOGUES = {
    {1, {false, Activation::NONE}}, {2, {false, Activation::RELU}},
    {4, {true, Activation::NONE}},  {6, {true, Activation::RELU}},
    {32, {false, Activation::GELU}}, {36, {true, Activation::GELU}},
};

struct Size {
  uint64_t rows, columns;
};

int read_layout(const MatrixLayout& layout, Matrix* matrix, Size* size) {
  if (!layout.has_only({MatrixLayout::TYPE, MatrixLayout::ROWS, MatrixLayout::COLS,
                        MatrixLayout::LD})) {
    return NOT_SUPPORTED;
  }
  *size = {layout.value<uint64_t>(MatrixLayout::ROWS), layout.value<uint64_t>(MatrixLayout::COLS)};
  auto leading = layout.value<int64_t>(MatrixLayout::LD);
  if (!size->rows || !size->columns || size->rows > INT_MAX || size->columns > INT_MAX ||
      leading < static_cast<int64_t>(size->rows) || leading > INT_MAX) {
    return INVALID;
  }
  *matrix = {nullptr, layout.value<int>(MatrixLayout::TYPE), static_cast<int>(leading), false};
  return SUCCESS;
}

// Looks the types up in cublasLtMatmul()'s table, of which it has the real types of 16 and 32 bits.
bool has_types(const Problem& p, int scale_type) {
  int in = p.a.type, out = p.d.type;
  if (scale_type != F32 || p.b.type != in || p.c.type != out) return false;
  switch (p.compute) {
    case COMPUTE_32F:
    case COMPUTE_32F_PEDANTIC:
      return is_known(in) && (out == F32 || out == in);
    case COMPUTE_32F_FAST_TF32:
      return in == F32 && out == F32;
    default:
      return false;
  }
}

int read_epilogue(const MatmulDesc& operation, Problem* p) {
  auto epilogue = EPILOGUES.find(operation.value<int>(MatmulDesc::EPILOGUE));
  int bias_type = operation.value<int>(MatmulDesc::BIAS_DATA_TYPE);
  // A bias must have D's type: the table allows another one only for integers and 8-bit floats.
  if (epilogue == EPILOGUES.end() || (bias_type != SAME_AS_D && bias_type != p->d.type)) {
    return NOT_SUPPORTED;
  }
  p->has_bias = epilogue->second.has_bias;
  p->activation = epilogue->second.activation;
  p->bias = p->has_bias ? operation.value<const void*>(MatmulDesc::BIAS_POINTER) : nullptr;
  return SUCCESS;
}

bool read_transpose(const MatmulDesc& operation, int id, Matrix* matrix, Size* size) {
  int transpose = operation.value<int>(id);
  matrix->transposed = transpose == TRANSPOSED;
  if (matrix->transposed) *size = {size->columns, size->rows};
  return transpose == NOT_TRANSPOSED || transpose == TRANSPOSED;
}

}  // namespace

int read_problem(const Descriptors& descriptors, Problem* p) {
  const MatmulDesc* operation = matmul_desc_of(descriptors.operation);
  if (!operation) return INVALID;
  Size a, b, c, d;
  struct {
    void* handle;
    Matrix* matrix;
    Size* size;
  } const matrices[] = {{descriptors.a, &p->a, &a},
                        {descriptors.b, &p->b, &b},
                        {descriptors.c, &p->c, &c},
                        {descriptors.d, &p->d, &d}};
  for (auto& m : matrices) {
    const MatrixLayout* layout = matrix_layout_of(m.handle);
    if (!layout) return INVALID;
    if (int refused = read_layout(*layout, m.matrix, m.size)) return refused;
  }
  if (!read_transpose(*operation, MatmulDesc::TRANSA, &p->a, &a) ||
      !read_transpose(*operation, MatmulDesc::TRANSB, &p->b, &b) ||
      !operation->has_only({MatmulDesc::COMPUTE_TYPE, MatmulDesc::SCALE_TYPE, MatmulDesc::TRANSA,
                            MatmulDesc::TRANSB, MatmulDesc::EPILOGUE, MatmulDesc::BIAS_POINTER,
                            MatmulDesc::BIAS_DATA_TYPE})) {
    return NOT_SUPPORTED;
  }
  if (a.rows != d.rows || b.columns != d.columns || a.columns != b.rows || c.rows != d.rows ||
      c.columns != d.columns) {
    return INVALID;
  }
  p->m = static_cast<int>(d.rows);
  p->n = static_cast<int>(d.columns);
  p->k = static_cast<int>(a.columns);
  p->compute = operation->value<int>(MatmulDesc::COMPUTE_TYPE);
  if (!has_types(*p, operation->value<int>(MatmulDesc::SCALE_TYPE))) return NOT_SUPPORTED;
  return read_epilogue(*operation, p);
}

}  // namespace emulator
