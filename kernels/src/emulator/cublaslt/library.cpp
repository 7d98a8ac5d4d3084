// SPDX-License-Identifier: Apache-2.0
// libcublasLt: products whose algorithm the caller chooses.
#include "cublaslt.h"

namespace emulator {
namespace {
Handles<Library> libraries;
}  // namespace

int check_library(void* handle) {
  Library* library = libraries.find(handle);
  if (!library) return NOT_INITIALIZED;
  return library->context == current_context() ? SUCCESS : INVALID;
}

}  // namespace emulator

using namespace emulator;

CUBLASLT_API cublasLtCreate(void** handle) {
  if (!handle) return INVALID;
  if (settings().lt_cannot_be_made || !current_context()) return NOT_INITIALIZED;
  *handle = libraries.add(new Library{current_context()});
  return SUCCESS;
}
CUBLASLT_API cublasLtDestroy(void* handle) {
  Library* library = libraries.find(handle);
  if (!library) return NOT_INITIALIZED;
  libraries.remove(library);
  return SUCCESS;
}
extern "C" __attribute__((visibility("default"))) size_t cublasLtGetVersion() { return VERSION; }
