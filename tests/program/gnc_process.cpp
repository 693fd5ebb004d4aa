#include "tests/program/gnc_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string_view>

namespace gnc {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> list;
  for (std::string& word : words) list.push_back(word.data());
  list.push_back(nullptr);
  return list;
}

std::vector<std::string> environment_of(const GncCall& call) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      variables[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  }
  if (!call.figures) variables["PATH"] = "/nonexistent";
  for (const auto& [name, value] : call.environment) variables[name] = value;
  std::vector<std::string> list;
  for (const auto& [name, value] : variables) list.push_back(name + "=" + value);
  return list;
}

std::string content_of(int descriptor) {
  std::string text(static_cast<std::size_t>(::lseek(descriptor, 0, SEEK_END)), '\0');
  if (::pread(descriptor, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("captured output cannot be read");
  }
  return text;
}

/// The end to write to of a pipe whose other end is closed.
int unread_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  ::close(ends[0]);
  return ends[1];
}

}  // namespace

GncProcess::GncProcess(const GncCall& call)
    : out_(::memfd_create("out", MFD_CLOEXEC)), err_(::memfd_create("err", MFD_CLOEXEC)) {
  std::vector<std::string> words = call.arguments;
  const std::string program = call.program.empty() ? GNC_PROGRAM : call.program;
  words.insert(words.begin(), program);
  std::vector<std::string> variables = environment_of(call);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, call.folder.c_str());
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (call.output.empty()) {
    posix_spawn_file_actions_adddup2(&actions, out_, STDOUT_FILENO);
  } else {
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, call.output.c_str(), O_WRONLY, 0);
  }
  posix_spawn_file_actions_adddup2(&actions, err_, STDERR_FILENO);
  const int unread = call.output_unread || call.errors_unread ? unread_pipe() : -1;
  if (call.output_unread) posix_spawn_file_actions_adddup2(&actions, unread, STDOUT_FILENO);
  if (call.errors_unread) posix_spawn_file_actions_adddup2(&actions, unread, STDERR_FILENO);
  const int error = posix_spawn(&child_, program.c_str(), &actions, nullptr, pointers(words).data(),
                                pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (unread >= 0) ::close(unread);
  if (error != 0 || out_ < 0 || err_ < 0) throw std::runtime_error("gnc cannot be started");
}

GncProcess::~GncProcess() {
  if (child_ > 0) {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  ::close(out_);
  ::close(err_);
}

void GncProcess::send(int signal) const { ::kill(child_, signal); }

bool GncProcess::ended() const {
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
    throw std::runtime_error("gnc cannot be looked at");
  }
  return info.si_pid != 0;
}

GncEnd GncProcess::wait() {
  int status = 0;
  rusage usage{};
  while (::wait4(child_, &status, 0, &usage) < 0) {
    if (errno != EINTR) throw std::runtime_error("gnc cannot be waited for");
  }
  child_ = 0;
  GncEnd end;
  if (WIFEXITED(status)) end.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  end.out = content_of(out_);
  end.err = content_of(err_);
  end.peak_kib = usage.ru_maxrss;
  return end;
}

GncEnd run_gnc(const GncCall& call) { return GncProcess(call).wait(); }

GncEnd run_gnc(const std::filesystem::path& folder, std::vector<std::string> arguments) {
  GncCall call;
  call.folder = folder;
  call.arguments = std::move(arguments);
  return run_gnc(call);
}

}  // namespace gnc
