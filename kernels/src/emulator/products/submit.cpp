// SPDX-License-Identifier: Apache-2.0
#include "submit.h"

#include <cmath>

namespace emulator {
namespace {

// Returns how many bytes of a matrix, counted from its first element, a product reads or writes.
size_t extent(const Matrix& m, int rows, int columns) {
  if (!rows || !columns) return 0;
  if (m.transposed) std::swap(rows, columns);
  return (static_cast<size_t>(m.leading) * (columns - 1) + rows) * bytes_of(m.type);
}

// Returns OK, or the error of a kernel that reaches beside what the device holds.
int check_memory(const Device& device, const Product& p) {
  struct Part {
    const char* name;
    const void* data;
    size_t bytes;
  };
  const Part parts[] = {
      {"A", p.a.data, extent(p.a, p.m, p.k)},
      {"B", p.b.data, extent(p.b, p.k, p.n)},
      {"C", p.beta == 0 ? p.d.data : p.c.data, extent(p.beta == 0 ? p.d : p.c, p.m, p.n)},
      {"D", p.d.data, extent(p.d, p.m, p.n)},
      {"the bias", p.bias ? p.bias : p.d.data, p.bias ? p.m * bytes_of(p.d.type) : 1},
  };
  for (const Part& part : parts) {
    if (is_elsewhere(device, part.data)) {
      set_last_error("a product is given memory of another device: " + std::string(part.name));
      return ILLEGAL_ADDRESS;
    }
    if (!is_inside_buffer(device, reinterpret_cast<CUdeviceptr>(part.data), part.bytes)) {
      set_last_error("a product reaches beside the buffers of its device: " +
                     std::string(part.name) + " has " + std::to_string(part.bytes) +
                     " bytes and begins " + describe_address(part.data));
      return ILLEGAL_ADDRESS;
    }
  }
  return OK;
}

ProductKernel kernel_of(int algorithm, const Product& p) {
  return {algorithm,      p.a.type, p.b.type,          p.d.type,          p.a.transposed,
          p.b.transposed, p.tf32,   p.bias != nullptr, int(p.activation), std::ilogb(p.n)};
}

}  // namespace

CUresult submit(Stream& stream, int algorithm, const Product& product) {
  if (int refused = admit_product(stream, kernel_of(algorithm, product))) return refused;
  Device& device = stream.device;
  if (!stream.capturing) device.count(LAUNCHES);
  return enqueue(stream, [product, &device] {
    if (int failed = device.count(KERNELS)) return failed;
    if (int failed = check_memory(device, product)) return failed;
    multiply(product);
    return static_cast<int>(OK);
  });
}

}  // namespace emulator
