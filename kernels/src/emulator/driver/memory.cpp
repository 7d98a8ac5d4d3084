// SPDX-License-Identifier: Apache-2.0
// Memory: every buffer begins full of NaN, between two guard pages; the bytes between it and the
// pages are canaries.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>

#include "driver.h"

namespace emulator {
namespace {

constexpr size_t PAGE = 4096, ALIGNMENT = 16;
constexpr int CANARY = 0xff;  // NaN as well

struct Buffer {
  Device* device;
  size_t size;
  bool pinned;  // the host's, which every device reads and writes
  char* pages;  // the guard page before it; null for a variable of a module
  size_t mapped;
};
std::mutex lock;
std::map<CUdeviceptr, Buffer> buffers;

// Makes a file of NaN that is at least so long. A private mapping of it costs nothing but for the
// pages that are used, and most of a workspace is never used.
int file_of_nan(size_t bytes) {
  static int file = memfd_create("nan", 0);
  static size_t length = 0;
  static const std::string piece(1 << 20, static_cast<char>(CANARY));
  while (file >= 0 && length < bytes) {
    if (pwrite(file, piece.data(), piece.size(), static_cast<off_t>(length)) !=
        static_cast<ssize_t>(piece.size())) {
      return -1;
    }
    length += piece.size();
  }
  return file;
}

CUresult allocate(CUdeviceptr* result, size_t size, bool pinned) {
  Device* device = current_device();
  if (int refused = may_wait(device)) return refused;
  if (!size) return INVALID_VALUE;
  if (int failed = device->count(ALLOCATIONS)) return failed;
  std::lock_guard<std::mutex> guard(lock);
  if (!pinned && device->bytes + size > machine().memory) return OUT_OF_MEMORY;
  size_t inside = (size + ALIGNMENT + PAGE - 1) / PAGE * PAGE;
  size_t mapped = inside + 2 * PAGE;
  int nan = file_of_nan(mapped);
  if (nan < 0) return OUT_OF_MEMORY;
  void* memory =
      mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, nan, 0);
  if (memory == MAP_FAILED) return OUT_OF_MEMORY;
  char* pages = static_cast<char*>(memory);
  mprotect(pages, PAGE, PROT_NONE);
  mprotect(pages + PAGE + inside, PAGE, PROT_NONE);
  char* begin = pages + PAGE + inside - (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (!pinned) {
    device->bytes += size;
    device->counters[BYTES_ALLOCATED] += static_cast<long long>(size);
  }
  *result = reinterpret_cast<CUdeviceptr>(begin);
  buffers[*result] = {device, size, pinned, pages, mapped};
  return OK;
}

bool canaries_live(CUdeviceptr p, const Buffer& b) {
  if (!b.pages) return true;
  auto live = [](char c) { return static_cast<unsigned char>(c) == CANARY; };
  char* begin = reinterpret_cast<char*>(p);
  return std::all_of(b.pages + PAGE, begin, live) &&
         std::all_of(begin + b.size, b.pages + b.mapped - PAGE, live);
}

CUresult report_overrun(const Buffer& b) {
  set_last_error("a kernel wrote beside a buffer of " + std::to_string(b.size) + " bytes");
  b.device->fail(ILLEGAL_ADDRESS);
  return ILLEGAL_ADDRESS;
}

void unmap(const Buffer& b) {
  munmap(b.pages, b.mapped);
  if (b.pinned) return;
  b.device->bytes -= b.size;
}

CUresult release(CUdeviceptr p) {
  if (!p) return OK;
  Device* device = current_device();
  if (int refused = may_wait(device)) return refused;
  drain_everything(*device);
  if (device->sticky) return device->sticky;
  std::lock_guard<std::mutex> guard(lock);
  auto found = buffers.find(p);
  if (found == buffers.end() || !found->second.pages) return INVALID_VALUE;
  Buffer b = found->second;
  if (b.device != device) return INVALID_CONTEXT;
  bool live = canaries_live(p, b);
  buffers.erase(found);
  unmap(b);
  if (!b.pinned) device->counters[BYTES_ALLOCATED] -= static_cast<long long>(b.size);
  return live ? static_cast<CUresult>(OK) : report_overrun(b);
}

const Buffer* buffer_at(CUdeviceptr p, size_t bytes) {
  auto after = buffers.upper_bound(p);
  if (after == buffers.begin()) return nullptr;
  --after;
  return p + bytes <= after->first + after->second.size ? &after->second : nullptr;
}

}  // namespace

bool is_inside_buffer(const Device& device, CUdeviceptr p, size_t bytes) {
  std::lock_guard<std::mutex> guard(lock);
  const Buffer* b = buffer_at(p, bytes);
  return b && (b->pinned || b->device == &device);
}

bool is_elsewhere(const Device& device, const void* p) {
  std::lock_guard<std::mutex> guard(lock);
  const Buffer* b = buffer_at(reinterpret_cast<CUdeviceptr>(p), 0);
  return b && !b->pinned && b->device != &device;
}

void add_buffer(Device& device, CUdeviceptr p, size_t bytes) {
  std::lock_guard<std::mutex> guard(lock);
  buffers[p] = {&device, bytes, true, nullptr, 0};
}

void forget_buffer(CUdeviceptr p) {
  std::lock_guard<std::mutex> guard(lock);
  buffers.erase(p);
}

CUresult check_canaries(Device& device) {
  std::lock_guard<std::mutex> guard(lock);
  for (auto& [p, b] : buffers) {
    if (b.device == &device && !canaries_live(p, b)) return report_overrun(b);
  }
  return OK;
}

size_t alignment_of(const Device& device, const void* p) {
  auto at = reinterpret_cast<CUdeviceptr>(p);
  std::lock_guard<std::mutex> guard(lock);
  auto after = buffers.upper_bound(at);
  if (after == buffers.begin()) return 1;
  const auto& [begin, b] = *--after;
  if (at >= begin + b.size || (!b.pinned && b.device != &device)) return 1;
  size_t offset = (at - begin) | 256;
  return offset & -offset;
}

void release_all(Device& device) {
  std::lock_guard<std::mutex> guard(lock);
  for (auto b = buffers.begin(); b != buffers.end();) {
    if (b->second.device != &device || !b->second.pages) {
      ++b;
    } else {
      unmap(b->second);
      b = buffers.erase(b);
    }
  }
}

std::string describe_address(const void* address) {
  auto p = reinterpret_cast<CUdeviceptr>(address);
  std::lock_guard<std::mutex> guard(lock);
  for (auto& [begin, b] : buffers) {
    auto first = reinterpret_cast<CUdeviceptr>(b.pages);
    if (!b.pages || p < first || p >= first + b.mapped) continue;
    bool before = p < begin, inside = !before && p < begin + b.size;
    auto distance = before ? begin - p : inside ? p - begin : p - begin - b.size;
    return std::to_string(distance) + " bytes " +
           (before ? "before" : inside ? "into" : "past the end of") + " a buffer of " +
           std::to_string(b.size) + " bytes";
  }
  char text[64];
  snprintf(text, sizeof text, "at %p, where no buffer is", address);
  return text;
}

}  // namespace emulator

using namespace emulator;

namespace {

CUresult copy(Stream& s, CUdeviceptr to, CUdeviceptr from, size_t n) {
  Device& device = s.device;
  if (device.sticky) return device.sticky;
  if (!s.capturing) {
    device.count(COPIES);
    if (!is_inside_buffer(device, from, n)) {  // pageable source: staged before the call returns
      std::string bytes(reinterpret_cast<const char*>(from), n);
      return enqueue(s, [to, bytes] {
        memcpy(reinterpret_cast<void*>(to), bytes.data(), bytes.size());
        return OK;
      });
    }
    if (!is_inside_buffer(device, to, n)) {  // pageable target: done when the call returns
      drain(s);
      if (!device.sticky) memcpy(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), n);
      return device.sticky;
    }
  }
  return enqueue(s, [=] {
    memmove(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), n);
    return OK;
  });
}

template <class T>
CUresult fill(void* stream, CUdeviceptr p, T value, size_t n) {
  Stream* s = stream_of(stream);
  if (!s) return INVALID_CONTEXT;
  if (s->device.sticky) return s->device.sticky;
  if (!is_inside_buffer(s->device, p, n * sizeof(T))) return INVALID_VALUE;
  if (!s->capturing) s->device.count(COPIES);
  return enqueue(*s, [=] {
    std::fill_n(reinterpret_cast<T*>(p), n, value);
    return OK;
  });
}

// Runs a copy and waits for it, and for what the legacy default stream waits for.
template <class F>
CUresult wait_for(F copy) {
  Device* device = current_device();
  if (int refused = may_wait(device)) return refused;
  drain_default_stream(*device);
  if (int failed = copy()) return failed;
  device->count(SYNCHRONIZATIONS);
  drain_default_stream(*device);
  return device->sticky;
}

}  // namespace

DRIVER_API cuMemAlloc_v2(CUdeviceptr* p, size_t n) { return allocate(p, n, false); }
DRIVER_API cuMemFree_v2(CUdeviceptr p) { return release(p); }
DRIVER_API cuMemHostAlloc(void** p, size_t n, unsigned) {
  return allocate(reinterpret_cast<CUdeviceptr*>(p), n, true);
}
DRIVER_API cuMemAllocHost_v2(void** p, size_t n) { return cuMemHostAlloc(p, n, 0); }
DRIVER_API cuMemHostGetDevicePointer_v2(CUdeviceptr* result, void* p, unsigned) {
  Device* device = current_device();
  if (!device) return INVALID_CONTEXT;
  *result = reinterpret_cast<CUdeviceptr>(p);
  return is_inside_buffer(*device, *result, 1) ? OK : INVALID_VALUE;
}
DRIVER_API cuMemFreeHost(void* p) { return release(reinterpret_cast<CUdeviceptr>(p)); }
DRIVER_API cuMemGetInfo_v2(size_t* free, size_t* total) {
  Device* device = current_device();
  if (!device) return INVALID_CONTEXT;
  if (device->sticky) return device->sticky;
  *total = machine().memory;
  *free = *total > device->bytes ? *total - device->bytes : 0;
  return OK;
}

DRIVER_API cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t n, void* stream) {
  Stream* s = stream_of(stream);
  if (!s) return INVALID_CONTEXT;
  if (!is_inside_buffer(s->device, to, n)) return INVALID_VALUE;
  return copy(*s, to, reinterpret_cast<CUdeviceptr>(from), n);
}
DRIVER_API cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t n, void* stream) {
  Stream* s = stream_of(stream);
  if (!s) return INVALID_CONTEXT;
  if (!is_inside_buffer(s->device, from, n)) return INVALID_VALUE;
  return copy(*s, reinterpret_cast<CUdeviceptr>(to), from, n);
}
DRIVER_API cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t n, void* stream) {
  Stream* s = stream_of(stream);
  if (!s) return INVALID_CONTEXT;
  if (!is_inside_buffer(s->device, to, n) || !is_inside_buffer(s->device, from, n)) {
    return INVALID_VALUE;
  }
  return copy(*s, to, from, n);
}
DRIVER_API cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t n) {
  return wait_for([=] { return cuMemcpyHtoDAsync_v2(to, from, n, nullptr); });
}
DRIVER_API cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t n) {
  return wait_for([=] { return cuMemcpyDtoHAsync_v2(to, from, n, nullptr); });
}
DRIVER_API cuMemsetD8Async(CUdeviceptr p, unsigned char value, size_t n, void* stream) {
  return fill(stream, p, value, n);
}
DRIVER_API cuMemsetD32Async(CUdeviceptr p, unsigned value, size_t n, void* stream) {
  return fill(stream, p, value, n);
}

// Checks the canaries of every buffer; returns 0 if all live.
FOR_TESTS int emulator_check_memory() {
  for (int i = 0; i < machine().devices; i++) {
    drain_everything(device_of(i));
    if (int failed = check_canaries(device_of(i))) return failed;
  }
  return OK;
}
