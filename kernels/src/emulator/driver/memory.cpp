// Memory: every buffer begins full of NaN, between two guard pages; the bytes between it and the
// pages are canaries.
#include <sys/mman.h>

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
  size_t size;
  bool pinned;
  char* pages;  // the guard page before it; null for a variable of a module
  size_t mapped;
};
std::mutex lock;
std::map<CUdeviceptr, Buffer> buffers;
size_t device_bytes = 0;

CUresult allocate(CUdeviceptr* result, size_t size, bool pinned) {
  if (int refused = may_wait()) return refused;
  if (!size) return INVALID_VALUE;
  std::lock_guard<std::mutex> guard(lock);
  if (!pinned && device_bytes + size > total_memory()) return OUT_OF_MEMORY;
  size_t inside = (size + ALIGNMENT + PAGE - 1) / PAGE * PAGE;
  size_t mapped = inside + 2 * PAGE;
  void* memory = mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return OUT_OF_MEMORY;
  char* pages = static_cast<char*>(memory);
  mprotect(pages, PAGE, PROT_NONE);
  mprotect(pages + PAGE + inside, PAGE, PROT_NONE);
  char* begin = pages + PAGE + inside - (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  memset(pages + PAGE, CANARY, inside);
  count(ALLOCATIONS);
  if (!pinned) {
    device_bytes += size;
    count(BYTES_ALLOCATED, static_cast<long long>(size));
  }
  *result = reinterpret_cast<CUdeviceptr>(begin);
  buffers[*result] = {size, pinned, pages, mapped};
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
  fprintf(stderr, "emulated GPU: %s\n", last_error().c_str());
  set_sticky_error(ILLEGAL_ADDRESS);
  return ILLEGAL_ADDRESS;
}

CUresult release(CUdeviceptr p) {
  if (!p) return OK;
  std::lock_guard<std::mutex> guard(lock);
  auto found = buffers.find(p);
  if (found == buffers.end() || !found->second.pages) return INVALID_VALUE;
  Buffer b = found->second;
  bool live = canaries_live(p, b);
  buffers.erase(found);
  munmap(b.pages, b.mapped);
  if (!b.pinned) {
    device_bytes -= b.size;
    count(BYTES_ALLOCATED, -static_cast<long long>(b.size));
  }
  return live ? static_cast<CUresult>(OK) : report_overrun(b);
}

}  // namespace

bool is_inside_buffer(CUdeviceptr p, size_t bytes) {
  std::lock_guard<std::mutex> guard(lock);
  auto after = buffers.upper_bound(p);
  if (after == buffers.begin()) return false;
  --after;
  return p + bytes <= after->first + after->second.size;
}

void add_buffer(CUdeviceptr p, size_t bytes) {
  std::lock_guard<std::mutex> guard(lock);
  buffers[p] = {bytes, true, nullptr, 0};
}

CUresult check_canaries() {
  std::lock_guard<std::mutex> guard(lock);
  for (auto& [p, b] : buffers) {
    if (!canaries_live(p, b)) return report_overrun(b);
  }
  return OK;
}

std::string describe_address(const void* address) {
  auto p = reinterpret_cast<CUdeviceptr>(address);
  std::lock_guard<std::mutex> guard(lock);
  for (auto& [begin, b] : buffers) {
    auto first = reinterpret_cast<CUdeviceptr>(b.pages);
    if (!b.pages || p < first || p >= first + b.mapped) continue;
    bool before = p < begin;
    auto distance = before ? begin - p : p - begin - b.size;
    return std::to_string(distance) + " bytes " + (before ? "before" : "past the end of") +
           " a buffer of " + std::to_string(b.size) + " bytes";
  }
  char text[64];
  snprintf(text, sizeof text, "at %p, where no buffer is", address);
  return text;
}

}  // namespace emulator

using namespace emulator;

namespace {

CUresult copy(void* stream, CUdeviceptr to, CUdeviceptr from, size_t n) {
  if (sticky_error()) return sticky_error();
  Stream& s = stream_of(stream);
  if (!s.capturing) {
    count(COPIES);
    if (!is_inside_buffer(from, n)) {  // pageable source: staged before the call returns
      std::string bytes(reinterpret_cast<const char*>(from), n);
      return enqueue(stream, [to, bytes] {
        memcpy(reinterpret_cast<void*>(to), bytes.data(), bytes.size());
        return OK;
      });
    }
    if (!is_inside_buffer(to, n)) {  // pageable target: done when the call returns
      drain(s);
      if (!sticky_error()) memcpy(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), n);
      return sticky_error();
    }
  }
  return enqueue(stream, [=] {
    memmove(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), n);
    return OK;
  });
}

template <class T>
CUresult fill(void* stream, CUdeviceptr p, T value, size_t n) {
  if (sticky_error()) return sticky_error();
  if (!is_inside_buffer(p, n * sizeof(T))) return INVALID_VALUE;
  if (!stream_of(stream).capturing) count(COPIES);
  return enqueue(stream, [=] {
    std::fill_n(reinterpret_cast<T*>(p), n, value);
    return OK;
  });
}

}  // namespace

DRIVER_API cuMemAlloc_v2(CUdeviceptr* p, size_t n) { return allocate(p, n, false); }
DRIVER_API cuMemFree_v2(CUdeviceptr p) {
  if (int refused = may_wait()) return refused;
  drain_everything();
  return release(p);
}
DRIVER_API cuMemHostAlloc(void** p, size_t n, unsigned) {
  return allocate(reinterpret_cast<CUdeviceptr*>(p), n, true);
}
DRIVER_API cuMemAllocHost_v2(void** p, size_t n) { return cuMemHostAlloc(p, n, 0); }
DRIVER_API cuMemFreeHost(void* p) {
  drain_everything();
  return release(reinterpret_cast<CUdeviceptr>(p));
}
DRIVER_API cuMemGetInfo_v2(size_t* free, size_t* total) {
  *total = total_memory();
  *free = total_memory() - device_bytes;
  return OK;
}

DRIVER_API cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t n, void* stream) {
  if (!is_inside_buffer(to, n)) return INVALID_VALUE;
  return copy(stream, to, reinterpret_cast<CUdeviceptr>(from), n);
}
DRIVER_API cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t n, void* stream) {
  if (!is_inside_buffer(from, n)) return INVALID_VALUE;
  return copy(stream, reinterpret_cast<CUdeviceptr>(to), from, n);
}
DRIVER_API cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t n, void* stream) {
  if (!is_inside_buffer(to, n) || !is_inside_buffer(from, n)) return INVALID_VALUE;
  return copy(stream, to, from, n);
}
DRIVER_API cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t n) {
  if (int refused = may_wait()) return refused;
  if (int failed = cuMemcpyHtoDAsync_v2(to, from, n, nullptr)) return failed;
  count(SYNCHRONIZATIONS);
  drain_default_stream();
  return sticky_error();
}
DRIVER_API cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t n) {
  if (int refused = may_wait()) return refused;
  drain_default_stream();
  if (int failed = cuMemcpyDtoHAsync_v2(to, from, n, nullptr)) return failed;
  count(SYNCHRONIZATIONS);
  drain_default_stream();
  return sticky_error();
}
DRIVER_API cuMemsetD8Async(CUdeviceptr p, unsigned char value, size_t n, void* stream) {
  return fill(stream, p, value, n);
}
DRIVER_API cuMemsetD32Async(CUdeviceptr p, unsigned value, size_t n, void* stream) {
  return fill(stream, p, value, n);
}

// For tests: looks at the canaries of every buffer; 0 if all live.
extern "C" __attribute__((visibility("default"))) int emulator_check_memory() {
  drain_everything();
  return check_canaries();
}
