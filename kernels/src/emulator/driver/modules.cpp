// SPDX-License-Identifier: Apache-2.0
// Modules. On a GPU a module's image is a fat binary; here it is a host library with the same
// kernels. Any real GPU image stands for kernels.so beside this library, or for
// kernels-undefined.so where undefined behaviour is to be found.
#include <dlfcn.h>
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "functions.h"

namespace emulator {
namespace {

Handles<Module> modules;

Module* open_module(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library) return new Module(current_context(), library);
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

}  // namespace
}  // namespace emulator

using namespace emulator;

DRIVER_API cuModuleLoadData(void** module, const void* image) {
  Device* device = current_device();
  if (!device) return INVALID_CONTEXT;
  if (device->sticky) return device->sticky;
  Module* opened =
      is_host_library(image) ? open_host_library(image) : open_kernels_beside_this_library();
  if (!opened) return INVALID_IMAGE;
  *module = modules.add(opened);
  return OK;
}
DRIVER_API cuModuleUnload(void* module) {
  Module* m = modules.find(module);
  if (!m) return INVALID_HANDLE;
  Device& device = m->context->device;
  drain_everything(device);
  if (device.sticky) return device.sticky;
  forget_functions(m);
  for (CUdeviceptr variable : m->variables) forget_buffer(variable);
  dlclose(m->library);
  if (m->file >= 0) close(m->file);
  modules.remove(m);
  return OK;
}
// Takes the size from the symbol in the module's library.
DRIVER_API cuModuleGetGlobal_v2(CUdeviceptr* p, size_t* bytes, void* module, const char* name) {
  Module* m = modules.find(module);
  if (!m) return INVALID_HANDLE;
  void* variable = dlsym(m->library, name);
  if (!variable) return NOT_FOUND;
  Dl_info info;
  Elf64_Sym* symbol;
  if (!dladdr1(variable, &info, reinterpret_cast<void**>(&symbol), RTLD_DL_SYMENT)) return NOT_FOUND;
  *p = reinterpret_cast<CUdeviceptr>(variable);
  *bytes = symbol->st_size;
  add_buffer(m->context->device, *p, *bytes);
  m->variables.push_back(*p);
  return OK;
}
DRIVER_API cuModuleGetFunction(void** function, void* module, const char* name) {
  Module* m = modules.find(module);
  if (!m) return INVALID_HANDLE;
  std::string symbol = std::string("kernel_") + name;
  void* kernel = dlsym(m->library, symbol.c_str());
  if (!kernel) return NOT_FOUND;
  *function = add_function(m, static_cast<const Kernel*>(kernel));
  return OK;
}
