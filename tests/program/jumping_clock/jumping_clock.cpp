// Preloaded into a program (LD_PRELOAD), makes its wall clock jump by hours, forwards and backwards, from one
// reading to the next. Clocks that nobody sets are left as they are.
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <ctime>

namespace {

std::atomic<unsigned> readings{0};

std::time_t next_jump() {
  constexpr std::array<std::time_t, 6> hours{5, 29, -3, -49, 0, 700};
  return 3600 * hours[readings.fetch_add(1) % hours.size()];
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const auto result = static_cast<int>(::syscall(SYS_clock_gettime, clock, now));
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += next_jump();
  return result;
}

int gettimeofday(timeval* now, void* /*zone*/) noexcept {
  timespec exact{};
  if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return -1;
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

std::time_t time(std::time_t* copy) noexcept {
  timespec exact{};
  if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return -1;
  if (copy != nullptr) *copy = exact.tv_sec;
  return exact.tv_sec;
}

int timespec_get(timespec* now, int base) noexcept {
  return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

}  // extern "C"
