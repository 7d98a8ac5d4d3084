// SPDX-License-Identifier: Apache-2.0
// Functions that nvcc knows and g++ does not.
#pragma once

template <class A, class B>
inline std::common_type_t<A, B> max(A a, B b) {
  using T = std::common_type_t<A, B>;
  return T(a) > T(b) ? T(a) : T(b);
}
template <class A, class B>
inline std::common_type_t<A, B> min(A a, B b) {
  using T = std::common_type_t<A, B>;
  return T(a) < T(b) ? T(a) : T(b);
}
// Computes fmaxf, in which a NaN loses against a number; g++ would call libm.
inline float emulated_fmaxf(float a, float b) { return a > b || b != b ? a : b; }
inline float emulated_fminf(float a, float b) { return a < b || b != b ? a : b; }
#define fmaxf emulated_fmaxf
#define fminf emulated_fminf
inline int __float_as_int(float f) {
  int i;
  memcpy(&i, &f, 4);
  return i;
}
inline float __int_as_float(int i) {
  float f;
  memcpy(&f, &i, 4);
  return f;
}
namespace emulator {
extern bool is_inexact;

// Returns a result that is up to two units in the last place beside the true one, always the same
// for an argument. Infinities, NaN, numbers close to 0 and the result for 0 stay as they are.
inline float inexact(float argument, float result) {
  if (argument == 0 || !(fabsf(result) > 1e-37f && fabsf(result) < INFINITY)) return result;
  unsigned hash = static_cast<unsigned>(__float_as_int(argument)) * 2654435761u;
  return __int_as_float(__float_as_int(result) + static_cast<int>((hash >> 16) % 5) - 2);
}
inline float fast(float argument, float result) {
  return __builtin_expect(is_inexact, false) ? inexact(argument, result) : result;
}
}  // namespace emulator

inline float __expf(float x) { return emulator::fast(x, expf(x)); }
inline float __logf(float x) { return emulator::fast(x, logf(x)); }
inline float rsqrtf(float x) { return emulator::fast(x, 1.0f / sqrtf(x)); }
inline unsigned __float_as_uint(float f) { return static_cast<unsigned>(__float_as_int(f)); }
inline float __uint_as_float(unsigned u) { return __int_as_float(static_cast<int>(u)); }
// Rounds to the nearest integer, of two equally near ones to the even one; a NaN becomes 0.
inline int __float2int_rn(float f) { return f != f ? 0 : static_cast<int>(rintf(f)); }
template <class T>
inline T __ldcs(const T* p) {
  return *p;
}
// Each operation is rounded by itself: g++ may fuse other multiplications and additions, as nvcc
// may, but not these.
inline float __fmul_rn(float a, float b) {
  float product = a * b;
  asm("" : "+x"(product));
  return product;
}
inline float __fadd_rn(float a, float b) {
  asm("" : "+x"(a), "+x"(b));
  return a + b;
}
