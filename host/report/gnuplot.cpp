#include "host/report/gnuplot.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <system_error>

namespace gnc {
namespace {

constexpr const char* kLog = "gnuplot.log";

/// What a child is started with; released with the object.
class SpawnPlan {
 public:
  explicit SpawnPlan(const std::filesystem::path& folder) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    keep(posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str()));
    keep(posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0));
    keep(
        posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, kLog, O_WRONLY | O_CREAT | O_TRUNC, 0666));
    keep(posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO));
    // The program's own signal handling must not reach the child.
    sigset_t signals;
    sigemptyset(&signals);
    keep(posix_spawnattr_setsigmask(&attributes_, &signals));
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGPIPE);
    keep(posix_spawnattr_setsigdefault(&attributes_, &signals));
    keep(posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  /// 0 or the error that stopped it.
  int start(pid_t& child, char* const* arguments) {
    return error_ != 0 ? error_
                       : posix_spawnp(&child, arguments[0], &actions_, &attributes_, arguments, environ);
  }

 private:
  void keep(int error) {
    if (error_ == 0) error_ = error;
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
  int error_ = 0;
};

// gnuplot prints the offending line, a caret, and the reason: one line of it all.
std::string read_log(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 2000> buffer{};
  file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  std::string line;
  for (const char letter : std::string(buffer.data(), static_cast<std::size_t>(file.gcount()))) {
    const bool space = static_cast<unsigned char>(letter) <= ' ';
    if (!space) {
      line += letter;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace

GnuplotOutcome run_gnuplot(const std::filesystem::path& folder, const std::string& script) {
  std::array<std::string, 3> words{"gnuplot", "--default-settings", script};
  std::array<char*, 4> arguments{words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t child = 0;
  SpawnPlan plan(folder);
  const int error = plan.start(child, arguments.data());
  if (error == ENOENT || error == EACCES) return {false, "gnuplot was not found"};
  if (error != 0) return {true, fmt::format("gnuplot: {}", std::generic_category().message(error))};

  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return {true, fmt::format("gnuplot: {}", std::generic_category().message(errno))};
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return {false, "gnuplot was not found"};
  const std::string printed = read_log(folder / kLog);
  return {true, printed.empty() ? std::string("gnuplot failed and printed nothing") : "gnuplot: " + printed};
}

}  // namespace gnc
