#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace gnc {

/// Writes a whole file: a temporary file beside it, flushed to the disk, takes its name, so that a reader
/// finds the old text or the new one. A link is followed; what is no plain file, a device, is written as it
/// is. Throws RunError naming the file where the disk refuses.
void write_file(const std::filesystem::path& path, std::string_view text);

/// Ends the names of what this process has not finished writing.
std::string temporary_ending();

/// Removes all of that in a folder, for a process that ends in the midst of it. What cannot be removed stays.
void remove_temporaries(const std::filesystem::path& folder);

}  // namespace gnc
