#include "host/splitting/state_bytes.hpp"

#include <utility>

namespace gnc {
namespace {

constexpr std::size_t kChecksumBytes = 8;

std::uint64_t checksum(std::span<const std::byte> bytes) {
  std::uint64_t sum = splitmix64(bytes.size());
  std::size_t i = 0;
  while (i < bytes.size()) {
    std::uint64_t word = 0;
    for (int shift = 0; shift < 64 && i < bytes.size(); shift += 8, ++i) {
      word |= static_cast<std::uint64_t>(bytes[i]) << shift;
    }
    sum = splitmix64(sum ^ word);
  }
  return sum;
}

}  // namespace

std::vector<std::byte> StateWriter::take() {
  u64(checksum(bytes_));
  return std::move(bytes_);
}

StateReader::StateReader(std::span<const std::byte> bytes) : bytes_(bytes) {
  if (bytes.size() < kChecksumBytes) throw std::invalid_argument("the state of a population is too short");
  bytes_ = bytes.last(kChecksumBytes);
  const std::uint64_t expected = u64();
  bytes_ = bytes.first(bytes.size() - kChecksumBytes);
  at_ = 0;
  if (checksum(bytes_) != expected) throw std::invalid_argument("the state of a population is damaged");
}

}  // namespace gnc
