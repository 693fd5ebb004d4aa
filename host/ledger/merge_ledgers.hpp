#pragma once

#include <filesystem>
#include <functional>
#include <vector>

namespace gnc {

/// Makes one run of shards: a ledger in `out` that holds what one process would have recorded, bit for bit
/// save for times. UsageError, and nothing is made, where `out` holds a run, or where the shards in `folders`
/// (at least one) are not finished, are of different runs, programs or machines, overlap, or leave something
/// out; it names the folder and what is wrong. Shards are opened one at a time, each twice. `before_each`
/// is called before that; where it throws, nothing is made.
void merge_ledgers(
    const std::filesystem::path& out, const std::vector<std::filesystem::path>& folders,
    const std::function<void()>& before_each = [] {});

}  // namespace gnc
