// SPDX-License-Identifier: Apache-2.0
#include "block.h"

#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "settings.h"

// Dynamic shared memory: every kernel's "extern __shared__ ... dynamic_shared[]" is this symbol.
constexpr unsigned CANARY_BYTES = 64;
alignas(128) __attribute__((
    visibility("default"))) thread_local unsigned char dynamic_shared[emulator::MAX_SHARED +
                                                                      CANARY_BYTES];

// Switches stacks, void emulator_switch(void** save, void* to): the callee-saved registers go on
// the old stack.
asm(R"(
.text
.globl emulator_switch
.hidden emulator_switch
.type emulator_switch,@function
emulator_switch:
  pushq %rbp; pushq %rbx; pushq %r12; pushq %r13; pushq %r14; pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15; popq %r14; popq %r13; popq %r12; popq %rbx; popq %rbp
  ret
)");
extern "C" void emulator_switch(void** save, void* to);

namespace emulator {
namespace {

constexpr size_t STACK_BYTES = 64 * 1024, PAGE = 4096;
constexpr unsigned char CANARY = 0xa5;

}  // namespace

// The static __shared__ variables of a kernel library are its thread-local segment.
BlockRunner::Segment BlockRunner::static_shared_memory(const Kernel& kernel) {
  Dl_info info;
  link_map* library = nullptr;
  if (!dladdr1(reinterpret_cast<void*>(kernel.bind), &info, reinterpret_cast<void**>(&library),
               RTLD_DL_LINKMAP)) {
    return {};
  }
  struct Search {
    ElfW(Addr) base;
    size_t bytes;
  } search{library->l_addr, 0};
  dl_iterate_phdr(
      [](dl_phdr_info* object, size_t, void* into) {
        auto* s = static_cast<Search*>(into);
        for (int i = 0; object->dlpi_addr == s->base && i < object->dlpi_phnum; i++) {
          if (object->dlpi_phdr[i].p_type == PT_TLS) s->bytes = object->dlpi_phdr[i].p_memsz;
        }
        return 0;
      },
      &search);
  Segment segment;
  kernel.touch();
  if (search.bytes) dlinfo(library, RTLD_DI_TLS_DATA, &segment.start);
  segment.bytes = segment.start ? search.bytes : 0;
  return segment;
}

BlockRunner*& BlockRunner::current() {
  static thread_local BlockRunner* runner = nullptr;
  return runner;
}

const Thread& current_thread() { return BlockRunner::current()->thread(); }
int sync_threads(int predicate) { return BlockRunner::current()->sync_threads(predicate); }
void collective(unsigned mask, void* argument, void (*meet)(void* const*, unsigned)) {
  BlockRunner::current()->collective(mask, argument, meet);
}
void fail(int result, const char* what) { BlockRunner::current()->fail(result, what); }

void BlockRunner::prepare(const Launch& next) {
  launch = &next;
  count = next.block.x * next.block.y * next.block.z;
  static_shared = static_shared_memory(*next.kernel);
  block.size = next.block;
  block.grid = next.grid;
  fibers.resize(count);
  warps.resize((count + 31) / 32);
  order.resize(count);
  std::iota(order.begin(), order.end(), 0u);
  if (settings().order == Order::REVERSE) std::reverse(order.begin(), order.end());
  random.seed(settings().seed);
  for (unsigned i = 0; i < count; i++) {
    Fiber& f = fibers[i];
    f.index = {i % next.block.x, i / next.block.x % next.block.y, i / next.block.x / next.block.y};
    f.number = i;
    f.lane = i % 32;
    f.warp = i / 32;
    f.block = &block;
  }
}

char* BlockRunner::take_stack() {
  if (!stacks.empty()) {
    char* top = stacks.back();
    stacks.pop_back();
    return top;
  }
  void* memory = mmap(nullptr, STACK_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) abort();
  mprotect(memory, PAGE, PROT_NONE);
  // The tops are spread over the sets of the cache.
  return static_cast<char*>(memory) + STACK_BYTES - 256 * (stacks_taken++ % 32);
}

void BlockRunner::wake(Fiber* fiber) { ready[tail++ % 1024] = fiber; }

BlockRunner::Fiber* BlockRunner::next_ready() {
  if (settings().order == Order::RANDOM) {
    std::swap(ready[head % 1024], ready[(head + random() % (tail - head)) % 1024]);
  }
  return ready[head++ % 1024];
}

// Gives the processor to somebody else; `save` is where the stack pointer stays meanwhile.
void BlockRunner::leave(void** save) {
  void* to = main_stack_pointer;  // nothing can run: the block is over, or stuck
  if (head != tail) {
    running = next_ready();
    to = running->stack_pointer;
  } else if (next_new < count) {
    fresh_stack = take_stack();
    // so that fiber_entry() begins with the stack alignment of the ABI
    void** top = reinterpret_cast<void**>(reinterpret_cast<uintptr_t>(fresh_stack) & ~63ul) - 2;
    *top = reinterpret_cast<void*>(fiber_entry);
    to = top - 6;
  }
  emulator_switch(save, to);
}

void BlockRunner::fiber_entry() { current()->run_new_threads(); }

// Runs new threads one after another on one stack, until somebody is waiting to go on.
void BlockRunner::run_new_threads() {
  char* stack = fresh_stack;
  for (;;) {
    Fiber* f = running = &fibers[order[next_new++]];
    f->stack = stack;
    launch->body();
    f->done = true;
    f->stack = nullptr;
    live--;
    Warp& warp = warps[f->warp];
    warp.live &= ~(1u << f->lane);
    release_barrier();  // others may have been waiting only for this one
    for (Meeting& m : warp.meetings) release_meeting(warp, m);
    if (head != tail || next_new >= count) {
      stacks.push_back(stack);
      leave(&f->stack_pointer);
      __builtin_unreachable();
    }
  }
}

void BlockRunner::release_barrier() {
  if (at_barrier.empty() || at_barrier.size() != live) return;
  barrier_sum = predicates;
  predicates = 0;
  for (Fiber* f : at_barrier) {
    if (f != running) wake(f);
  }
  at_barrier.clear();
}

int BlockRunner::sync_threads(int predicate) {
  predicates += predicate;
  at_barrier.push_back(running);
  if (at_barrier.size() == live) {
    release_barrier();
  } else {
    leave(&running->stack_pointer);
  }
  return barrier_sum;
}

void BlockRunner::release_meeting(Warp& warp, Meeting& m) {
  if (!m.mask || m.arrived != (m.mask & warp.live)) return;
  unsigned arrived = m.arrived;
  m.mask = m.arrived = 0;
  m.meet(m.arguments, arrived);
  unsigned first = running->number & ~31u;
  for (unsigned rest = arrived; rest; rest &= rest - 1) {
    Fiber* f = &fibers[first + __builtin_ctz(rest)];
    if (f != running) wake(f);
  }
}

void BlockRunner::collective(unsigned mask, void* argument, void (*meet)(void* const*, unsigned)) {
  Fiber* f = running;
  if (!(mask >> f->lane & 1)) {
    fail(LAUNCH_FAILED, "calls a warp collective whose mask does not name it");
  }
  Warp& warp = warps[f->warp];
  Meeting* m = warp.meetings;
  while (m->mask && m->mask != mask) {
    if (++m == warp.meetings + 4) fail(LAUNCH_FAILED, "too many diverged warp collectives");
  }
  if (m->arrived && m->meet != meet) {
    fail(LAUNCH_FAILED, "the lanes of a warp meet in different warp collectives");
  }
  m->mask = mask;
  m->meet = meet;
  m->arguments[f->lane] = argument;
  m->arrived |= 1u << f->lane;
  if (m->arrived == (mask & warp.live)) {
    release_meeting(warp, *m);
  } else {
    leave(&f->stack_pointer);
  }
}

void BlockRunner::fail(int code, const char* what) {
  const Fiber& f = *running;
  char text[512];
  snprintf(text, sizeof text, "%s: block (%u,%u,%u) thread (%u,%u,%u): %s", launch->kernel->name,
           block.index.x, block.index.y, block.index.z, f.index.x, f.index.y, f.index.z, what);
  set_last_error(text);
  result = code;
  void* abandoned;
  emulator_switch(&abandoned, main_stack_pointer);
  __builtin_unreachable();
}

// Makes shared memory undefined: NaN, with a canary behind the dynamic part.
void BlockRunner::poison_shared_memory() {
  memset(dynamic_shared, 0xff, launch->shared_bytes);
  memset(dynamic_shared + launch->shared_bytes, CANARY, CANARY_BYTES);
  if (static_shared.bytes) memset(static_shared.start, 0xff, static_shared.bytes);
}

bool BlockRunner::wrote_past_shared_memory() const {
  const unsigned char* end = dynamic_shared + launch->shared_bytes;
  return std::any_of(end, end + CANARY_BYTES, [](unsigned char c) { return c != CANARY; });
}

int BlockRunner::report_stuck(uint3 index) {
  auto stuck = std::find_if(fibers.begin(), fibers.end(), [](const Fiber& f) { return !f.done; });
  char text[512];
  snprintf(text, sizeof text,
           "%s: block (%u,%u,%u): deadlock: %u of %u threads wait, %zu at __syncthreads and the"
           " others in warp collectives; the first is thread (%u,%u,%u)",
           launch->kernel->name, index.x, index.y, index.z, live, count, at_barrier.size(),
           stuck->index.x, stuck->index.y, stuck->index.z);
  set_last_error(text);
  return LAUNCH_FAILED;
}

int BlockRunner::run(uint3 index) {
  block.index = index;
  head = tail = next_new = 0;
  live = count;
  result = predicates = barrier_sum = 0;
  at_barrier.clear();
  for (Warp& w : warps) w = Warp{};
  for (Fiber& f : fibers) {
    f.done = false;
    f.stack = nullptr;
    warps[f.warp].live |= 1u << f.lane;
  }
  if (settings().order == Order::RANDOM) std::shuffle(order.begin(), order.end(), random);
  poison_shared_memory();

  leave(&main_stack_pointer);  // comes back when nothing can run any more
  running = nullptr;
  if (!result && live) result = report_stuck(index);
  if (!result && wrote_past_shared_memory()) {
    set_last_error(std::string(launch->kernel->name) +
                   ": wrote past the end of its dynamic shared memory");
    result = ILLEGAL_ADDRESS;
  }
  for (Fiber& f : fibers) {  // stacks of threads that will never end
    if (f.stack && !f.done) stacks.push_back(f.stack);
  }
  return result;
}

}  // namespace emulator
