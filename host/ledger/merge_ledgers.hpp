#pragma once

#include <filesystem>
#include <vector>

namespace gnc {

/// Makes one run of shards: a ledger in `out` that holds what one process would have recorded, bit for bit
/// save for times. UsageError, and nothing is made, where `out` holds a run, or where the shards in `folders`
/// (at least one) are not finished, are of different runs, programs or machines, overlap, or leave something
/// out; it names the folder and what is wrong.
void merge_ledgers(const std::filesystem::path& out, const std::vector<std::filesystem::path>& folders);

}  // namespace gnc
