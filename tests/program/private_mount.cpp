#include "tests/program/private_mount.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace gnc {
namespace {

bool write_line(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  return static_cast<bool>(file.flush());
}

/// A mount namespace of our own, as root or as the root of a user namespace; empty or why not. Once a
/// process.
std::string enter_namespace() {
  const std::string user = std::to_string(::geteuid());
  const std::string group = std::to_string(::getegid());
  if (::unshare(CLONE_NEWNS) != 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return std::string("unshare: ") + std::strerror(errno);
    const bool mapped = write_line("/proc/self/setgroups", "deny") &&
                        write_line("/proc/self/uid_map", "0 " + user + " 1") &&
                        write_line("/proc/self/gid_map", "0 " + group + " 1");
    if (!mapped) return "the user namespace cannot be set up";
  }
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return std::string("mount --make-rprivate: ") + std::strerror(errno);
  }
  return "";
}

}  // namespace

PrivateMount::PrivateMount(const std::filesystem::path& folder, const std::string& size) : folder_(folder) {
  static const std::string namespace_refusal = enter_namespace();
  refusal_ = namespace_refusal;
  if (!refusal_.empty()) return;
  std::filesystem::create_directories(folder_);
  if (::mount("tmpfs", folder_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) != 0) {
    refusal_ = std::string("mounting a tmpfs: ") + std::strerror(errno);
  }
}

PrivateMount::~PrivateMount() {
  if (refusal_.empty()) ::umount2(folder_.c_str(), MNT_DETACH);
}

void PrivateMount::change(unsigned long flags, const std::string& options) {
  if (::mount(nullptr, folder_.c_str(), nullptr, MS_REMOUNT | flags, options.c_str()) != 0) {
    throw std::runtime_error(std::string("remount: ") + std::strerror(errno));
  }
}

void PrivateMount::resize(const std::string& size) { change(0, "size=" + size); }

void PrivateMount::make_read_only() { change(MS_RDONLY, ""); }

}  // namespace gnc
