// SPDX-License-Identifier: Apache-2.0
// The counts of what was asked of a device, so that tests can assert how much a decoder step needs.
#pragma once

namespace emulator {

enum Counter {
  KERNELS,   // run, those inside graphs and the products of cuBLAS too
  LAUNCHES,  // asked for one by one, while no capture is going on
  GRAPH_LAUNCHES,
  COPIES,            // copies and fills, asked for one by one
  SYNCHRONIZATIONS,  // calls that wait for the device
  ALLOCATIONS,       // of device and of pinned memory
  BYTES_ALLOCATED,   // now, on the device; and what a context still held when it was destroyed
  CONTEXTS,          // opened
  COUNTERS
};

}  // namespace emulator
