// What estimator `conditional` does to the covariance S of a hidden draw on a device, a reduction to
// tridiagonal form and its bidiagonal factor, beside the eigen-decomposition that cuSOLVER has for batches of
// small matrices and that would take its place:
//
//     eigen_bench [n ..]
//
// A line of JSON for each n (default: 5 to 32) and method. seconds: the least of several runs, of `count`
// matrices of Wishart's law, at most `batch` in a call. error: how far the squares of the result's entries,
// summed, are from those of S, relative to them; the largest of some matrices, null where it is no number.
// A method that cannot do it has `refusal`, its reason, in place of those. Exit codes: 0, 1 where CUDA or
// cuSOLVER cannot start, 2 for another n than 2 .. 32.

#include <cusolverDn.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "kernels/conditional.hpp"
#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/interleaved_lanes.hpp"

namespace gnc {
namespace {

constexpr int kMostRows = 32;  // of syevjBatched
constexpr int kRuns = 5;
constexpr std::uint32_t kCount = std::uint32_t{1} << 16;
constexpr std::uint32_t kChecked = 64;
constexpr std::uint32_t kFewest = 1024;  // matrices of a call, below which a method is given up

void check(cusolverStatus_t status, const char* doing) {
  if (status == CUSOLVER_STATUS_SUCCESS) return;
  throw std::runtime_error("cuSOLVER failed while " + std::string(doing) + ": status " +
                           std::to_string(static_cast<int>(status)));
}

/// Matrices of Wishart's law, n x n each, row-major, one after the other.
std::vector<double> wishart(int n, std::uint32_t count) {
  const auto size = static_cast<std::size_t>(n);
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  std::vector<double> factor(size * size), matrices(count * size * size);
  for (std::uint32_t k = 0; k < count; ++k) {
    std::ranges::generate(factor, [&] { return normal(random); });
    double* const S = matrices.data() + k * size * size;
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        double sum = 0.0;
        for (std::size_t e = 0; e < size; ++e) sum += factor[i * size + e] * factor[j * size + e];
        S[i * size + j] = sum;
      }
    }
  }
  return matrices;
}

/// The least seconds of kRuns times work(), each after before().
template <class Before, class Work>
double least_seconds(const Before& before, Work& work) {
  double least = std::numeric_limits<double>::infinity();
  for (int run = 0; run < kRuns; ++run) {
    before();
    gnc::check(cudaDeviceSynchronize(), "waiting for the device");
    const auto begin = std::chrono::steady_clock::now();
    work();
    gnc::check(cudaDeviceSynchronize(), "waiting for the device");
    least = std::min(least, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return least;
}

/// Of the first kChecked matrices: how far squares_of(k) is from the squares of matrix k's entries, relative
/// to them, at most.
template <class SquaresOf>
double largest_error(const std::vector<double>& matrices, int n, const SquaresOf& squares_of) {
  const auto entries = static_cast<std::ptrdiff_t>(n) * n;
  double largest = 0.0;
  for (std::uint32_t k = 0; k < kChecked; ++k) {
    const auto S = matrices.begin() + k * entries;
    const double expected = std::inner_product(S, S + entries, S, 0.0);
    const double error = std::abs(squares_of(k) / expected - 1.0);
    if (!(error <= largest)) largest = error;  // NaN, too
  }
  return largest;
}

struct Measured {
  double seconds;
  double error;
  std::uint32_t batch = kCount;
};

/// The row of a method that measure() measures, or of its refusal.
template <class Measure>
void print_row(int n, const char* method, const Measure& measure) {
  nlohmann::ordered_json row{{"n", n}, {"method", method}};
  try {
    const Measured measured = measure();
    row["count"] = kCount;
    row["batch"] = measured.batch;
    row["seconds"] = measured.seconds;
    row["matrices_per_second"] = kCount / measured.seconds;
    row["error"] = measured.error;
  } catch (const std::exception& error) {
    row["refusal"] = error.what();
  }
  std::printf("%s\n", row.dump().c_str());
  std::fflush(stdout);
}

using Scratch = plain::ConditionalScratch<plain::InterleavedDoubles>;

/// T and G of the S that thread i's memory holds.
struct Reduce {
  CellView cell;
  ConditionalView view;
  double* memory;
  std::int64_t entries;

  GNC_FN void operator()(std::uint32_t i) const {
    constexpr auto kThreads = static_cast<std::uint32_t>(plain::kInterleaved);
    Scratch scratch;
    scratch.place(cell, view,
                  memory + static_cast<std::int64_t>(i / kThreads) * entries * kThreads + i % kThreads);
    plain::tridiagonalize<plain::InterleavedDoubles>(scratch, view.n_train_rows);
    plain::factor_tridiagonal<plain::InterleavedDoubles>(scratch, view.n_train_rows);
  }
};

Measured reduction(int n, const std::vector<double>& matrices) {
  constexpr auto kThreads = static_cast<std::size_t>(plain::kInterleaved);
  CellView cell{};
  cell.n_rows = cell.n_cols = 1;
  ConditionalView view;
  view.n_train_rows = n;
  const std::int64_t entries = Scratch::entries(cell, view);
  std::vector<double> filled(kCount * static_cast<std::size_t>(entries));
  Scratch first;
  first.place(cell, view, filled.data());
  const auto block = [&](std::uint32_t k) {
    return k / kThreads * static_cast<std::size_t>(entries) * kThreads + k % kThreads;
  };
  const auto size = static_cast<std::size_t>(n);
  for (std::uint32_t k = 0; k < kCount; ++k) {
    for (std::size_t e = 0; e < size * size; ++e)
      first.S[block(k) + e * kThreads] = matrices[k * size * size + e];
  }
  CudaBackend queue;
  const DeviceBuffer<double> memory(filled.size());
  const auto reduce = [&] {
    queue.for_each(kCount, Reduce{cell, view, memory.get(), entries}, "reducing matrices");
  };
  const double seconds = least_seconds([&] { queue.upload(filled.data(), filled.size(), memory); }, reduce);
  std::vector<double> reduced(filled.size());
  queue.download(memory.get(), reduced.size(), reduced.data());
  queue.wait();
  const auto at = [&](const double* of_first, std::uint32_t k, std::size_t i) {
    return reduced[static_cast<std::size_t>(of_first - filled.data()) + block(k) + i * kThreads];
  };
  const auto squares_of = [&](std::uint32_t k) {
    double sum = 0.0;
    for (std::size_t i = 0; i < size; ++i) {
      const double beside = i + 1 < size ? at(first.beside, k, i) : 0.0;
      sum += at(first.diagonal, k, i) * at(first.diagonal, k, i) + 2.0 * beside * beside;
    }
    return sum;
  };
  return {seconds, largest_error(matrices, n, squares_of)};
}

template <class T>
struct Syevj;
template <>
struct Syevj<double> {
  static constexpr auto buffer_size = cusolverDnDsyevjBatched_bufferSize;
  static constexpr auto run = cusolverDnDsyevjBatched;
};
template <>
struct Syevj<float> {
  static constexpr auto buffer_size = cusolverDnSsyevjBatched_bufferSize;
  static constexpr auto run = cusolverDnSsyevjBatched;
};

/// A context of cuSOLVER, with what its eigen-solvers want to be told.
class Solver {
 public:
  Solver() {
    check(cusolverDnCreate(&handle_), "starting cuSOLVER");
    check(cusolverDnCreateSyevjInfo(&jacobi_), "preparing Jacobi's method");
    check(cusolverDnXsyevjSetSortEig(jacobi_, 0), "leaving eigenvalues unsorted");
    check(cusolverDnCreateParams(&params_), "preparing cuSOLVER");
  }
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;
  ~Solver() {
    cusolverDnDestroyParams(params_);
    cusolverDnDestroySyevjInfo(jacobi_);
    cusolverDnDestroy(handle_);
  }

  /// Jacobi's method, cusolverDn<t>syevjBatched.
  template <class T>
  Measured jacobi(int n, const std::vector<double>& matrices) {
    return decompose<T>(n, matrices, [&](T* A, T* W, std::uint32_t batch) {
      const int at_once = static_cast<int>(batch);
      int length = 0;
      check(Syevj<T>::buffer_size(handle_, kVectors, kLower, n, A, n, W, &length, jacobi_, at_once),
            "asking for memory");
      return [=, this, work = DeviceBuffer<T>(static_cast<std::size_t>(length))](T* matrix, T* values,
                                                                                 int* of_each) {
        check(Syevj<T>::run(handle_, kVectors, kLower, n, matrix, n, values, work.get(), length, of_each,
                            jacobi_, at_once),
              "decomposing matrices");
      };
    });
  }

#if CUSOLVER_VERSION >= 11701
  /// Matrices of any size, cusolverDnXsyevBatched.
  template <class T>
  Measured any_size(int n, const std::vector<double>& matrices) {
    constexpr cudaDataType kType = std::is_same_v<T, double> ? CUDA_R_64F : CUDA_R_32F;
    return decompose<T>(n, matrices, [&](T* A, T* W, std::uint32_t batch) {
      std::size_t on_device = 0, on_host = 0;
      check(cusolverDnXsyevBatched_bufferSize(handle_, params_, kVectors, kLower, n, kType, A, n, kType, W,
                                              kType, &on_device, &on_host, batch),
            "asking for memory");
      return [=, this, work = DeviceBuffer<std::byte>(on_device), of_host = std::vector<std::byte>(on_host)](
                 T* matrix, T* values, int* of_each) mutable {
        check(cusolverDnXsyevBatched(handle_, params_, kVectors, kLower, n, kType, matrix, n, kType, values,
                                     kType, work.get(), work.size(), of_host.data(), of_host.size(), of_each,
                                     batch),
              "decomposing matrices");
      };
    });
  }
#endif

 private:
  static constexpr cusolverEigMode_t kVectors = CUSOLVER_EIG_MODE_VECTOR;
  static constexpr cublasFillMode_t kLower = CUBLAS_FILL_MODE_LOWER;

  /// `prepare(A, W, batch)` returns what decomposes `batch` matrices into eigenvectors, in their place,
  /// eigenvalues and an answer for each, as it is told where these are: of A, of W and of theirs. cuSOLVER
  /// limits the batches of some methods, and says so by failing: they are halved until it does not.
  template <class T, class Prepare>
  Measured decompose(int n, const std::vector<double>& matrices, const Prepare& prepare) {
    for (std::uint32_t batch = kCount;; batch /= 2) {
      try {
        return decompose_by<T>(n, matrices, prepare, batch);
      } catch (const std::exception&) {
        if (batch / 2 < kFewest) throw;
      }
    }
  }

  template <class T, class Prepare>
  Measured decompose_by(int n, const std::vector<double>& matrices, const Prepare& prepare,
                        std::uint32_t batch) {
    const auto size = static_cast<std::size_t>(n);
    const std::vector<T> converted(matrices.begin(), matrices.end());
    const DeviceBuffer<T> A(converted.size()), W(kCount * size);
    const DeviceBuffer<int> info(kCount);
    auto decompose_batch = prepare(A.get(), W.get(), batch);
    const auto all = [&] {
      for (std::size_t from = 0; from < kCount; from += batch) {
        decompose_batch(A.get() + from * size * size, W.get() + from * size, info.get() + from);
      }
    };
    const double seconds = least_seconds([&] { queue_.upload(converted.data(), converted.size(), A); }, all);
    std::vector<int> failed(kCount);
    std::vector<T> eigenvalues(kChecked * size);
    queue_.download(info.get(), failed.size(), failed.data());
    queue_.download(W.get(), eigenvalues.size(), eigenvalues.data());
    queue_.wait();
    if (std::ranges::any_of(failed, [](int answer) { return answer != 0; })) {
      throw std::runtime_error("cuSOLVER did not converge for all matrices of n = " + std::to_string(n));
    }
    const auto squares_of = [&](std::uint32_t k) {
      const auto first = eigenvalues.begin() + static_cast<std::ptrdiff_t>(k * size);
      return std::inner_product(first, first + n, first, 0.0);
    };
    return {seconds, largest_error(matrices, n, squares_of), batch};
  }

  CudaBackend queue_;
  cusolverDnHandle_t handle_ = nullptr;
  syevjInfo_t jacobi_ = nullptr;
  cusolverDnParams_t params_ = nullptr;
};

void measure(const std::vector<int>& sizes) {
  Solver solver;
  for (const int n : sizes) {
    const std::vector<double> matrices = wishart(n, kCount);
    print_row(n, "gnc", [&] { return reduction(n, matrices); });
    print_row(n, "syevjBatched, double", [&] { return solver.jacobi<double>(n, matrices); });
    print_row(n, "syevjBatched, float", [&] { return solver.jacobi<float>(n, matrices); });
  }
#if CUSOLVER_VERSION >= 11701
  // Last: what it does to the device where it fails is not known.
  for (const int n : sizes) {
    const std::vector<double> matrices = wishart(n, kCount);
    print_row(n, "XsyevBatched, double", [&] { return solver.any_size<double>(n, matrices); });
    print_row(n, "XsyevBatched, float", [&] { return solver.any_size<float>(n, matrices); });
  }
#endif
}

}  // namespace
}  // namespace gnc

int main(int count, char** words) {
  std::vector<int> sizes;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    int n = 0;
    const auto [end, error] = std::from_chars(word.begin(), word.end(), n);
    if (error != std::errc{} || end != word.end() || n < 2 || n > gnc::kMostRows) {
      std::fprintf(stderr, "eigen_bench: %s: expected a whole number from 2 to %d\n", words[i],
                   gnc::kMostRows);
      return 2;
    }
    sizes.push_back(n);
  }
  if (sizes.empty()) sizes = {5, 10, 15, 20, 25, 32};
  try {
    gnc::measure(sizes);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "eigen_bench: %s\n", error.what());
    return 1;
  }
}
