// SPDX-License-Identifier: Apache-2.0
#include "grid.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "block.h"
#include "settings.h"

namespace emulator {
namespace {

std::mutex error_lock;
std::string error_text;

// OS threads that stay; the caller is one of them.
class Pool {
 public:
  explicit Pool(int threads) : threads(threads) {
    for (int i = 1; i < threads; i++) std::thread([this] { serve(); }).detach();
  }

  void run_on_all(const std::function<void()>& work) {
    static std::mutex one_at_a_time;
    std::unique_lock<std::mutex> alone(one_at_a_time, std::try_to_lock);
    if (!alone) {  // another device has the workers: this thread does it all
      work();
      return;
    }
    {
      std::lock_guard<std::mutex> guard(lock);
      job = &work;
      round++;
      busy = threads - 1;
    }
    go.notify_all();
    work();
    std::unique_lock<std::mutex> guard(lock);
    done.wait(guard, [this] { return busy == 0; });
  }

 private:
  [[noreturn]] void serve() {
    unsigned long seen = 0;
    std::unique_lock<std::mutex> guard(lock);
    for (;;) {
      go.wait(guard, [&] { return round != seen; });
      seen = round;
      const auto* work = job;
      guard.unlock();
      (*work)();
      guard.lock();
      if (--busy == 0) done.notify_all();
    }
  }

  const int threads;
  std::mutex lock;
  std::condition_variable go, done;
  const std::function<void()>* job = nullptr;
  unsigned long round = 0;
  int busy = 0;
};

Pool& pool() {
  static Pool* one = new Pool(settings().workers);  // its threads outlive main()
  return *one;
}

}  // namespace

std::string last_error() {
  std::lock_guard<std::mutex> guard(error_lock);
  return error_text;
}

void set_last_error(const std::string& text) {
  std::lock_guard<std::mutex> guard(error_lock);
  error_text = text;
}

void parallel_for(int n, const std::function<void(int)>& body) {
  if (n == 1 || settings().workers == 1) {
    for (int i = 0; i < n; i++) body(i);
    return;
  }
  std::atomic<int> next{0};
  pool().run_on_all([&] {
    for (int i; (i = next++) < n;) body(i);
  });
}

int run_grid(const Launch& launch) {
  const size_t blocks = static_cast<size_t>(launch.grid.x) * launch.grid.y * launch.grid.z;
  const size_t threads = launch.block.x * launch.block.y * launch.block.z;
  std::atomic<size_t> next{0};
  std::atomic<int> result{0};
  auto work = [&] {
    static thread_local BlockRunner* runner = nullptr;
    if (!runner) runner = new BlockRunner;
    BlockRunner::current() = runner;
    runner->prepare(launch);
    for (size_t i; (i = next++) < blocks && !result;) {
      size_t b = settings().order == Order::REVERSE ? blocks - 1 - i : i;
      unsigned x = static_cast<unsigned>(b % launch.grid.x);
      unsigned y = static_cast<unsigned>(b / launch.grid.x % launch.grid.y);
      unsigned z = static_cast<unsigned>(b / launch.grid.x / launch.grid.y);
      if (int failed = runner->run({x, y, z})) result = failed;
    }
  };
  if (settings().workers == 1 || blocks == 1 || blocks * threads < 2048) {
    work();
  } else {
    pool().run_on_all(work);
  }
  return result;
}

}  // namespace emulator

// Tells tests what the last error was about; the text is valid until the next call.
extern "C" __attribute__((visibility("default"))) const char* emulator_last_error() {
  static thread_local std::string kept;
  kept = emulator::last_error();
  return kept.c_str();
}
