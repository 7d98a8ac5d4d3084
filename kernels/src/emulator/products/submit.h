// SPDX-License-Identifier: Apache-2.0
// The way from a library's product to a stream: like a kernel it is deferred, captured and counted.
#pragma once
#include "../driver/driver.h"
#include "product.h"

namespace emulator {

// Gives the product to the stream. The library's kernels for a product differ by `algorithm` and by
// types, transposes, epilogue and the power of two below the columns of D, which are the caller's
// rows.
CUresult submit(Stream& stream, int algorithm, const Product& product);

}  // namespace emulator
