#include "host/cli/report_error.hpp"

#include <exception>
#include <iostream>
#include <new>
#include <string>

#include "host/cli/execute.hpp"
#include "host/cli/standard_output.hpp"
#include "host/errors.hpp"

namespace gnc {

namespace {

/// In one piece, so that what other processes write beside does not come between.
void say(const char* what) { std::cerr << std::string("gnc: ") + what + '\n'; }

}  // namespace

int report_error() {
  try {
    throw;
  } catch (const UsageError& error) {
    say(error.what());
    return kBadUsage;
  } catch (const OutputClosed&) {
    return kFailed;
  } catch (const std::bad_alloc&) {
    say("out of memory");
  } catch (const std::exception& error) {
    say(error.what());
  }
  return kFailed;
}

}  // namespace gnc
