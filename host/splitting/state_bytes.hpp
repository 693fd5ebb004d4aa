#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "kernels/philox_key.hpp"

namespace gnc {

/// Numbers as little-endian bytes, whatever the machine.
class StateWriter {
 public:
  explicit StateWriter(std::size_t size) { bytes_.reserve(size); }
  void u64(std::uint64_t x) { put(x, 8); }
  void u32(std::uint32_t x) { put(x, 4); }
  void real(double x) { u64(std::bit_cast<std::uint64_t>(x)); }
  void real(float x) { u32(std::bit_cast<std::uint32_t>(x)); }
  /// The bytes with their checksum behind them.
  std::vector<std::byte> take();

 private:
  void put(std::uint64_t x, int size) {
    for (int i = 0; i < size; ++i) bytes_.push_back(static_cast<std::byte>(x >> (8 * i)));
  }
  std::vector<std::byte> bytes_;
};

/// Reads what a StateWriter wrote. Throws std::invalid_argument where the bytes are damaged or run out.
class StateReader {
 public:
  explicit StateReader(std::span<const std::byte> bytes);
  std::uint64_t u64() { return get(8); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(get(4)); }
  double real64() { return std::bit_cast<double>(u64()); }
  float real32() { return std::bit_cast<float>(u32()); }
  std::size_t left() const { return bytes_.size() - at_; }

 private:
  std::uint64_t get(std::size_t size) {
    if (left() < size) throw std::invalid_argument("the state of a population ends too early");
    std::uint64_t x = 0;
    for (std::size_t i = 0; i < size; ++i) x |= static_cast<std::uint64_t>(bytes_[at_ + i]) << (8 * i);
    at_ += size;
    return x;
  }
  std::span<const std::byte> bytes_;  // without the checksum
  std::size_t at_ = 0;
};

}  // namespace gnc
