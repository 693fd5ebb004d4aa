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
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace gnc {
namespace {

/// The program's own environment without GNUTERM: gnuplot fails at once where that names a terminal it was
/// built without, though every script sets its own.
std::vector<char*> child_environment() {
  std::vector<char*> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("GNUTERM=")) variables.push_back(*entry);
  }
  variables.push_back(nullptr);
  return variables;
}

/// What a child is started with; released with the object.
class SpawnPlan {
 public:
  SpawnPlan(const std::filesystem::path& folder, const std::string& log) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    keep(posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str()));
    keep(posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0));
    keep(posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                          0666));
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
    if (error_ != 0) return error_;
    std::vector<char*> variables = child_environment();
    return posix_spawnp(&child, arguments[0], &actions_, &attributes_, arguments, variables.data());
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

/// Waits for a child. Its status; absent where it cannot be told, which errno explains.
std::optional<int> ended(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return std::nullopt;
  }
  return status;
}

std::string failure_text(int error) {
  return fmt::format("gnuplot: {}", std::generic_category().message(error));
}

const GnuplotOutcome kNotFound{false, "gnuplot was not found"};

}  // namespace

Gnuplot::Gnuplot(const std::filesystem::path& folder, const std::string& script) {
  const std::string log = script + ".log";
  std::array<std::string, 3> words{"gnuplot", "--default-settings", script};
  std::array<char*, 4> arguments{words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t child = 0;
  SpawnPlan plan(folder, log);
  const int error = plan.start(child, arguments.data());
  if (error == 0) {
    child_ = child;
    log_ = folder / log;
  } else {
    not_started_ = error == ENOENT || error == EACCES ? kNotFound : GnuplotOutcome{true, failure_text(error)};
  }
}

Gnuplot::Gnuplot(Gnuplot&& other) noexcept
    : log_(std::move(other.log_)),
      child_(std::exchange(other.child_, std::nullopt)),
      not_started_(std::move(other.not_started_)) {}

Gnuplot::~Gnuplot() {
  if (child_) ended(*child_);
}

GnuplotOutcome Gnuplot::wait() {
  if (!child_) return not_started_;
  const std::optional<int> status = ended(*child_);
  child_.reset();
  if (!status) return {true, failure_text(errno)};
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return {};
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 127) return kNotFound;
  const std::string printed = read_log(log_);
  return {true, printed.empty() ? std::string("gnuplot failed and printed nothing") : "gnuplot: " + printed};
}

}  // namespace gnc
