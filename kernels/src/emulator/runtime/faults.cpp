// SPDX-License-Identifier: Apache-2.0
// A stray access of a kernel becomes an error of its launch, as on a GPU, and not the end of the
// JVM: the handler sends the fiber to a function that fails the launch. Signals that arrive while
// no kernel runs on the thread go on to the handler that was there before, the JVM's.
#include <signal.h>
#include <ucontext.h>

#include <mutex>

#include "block.h"

namespace emulator {
namespace {

struct sigaction previous[2];
thread_local void* fault_address;

[[noreturn]] void land() {
  std::string where = "illegal memory access " + describe_address(fault_address);
  fail(ILLEGAL_ADDRESS, where.c_str());
}

void pass_on(const struct sigaction& to, int number, siginfo_t* info, void* context) {
  if (to.sa_flags & SA_SIGINFO) {
    to.sa_sigaction(number, info, context);
  } else if (to.sa_handler != SIG_DFL && to.sa_handler != SIG_IGN) {
    to.sa_handler(number);
  } else {
    sigaction(number, &to, nullptr);  // the access happens again and has its usual effect
  }
}

void on_signal(int number, siginfo_t* info, void* context) {
  BlockRunner* runner = BlockRunner::current();
  if (!runner || !runner->in_kernel()) {
    pass_on(previous[number == SIGBUS], number, info, context);
    return;
  }
  fault_address = info->si_addr;
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  registers[REG_RIP] = reinterpret_cast<greg_t>(land);
  registers[REG_RSP] = ((registers[REG_RSP] - 256) & ~15ll) - 8;  // as if land() had been called
}

}  // namespace

void install_fault_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action{};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, &previous[0]);
    sigaction(SIGBUS, &action, &previous[1]);
  });
}

}  // namespace emulator
