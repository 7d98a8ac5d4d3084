// SPDX-License-Identifier: Apache-2.0
// The functions of the runtime that the driver calls.
#pragma once
#include <string>

#include "threads.h"

namespace emulator {

constexpr unsigned MAX_SHARED = 227 * 1024;  // of a block, static and dynamic, on the largest GPU

struct Launch {
  const Kernel* kernel;
  dim3 grid, block;
  unsigned shared_bytes;
  std::function<void()> body;
};

// Runs the body once for each thread of the grid; returns 0 or a CUresult, with the reason in
// last_error().
int run_grid(const Launch& launch);

// Runs body(0) … body(n - 1) on the workers.
void parallel_for(int n, const std::function<void(int)>& body);

// Catches stray accesses of kernels; every other signal goes on to whoever had it before.
void install_fault_handler();

// Says where an address lies; the driver knows the buffers.
std::string describe_address(const void* address);

std::string last_error();
void set_last_error(const std::string& text);

}  // namespace emulator
