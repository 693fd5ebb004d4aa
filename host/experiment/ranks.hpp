#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

namespace gnc {

/// Bytes from another rank.
struct RankMessage {
  int from = 0;
  std::vector<std::uint8_t> bytes;
};

/// The processes that share a run, numbered from 0. To be used by one thread of each. Failures of what
/// carries the messages are RunErrors.
class Ranks {
 public:
  Ranks() = default;
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;
  virtual ~Ranks() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;
  /// This rank's number among those on its host, and how many they are.
  virtual int local_rank() const = 0;
  virtual int local_size() const = 0;

  /// Messages between two ranks arrive in the order they were sent. Does not wait for them to arrive.
  virtual void send(int to, std::vector<std::uint8_t> bytes) = 0;
  /// Bytes of this rank's messages that are kept because they have not arrived. Grows without bound where
  /// others do not receive.
  virtual std::size_t on_the_way() const = 0;
  /// The next message that is here; does not wait for one.
  virtual std::optional<RankMessage> receive() = 0;

  /// Ends the processes of all ranks, whatever they are at, with this exit code.
  [[noreturn]] virtual void abort(int code) = 0;
};

/// A run of one process.
class SingleRank final : public Ranks {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  int local_rank() const override { return 0; }
  int local_size() const override { return 1; }
  void send(int, std::vector<std::uint8_t>) override {}
  std::size_t on_the_way() const override { return 0; }
  std::optional<RankMessage> receive() override { return std::nullopt; }
  [[noreturn]] void abort(int code) override { std::_Exit(code); }
};

}  // namespace gnc
