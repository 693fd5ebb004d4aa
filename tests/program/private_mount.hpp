#pragma once

#include <filesystem>
#include <string>

namespace gnc {

/// A file system in memory, mounted on a folder for this process and its children alone; gone with the
/// object.
class PrivateMount {
 public:
  /// `size` as mount(8) takes it, such as "2m". Look at `refusal` before use.
  PrivateMount(const std::filesystem::path& folder, const std::string& size);
  PrivateMount(const PrivateMount&) = delete;
  PrivateMount& operator=(const PrivateMount&) = delete;
  ~PrivateMount();

  /// Why nothing is mounted; empty: it is.
  const std::string& refusal() const { return refusal_; }
  void resize(const std::string& size);
  void make_read_only();

 private:
  void change(unsigned long flags, const std::string& options);

  std::filesystem::path folder_;
  std::string refusal_;
};

}  // namespace gnc
