// Modules and launches. A module's image is, on a GPU, a fat binary; here it is a host library with
// the same kernels. Any real GPU image stands for kernels.so beside this library, or where undefined
// behaviour is to be found for kernels-undefined.so.
#include <dlfcn.h>
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "driver.h"

namespace emulator {
namespace {

struct Module {
  Device* device;
  void* library;
  int file = -1;  // open as long as the library: the loader takes equal paths for one library
};
struct Function {
  Device* device;
  const Kernel* kernel;
  unsigned max_dynamic_shared = 48 * 1024;
};

Module* open_module(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library) return new Module{current_device(), library};
  fprintf(stderr, "emulated GPU: %s\n", dlerror());
  return nullptr;
}

bool is_host_library(const void* image) {
  auto* header = static_cast<const Elf64_Ehdr*>(image);
  return !memcmp(header->e_ident, ELFMAG, SELFMAG) && header->e_machine == EM_X86_64;
}

Module* open_host_library(const void* image) {
  auto* header = static_cast<const Elf64_Ehdr*>(image);
  size_t size = header->e_shoff + static_cast<size_t>(header->e_shnum) * header->e_shentsize;
  int file = memfd_create("kernels", 0);
  if (file < 0) return nullptr;
  bool written = write(file, image, size) == static_cast<ssize_t>(size);
  Module* module = written ? open_module("/proc/self/fd/" + std::to_string(file)) : nullptr;
  if (module) {
    module->file = file;
  } else {
    close(file);
  }
  return module;
}

Module* open_kernels_beside_this_library() {
  Dl_info self;
  dladdr(reinterpret_cast<const void*>(is_host_library), &self);
  std::string path = self.dli_fname;
  const char* name = settings().find_undefined ? "kernels-undefined.so" : "kernels.so";
  return open_module(path.substr(0, path.rfind('/') + 1) + name);
}

bool is_valid(const Launch& l, const Function& f) {
  unsigned long threads = 1ul * l.block.x * l.block.y * l.block.z;
  return l.grid.x && l.grid.y && l.grid.z && threads && threads <= 1024 && l.block.z <= 64 &&
         l.grid.y <= 65535 && l.grid.z <= 65535 && l.grid.x <= 2147483647u &&
         l.shared_bytes <= f.max_dynamic_shared;
}

}  // namespace
}  // namespace emulator

using namespace emulator;

DRIVER_API cuModuleLoadData(void** module, const void* image) {
  Device* device = current_device();
  if (!device) return INVALID_CONTEXT;
  if (device->sticky) return device->sticky;
  Module* opened =
      is_host_library(image) ? open_host_library(image) : open_kernels_beside_this_library();
  *module = opened;
  return opened ? OK : INVALID_IMAGE;
}
DRIVER_API cuModuleUnload(void* module) {
  auto* m = static_cast<Module*>(module);
  drain_everything(*m->device);
  if (m->device->sticky) return m->device->sticky;
  dlclose(m->library);
  if (m->file >= 0) close(m->file);
  delete m;
  return OK;
}
DRIVER_API cuModuleGetFunction(void** function, void* module, const char* name) {
  auto* m = static_cast<Module*>(module);
  std::string symbol = std::string("kernel_") + name;
  void* kernel = dlsym(m->library, symbol.c_str());
  if (!kernel) return NOT_FOUND;
  *function = new Function{m->device, static_cast<const Kernel*>(kernel)};
  return OK;
}
DRIVER_API cuFuncGetAttribute(int* value, int attribute, void*) {
  constexpr int SHARED_SIZE_BYTES = 1;
  if (attribute != SHARED_SIZE_BYTES) return INVALID_VALUE;
  *value = STATIC_SHARED;
  return OK;
}
DRIVER_API cuFuncSetAttribute(void* function, int attribute, int value) {
  constexpr int MAX_DYNAMIC_SHARED_SIZE_BYTES = 8;
  if (attribute != MAX_DYNAMIC_SHARED_SIZE_BYTES) return OK;
  if (value < 0 || value + STATIC_SHARED > static_cast<int>(MAX_SHARED)) return INVALID_VALUE;
  static_cast<Function*>(function)->max_dynamic_shared = static_cast<unsigned>(value);
  return OK;
}
DRIVER_API cuLaunchKernel(void* function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                          unsigned block_x, unsigned block_y, unsigned block_z,
                          unsigned shared_bytes, void* stream, void** parameters, void** extra) {
  auto* f = static_cast<Function*>(function);
  if (!f || extra) return INVALID_VALUE;
  Stream* s = stream_of(stream);
  if (!s || f->device != &s->device) return INVALID_CONTEXT;
  Device& device = s->device;
  Launch launch{f->kernel,
                {grid_x, grid_y, grid_z},
                {block_x, block_y, block_z},
                shared_bytes,
                f->kernel->bind(parameters)};
  if (!is_valid(launch, *f)) return INVALID_VALUE;
  if (!s->capturing) device.count(LAUNCHES);
  auto pointers = f->kernel->pointers(parameters);
  return enqueue(*s, [launch, pointers, &device] {
    if (int failed = device.count(KERNELS)) return failed;
    for (const void* p : pointers) {
      if (!is_elsewhere(device, p)) continue;
      set_last_error(std::string(launch.kernel->name) + ": is given memory of another device");
      return ILLEGAL_ADDRESS;
    }
    return run_grid(launch);
  });
}
