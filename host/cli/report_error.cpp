#include "host/cli/report_error.hpp"

#include <exception>
#include <iostream>
#include <new>

#include "host/cli/execute.hpp"
#include "host/errors.hpp"

namespace gnc {

int report_error() {
  try {
    throw;
  } catch (const UsageError& error) {
    std::cerr << "gnc: " << error.what() << '\n';
    return kBadUsage;
  } catch (const std::bad_alloc&) {
    std::cerr << "gnc: out of memory\n";
  } catch (const std::exception& error) {
    std::cerr << "gnc: " << error.what() << '\n';
  }
  return kFailed;
}

}  // namespace gnc
