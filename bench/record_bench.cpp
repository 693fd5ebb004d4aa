#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "host/config/presets.hpp"
#include "host/experiment/rank_messages.hpp"
#include "host/ledger/ledger.hpp"

// What a chunk costs besides its draws: its transaction, and its message where another rank drew it.
// Argument: accepted draws that it brings to be kept.

namespace gnc {
namespace {

FinishedWork work_of(std::uint64_t chunk, std::int64_t stored) {
  ChunkResult result;
  result.drawn = 1'000'000;
  result.accepted = {{static_cast<std::uint64_t>(stored), {chunk, 0}, {chunk, 0}, 0}};
  result.prior = {62'500, {chunk, 1}, {chunk, 2}, 0};
  for (std::int64_t i = 0; i < stored; ++i) {
    result.stored.push_back(
        {chunk * result.drawn + static_cast<std::uint64_t>(i), 0.01f, 0.2f, std::vector<float>(25, 0.1f)});
  }
  return {0, {chunk * result.drawn, (chunk + 1) * result.drawn}, std::move(result), 0.3};
}

void record_chunk(benchmark::State& state) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("gnc-record-bench-" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  Config config = preset_config("fig1-linear").config;
  config.gnc_num_samples = std::uint64_t{1} << 62;
  config.max_stored = 1'000'000'000;
  {
    Ledger ledger = Ledger::create(folder, config, "cpu", "fma", std::nullopt);
    std::uint64_t chunk = 0;
    for (auto _ : state) {
      const FinishedWork work = work_of(chunk++, state.range(0));
      ledger.record_chunk(work.cell, work.range, std::get<ChunkResult>(work.result), work.seconds);
    }
  }
  std::filesystem::remove_all(folder);
}

void message_of_chunk(benchmark::State& state) {
  const FinishedWork work = work_of(123'456, state.range(0));
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::vector<std::uint8_t> message = encode(work);
    bytes = message.size();
    benchmark::DoNotOptimize(decode(message));
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}

BENCHMARK(record_chunk)->Arg(0)->Arg(10)->Arg(1000);
BENCHMARK(message_of_chunk)->Arg(0)->Arg(10)->Arg(1000);

}  // namespace
}  // namespace gnc
