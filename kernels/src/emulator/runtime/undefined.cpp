// SPDX-License-Identifier: Apache-2.0
// The functions that UndefinedBehaviorSanitizer's checks in the kernels call: the launch fails, and
// the error says where in the source and in which thread. The sanitizer's own runtime library goes
// on instead, and prints from deep stacks, which the threads of a block do not have.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "block.h"

namespace {

// The beginning of every check's data.
struct Place {
  const char* file;
  uint32_t line, column;
};
struct TypeMismatch {
  Place place;
  const void* type;
  unsigned char log2_alignment, kind;
};

[[noreturn]] void report(const Place* place, const char* what) {
  char text[300];
  snprintf(text, sizeof text, "undefined behaviour at %s:%u:%u: %s", place->file, place->line,
           place->column, what);
  emulator::BlockRunner* runner = emulator::BlockRunner::current();
  if (runner && runner->in_kernel()) emulator::fail(emulator::LAUNCH_FAILED, text);
  fprintf(stderr, "emulated GPU: %s\n", text);
  abort();
}

}  // namespace

#define CHECK(NAME, WHAT)                                                       \
  extern "C" __attribute__((visibility("default"))) void __ubsan_handle_##NAME( \
      const Place* place, uintptr_t, uintptr_t) {                               \
    report(place, WHAT);                                                        \
  }

CHECK(add_overflow, "an addition overflows")
CHECK(sub_overflow, "a subtraction overflows")
CHECK(mul_overflow, "a multiplication overflows")
CHECK(negate_overflow, "a negation overflows")
CHECK(divrem_overflow, "a division by zero or that overflows")
CHECK(shift_out_of_bounds, "a shift by a negative number or too far")
CHECK(out_of_bounds, "an index outside of its array")
CHECK(pointer_overflow, "a pointer wraps around")
CHECK(load_invalid_value, "a value that its type does not have")
CHECK(float_cast_overflow, "a number that the integer type does not have")
CHECK(builtin_unreachable, "a place that is never reached is")
CHECK(missing_return, "a function ends without its value")
CHECK(vla_bound_not_positive, "an array of no or negative size")
CHECK(nonnull_arg, "null where it must not be")
CHECK(invalid_builtin, "zero given to a count of leading or trailing zeros")

extern "C" __attribute__((visibility("default"))) void __ubsan_handle_type_mismatch_v1(
    const TypeMismatch* data, uintptr_t address) {
  uintptr_t alignment = uintptr_t{1} << data->log2_alignment;
  char text[100];
  if (!address) {
    snprintf(text, sizeof text, "a null pointer is used");
  } else if (address % alignment) {
    snprintf(text, sizeof text, "an address that is not a multiple of %u", unsigned(alignment));
  } else {
    snprintf(text, sizeof text, "an object that does not fit where the pointer points");
  }
  report(&data->place, text);
}
