#pragma once

#include <filesystem>
#include <string_view>

namespace gnc {

/// Writes a whole file: a temporary file beside it, flushed to the disk, takes its name, so that a reader
/// finds the old text or the new one. Throws RunError naming the file where the disk refuses.
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace gnc
