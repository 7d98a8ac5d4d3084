// A libcublas.so.12 for machines that have only CUDA 13: the calls that the CUDA device makes, passed
// on to a libcublas.so.13 that has been loaded before. Their signatures are the same in both.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

// The oldest versions, so that the file runs with older C libraries than the one it was built with.
__asm__(".symver dlopen,dlopen@GLIBC_2.2.5");
__asm__(".symver dlsym,dlsym@GLIBC_2.2.5");

enum { CUBLAS_STATUS_NOT_INITIALIZED = 1 };

static void* find(const char* name) {
  void* library = dlopen("libcublas.so.13", RTLD_LAZY | RTLD_NOLOAD);
  return library ? dlsym(library, name) : NULL;
}

#define FORWARD(NAME, PARAMETERS, ARGUMENTS)                          \
  int NAME PARAMETERS {                                               \
    static int(*target) PARAMETERS;                                   \
    if (!target) target = (int(*) PARAMETERS)find(#NAME);             \
    return target ? target ARGUMENTS : CUBLAS_STATUS_NOT_INITIALIZED; \
  }

FORWARD(cublasCreate_v2, (void** handle), (handle))
FORWARD(cublasDestroy_v2, (void* handle), (handle))
FORWARD(cublasGetVersion_v2, (void* handle, int* version), (handle, version))
FORWARD(cublasSetStream_v2, (void* handle, void* stream), (handle, stream))
FORWARD(cublasSetMathMode, (void* handle, int mode), (handle, mode))
FORWARD(cublasSetWorkspace_v2, (void* handle, void* memory, size_t bytes), (handle, memory, bytes))
FORWARD(cublasGemmEx,
        (void* handle, int transa, int transb, int m, int n, int k, const void* alpha,
         const void* a, int a_type, int lda, const void* b, int b_type, int ldb, const void* beta,
         void* c, int c_type, int ldc, int compute, int algorithm),
        (handle, transa, transb, m, n, k, alpha, a, a_type, lda, b, b_type, ldb, beta, c, c_type,
         ldc, compute, algorithm))
