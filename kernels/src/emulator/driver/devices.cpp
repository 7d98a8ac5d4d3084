// SPDX-License-Identifier: Apache-2.0
// The GPUs of the emulated machine: what was asked of each, its error, and errors that are planted.
// They are read from the environment: EMULATOR_DEVICES=n, EMULATOR_MEMORY=MiB of each, and
// EMULATOR_FAIL=device:counter:n:error,… (a CUresult at the n-th kernel, counter 0, or at the n-th
// call that waits, counter 4). Such an error comes however busy the real machine is: other GPUs
// wait with their n-th until then.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

#include "driver.h"

namespace emulator {
namespace {

long long number(const char* variable, long long otherwise) {
  const char* text = getenv(variable);
  return text ? atoll(text) : otherwise;
}

constexpr int MOST_DEVICES = 16;
thread_local Context* current = nullptr;

// An error that comes when something has been asked of a device a given number of times.
struct PlantedError {
  const Device* device;
  Counter counter;
  long long at;
  int error;
  bool awaited;  // by other GPUs, before they count so far
};
std::mutex planted_lock;  // of all GPUs, as they look at each other's
auto& planted = *new std::vector<PlantedError>;  // outlives main()

void plant(const Device& device, Counter counter, long long n, int error, bool awaited) {
  std::lock_guard<std::mutex> guard(planted_lock);
  planted.push_back({&device, counter, device.counters[counter] + n, error, awaited});
}

// Returns whether another GPU has to fail before this one may count so far.
bool is_ahead(const Device* device, Counter counter, long long reached) {
  std::lock_guard<std::mutex> guard(planted_lock);
  return std::any_of(planted.begin(), planted.end(), [&](const PlantedError& p) {
    return p.awaited && p.device != device && p.counter == counter && p.at <= reached;
  });
}

// Takes the error that is planted here on this GPU; returns OK where there is none.
CUresult take_planted(const Device* device, Counter counter, long long reached) {
  std::lock_guard<std::mutex> guard(planted_lock);
  auto p = std::find_if(planted.begin(), planted.end(), [&](const PlantedError& p) {
    return p.device == device && p.counter == counter && p.at <= reached;
  });
  if (p == planted.end()) return OK;
  CUresult error = p->error;
  planted.erase(p);
  return error;
}

std::unique_ptr<Device>* make_devices() {
  auto* devices = new std::unique_ptr<Device>[MOST_DEVICES];  // outlive main()
  for (int i = 0; i < MOST_DEVICES; i++) devices[i].reset(new Device(i));
  const char* plan = getenv("EMULATOR_FAIL");
  for (int device, counter, error, length; plan && *plan; plan += length + (plan[length] == ',')) {
    long long n;
    if (sscanf(plan, "%d:%d:%lld:%d%n", &device, &counter, &n, &error, &length) != 4) break;
    if (device < 0 || device >= MOST_DEVICES || counter < 0 || counter >= COUNTERS) break;
    plant(*devices[device], static_cast<Counter>(counter), n, error, true);
  }
  return devices;
}

}  // namespace

Machine& machine() {
  static Machine one{static_cast<int>(number("EMULATOR_DEVICES", 1)), 13000,
                     static_cast<size_t>(number("EMULATOR_MEMORY", 16 << 10)) << 20, 90,
                     static_cast<int>(MAX_SHARED)};
  return one;
}

Device& device_of(int ordinal) {
  static std::unique_ptr<Device>* devices = make_devices();
  return *devices[ordinal];
}

Context* current_context() { return current && current->alive ? current : nullptr; }
Device* current_device() {
  Context* context = current_context();
  return context ? &context->device : nullptr;
}
void set_current_context(Context* context) { current = context; }

Context* Device::retain() {
  std::lock_guard<std::recursive_mutex> guard(lock);
  users++;
  if (!context) {
    context = new Context{*this};
    counters[CONTEXTS]++;
  }
  return context;
}

CUresult Device::release() {
  std::lock_guard<std::recursive_mutex> guard(lock);
  if (!users) return INVALID_CONTEXT;
  if (!--users) destroy_context();
  return OK;
}

void Device::destroy_context() {
  std::lock_guard<std::recursive_mutex> guard(lock);
  if (context) context->alive = false;
  context = nullptr;
  for (Stream* stream : streams) {
    end_capture(*stream);
    stream->pending.clear();
  }
  streams = {&default_stream};
  sticky = OK;
  release_all(*this);
}

CUresult Device::count(Counter counter, long long by) {
  long long reached = counters[counter] += by;
  while (!sticky && is_ahead(this, counter, reached)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (sticky) return sticky;
  if (int error = take_planted(this, counter, reached)) {
    set_last_error("a planted error on device " + std::to_string(ordinal));
    sticky = error;
  }
  return sticky;
}

void Device::fail(CUresult error) {
  CUresult none = OK;
  if (sticky.compare_exchange_strong(none, error)) {
    fprintf(stderr, "emulated GPU %d: %s\n", ordinal, last_error().c_str());
  }
}

}  // namespace emulator

using namespace emulator;

// Writes what was asked of one device, in the order of Counter; returns how many numbers there are.
FOR_TESTS int emulator_device_counters(int device, long long* out) {
  for (int i = 0; i < COUNTERS; i++) out[i] = device_of(device).counters[i];
  return COUNTERS;
}

// Writes the sums over all devices.
FOR_TESTS int emulator_counters(long long* out) {
  for (int i = 0; i < COUNTERS; i++) {
    out[i] = 0;
    for (int d = 0; d < MOST_DEVICES; d++) out[i] += device_of(d).counters[i];
  }
  return COUNTERS;
}

// Plants an error that stays, where this is counted on the device for the n-th time from now on.
FOR_TESTS void emulator_plant_error(int device, int counter, long long n, int error) {
  plant(device_of(device), static_cast<Counter>(counter), n, error, false);
}

// Forgets failed launches, which on a GPU would need a new process, and planted errors.
FOR_TESTS void emulator_forget_error() {
  for (int i = 0; i < MOST_DEVICES; i++) device_of(i).sticky = OK;
  std::lock_guard<std::mutex> guard(planted_lock);
  planted.clear();
  forget_product_error();
}

// Sets how many devices the machine has, the version of its driver, and the bytes of memory of each
// device. cuInit fails without a device, as on a real machine.
FOR_TESTS void emulator_pretend(int devices, int driver_version, long long memory) {
  machine() = {devices, driver_version, static_cast<size_t>(memory), machine().capability,
               machine().shared_memory};
}

// Sets the compute capability that GPUs report, 75 for 7.5; they can do what they could before.
FOR_TESTS void emulator_pretend_capability(int capability) { machine().capability = capability; }

// Sets how many bytes of shared memory a block has that opts in, at most 227 KiB.
FOR_TESTS void emulator_pretend_shared_memory(int bytes) { machine().shared_memory = bytes; }
