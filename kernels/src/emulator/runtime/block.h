// SPDX-License-Identifier: Apache-2.0
// The threads of one block as fibers on one OS thread.
#pragma once
#include <random>
#include <vector>

#include "grid.h"

namespace emulator {

class BlockRunner {
 public:
  // Gets ready for the blocks of a launch.
  void prepare(const Launch& launch);
  // Runs one block to its end; returns 0 or a CUresult.
  int run(uint3 index);

  // The runner of this OS thread, or null; it is only there while a kernel may run.
  static BlockRunner*& current();

  bool in_kernel() const { return running; }
  const Thread& thread() const { return *running; }
  int sync_threads(int predicate);
  void collective(unsigned mask, void* argument, void (*meet)(void* const*, unsigned));
  [[noreturn]] void fail(int code, const char* what);

 private:
  struct Fiber : Thread {
    unsigned number, warp;
    void* stack_pointer;
    char* stack;
    bool done;
  };
  struct Meeting {
    unsigned mask = 0, arrived = 0;
    void (*meet)(void* const*, unsigned);
    void* arguments[32];
  };
  struct Warp {
    unsigned live;
    Meeting meetings[4];
  };
  struct Segment {
    void* start = nullptr;
    size_t bytes = 0;
  };

  static Segment static_shared_memory(const Kernel& kernel);
  static void fiber_entry();
  void run_new_threads();
  char* take_stack();
  void wake(Fiber* fiber);
  Fiber* next_ready();
  void leave(void** save);
  void release_barrier();
  void release_meeting(Warp& warp, Meeting& meeting);
  void poison_shared_memory();
  int report_stuck(uint3 index);
  bool wrote_past_shared_memory() const;

  const Launch* launch = nullptr;
  Segment static_shared;
  Block block{};
  unsigned count = 0;
  std::vector<Fiber> fibers;
  std::vector<Warp> warps;
  std::vector<unsigned> order;
  std::minstd_rand random;  // the order of threads needs no better one

  Fiber* ready[1024];  // a ring: each fiber is in it at most once
  unsigned head = 0, tail = 0;
  unsigned next_new = 0, live = 0;
  int result = 0;
  std::vector<Fiber*> at_barrier;
  int predicates = 0, barrier_sum = 0;

  std::vector<char*> stacks;
  char* fresh_stack = nullptr;
  size_t stacks_taken = 0;
  Fiber* running = nullptr;
  void* main_stack_pointer = nullptr;
};

}  // namespace emulator
