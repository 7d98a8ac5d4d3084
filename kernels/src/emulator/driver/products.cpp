// SPDX-License-Identifier: Apache-2.0
// The driver's part in the products of libraries. Their kernels are loaded when they are first
// used, which is impossible while a stream is captured.
#include "driver.h"

namespace emulator {
namespace {

std::atomic<int> captured_products_until_error{0};  // 0: none is planted

bool takes_planted_error() {
  int left = captured_products_until_error;
  return left > 0 && --captured_products_until_error == 0;
}

CUresult spoil(Stream& s, CUresult error, const char* reason) {
  s.invalid = true;
  set_last_error(reason);
  return error;
}

}  // namespace

CUresult admit_product(Stream& s, const ProductKernel& kernel) {
  std::lock_guard<std::recursive_mutex> guard(s.device.lock);
  auto& loaded = s.device.context->loaded;
  if (!s.capturing) {
    loaded.insert(kernel);
    return OK;
  }
  if (takes_planted_error()) {
    return spoil(s, LAUNCH_FAILED, "a planted error of a captured product");
  }
  if (settings().loads_lazily && !loaded.count(kernel)) {
    return spoil(s, CAPTURE_UNSUPPORTED, "a product is used for the first time inside a capture");
  }
  return OK;
}

void forget_product_error() { captured_products_until_error = 0; }

}  // namespace emulator

// Plants an error at the n-th product that is asked for inside captures from now on; 0 for none.
FOR_TESTS void emulator_plant_product_error_in_capture(int nth) {
  emulator::captured_products_until_error = nth;
}
