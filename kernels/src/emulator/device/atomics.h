// SPDX-License-Identifier: Apache-2.0
// Atomics: real ones, as the blocks of a grid run on several OS threads.
#pragma once

inline int atomicAdd(int* p, int v) { return __atomic_fetch_add(p, v, __ATOMIC_RELAXED); }
inline unsigned atomicAdd(unsigned* p, unsigned v) {
  return __atomic_fetch_add(p, v, __ATOMIC_RELAXED);
}

namespace emulator {
template <class T, class Op>
inline T update(T* p, Op op) {
  T old = *p, next;
  do {
    next = op(old);
  } while (!__atomic_compare_exchange(p, &old, &next, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  return old;
}
}  // namespace emulator

inline float atomicAdd(float* p, float v) {
  return emulator::update(p, [v](float old) { return old + v; });
}
template <class T>
inline T atomicMax(T* p, T v) {
  return emulator::update(p, [v](T old) { return old > v ? old : v; });
}
