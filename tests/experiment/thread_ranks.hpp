#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "host/experiment/ranks.hpp"

namespace gnc {

/// Messages between ranks that are threads of one process. A message is on its way until it is received.
class RankNetwork {
 public:
  void send(int from, int to, std::vector<std::uint8_t> bytes) {
    const std::lock_guard lock(mutex_);
    on_the_way_[from] += bytes.size();
    boxes_[to].push_back({from, std::move(bytes)});
  }
  std::size_t on_the_way(int from) {
    const std::lock_guard lock(mutex_);
    return on_the_way_[from];
  }
  std::optional<RankMessage> receive(int rank) {
    const std::lock_guard lock(mutex_);
    auto& box = boxes_[rank];
    if (box.empty()) return std::nullopt;
    RankMessage message = std::move(box.front());
    box.pop_front();
    on_the_way_[message.from] -= message.bytes.size();
    return message;
  }
  bool empty() {
    const std::lock_guard lock(mutex_);
    for (const auto& [rank, box] : boxes_) {
      if (!box.empty()) return false;
    }
    return true;
  }

 private:
  std::mutex mutex_;
  std::map<int, std::deque<RankMessage>> boxes_;
  std::map<int, std::size_t> on_the_way_;
};

/// One of `size` such ranks. An abort is thrown.
class ThreadRanks : public Ranks {
 public:
  struct Aborted : std::runtime_error {
    explicit Aborted(int with) : std::runtime_error("aborted"), code(with) {}
    int code;
  };

  ThreadRanks(RankNetwork& network, int rank, int size) : network_(network), rank_(rank), size_(size) {}
  int rank() const override { return rank_; }
  int size() const override { return size_; }
  int local_rank() const override { return rank_; }
  int local_size() const override { return size_; }
  void send(int to, std::vector<std::uint8_t> bytes) override { network_.send(rank_, to, std::move(bytes)); }
  std::size_t on_the_way() const override { return network_.on_the_way(rank_); }
  std::optional<RankMessage> receive() override { return network_.receive(rank_); }
  [[noreturn]] void abort(int code) override { throw Aborted(code); }

 private:
  RankNetwork& network_;
  int rank_;
  int size_;
};

}  // namespace gnc
