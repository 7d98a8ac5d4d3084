// SPDX-License-Identifier: Apache-2.0
// The operations of a thread of an emulated kernel, shared by the kernels and the runtime.
#pragma once
#include <cstring>
#include <functional>
#include <tuple>
#include <utility>
#include <vector>

#include "../device/vector_types.h"

namespace emulator {

// The few CUresult codes that a kernel itself can cause.
constexpr int ILLEGAL_ADDRESS = 700, LAUNCH_FAILED = 719;

struct Block {
  uint3 index;
  dim3 size, grid;
};
struct Thread {
  uint3 index;
  unsigned lane;
  const Block* block;
};

// The attribute is "const", because an activation of a kernel is always the same thread: one call
// is enough.
const Thread& current_thread() __attribute__((const));

// Waits for all threads of the block that have not returned; returns the sum of their predicates.
int sync_threads(int predicate);

// Lets the lanes of the mask meet; the last one runs meet(everybody's argument, who came), then all
// go on.
void collective(unsigned mask, void* argument, void (*meet)(void* const* lanes, unsigned arrived));

// Ends the launch with a CUresult and says which thread did what.
[[noreturn]] void fail(int result, const char* what);

// The resources that a block of a kernel takes, by the compiler's report.
struct Resources {
  int registers = 0;         // of a thread; 0: nobody has counted them
  int static_shared = 8704;  // bytes; this many where nobody has counted them
};

// Returns the first argument of __launch_bounds__: the threads that a block may have.
constexpr int most_threads(int threads, int = 0) { return threads; }

// A kernel as the driver sees it.
struct Kernel {
  const char* name;
  int most_threads;
  Resources resources;
  // Returns a call of the kernel with its own copy of the arguments.
  std::function<void()> (*bind)(void** parameters);
  // Returns what the arguments may point to.
  std::vector<const void*> (*pointers)(void** parameters);
  // Makes the kernel's static shared memory exist on this OS thread.
  void* (*touch)();
};

inline void* touch() {
  static thread_local char anchor;
  return &anchor;
}

template <auto F>
struct Binder;
template <class... A, void (*F)(A...)>
struct Binder<F> {
  static std::function<void()> bind(void** parameters) {
    return [arguments = copy(parameters, std::index_sequence_for<A...>{})] {
      std::apply(F, arguments);
    };
  }
  static std::vector<const void*> pointers([[maybe_unused]] void** parameters) {
    std::vector<const void*> found;
    [[maybe_unused]] size_t i = 0;
    (add<A>(found, parameters[i++]), ...);
    return found;
  }
  // Adds every word of a struct that could be a pointer; two numbers side by side hardly make an
  // address.
  template <class T>
  static void add(std::vector<const void*>& to, const void* parameter) {
    constexpr size_t WORD = sizeof(void*);
    for (size_t at = 0; at + WORD <= sizeof(T); at += WORD) {
      const void* word;
      std::memcpy(&word, static_cast<const char*>(parameter) + at, WORD);
      to.push_back(word);
    }
  }
  template <size_t... I>
  static std::tuple<A...> copy([[maybe_unused]] void** parameters, std::index_sequence<I...>) {
    return {*static_cast<std::remove_const_t<A>*>(parameters[I])...};
  }
};

}  // namespace emulator

// Registers a kernel: EMULATED_KERNEL(name, (launch bounds), registers, bytes of static shared
// memory).
#define EMULATED_KERNEL(NAME, BOUNDS, ...)                                          \
  extern "C" __attribute__((visibility("default"))) emulator::Kernel kernel_##NAME; \
  emulator::Kernel kernel_##NAME{#NAME,                                             \
                                 emulator::most_threads BOUNDS,                     \
                                 emulator::Resources{__VA_ARGS__},                  \
                                 emulator::Binder<NAME>::bind,                      \
                                 emulator::Binder<NAME>::pointers,                  \
                                 emulator::touch};
