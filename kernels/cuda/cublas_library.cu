#include <dlfcn.h>

#include <string>

#include "kernels/cuda/cublas_library.hpp"
#include "kernels/cuda/device_error.hpp"

namespace gnc {
namespace {

void* open() {
  // As the linker would have found it, or where it was when gnc was built.
  const std::string soname = "libcublas.so." + std::to_string(CUBLAS_VER_MAJOR);
  void* library = ::dlopen(soname.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library != nullptr) return library;
  const char* error = ::dlerror();
  const std::string reason = error != nullptr ? error : "no reason given";
  library = ::dlopen(GNC_CUBLAS_FILE, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw DeviceError(DeviceError::Kind::Failed, "cuBLAS cannot be loaded: " + reason);
  return library;
}

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (function == nullptr) {
    throw DeviceError(DeviceError::Kind::Failed, std::string("cuBLAS cannot be used: it has no ") + name);
  }
}

CublasLibrary load() {
  void* const library = open();
  CublasLibrary found{};
  find(library, "cublasCreate_v2", found.create);
  find(library, "cublasDestroy_v2", found.destroy);
  find(library, "cublasSetStream_v2", found.set_stream);
  find(library, "cublasSetMathMode", found.set_math_mode);
  find(library, "cublasSgemm_v2", found.sgemm);
  find(library, "cublasSgemmStridedBatched", found.sgemm_strided_batched);
  find(library, "cublasGetProperty", found.property);
  find(library, "cublasGetStatusName", found.status_name);
  find(library, "cublasGetStatusString", found.status_string);
  return found;
}

}  // namespace

const CublasLibrary& CublasLibrary::get() {
  static const CublasLibrary library = load();
  return library;
}

}  // namespace gnc
