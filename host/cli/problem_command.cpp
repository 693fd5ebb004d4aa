#include <ostream>

#include "host/cli/execute.hpp"
#include "host/cli/problem_config.hpp"
#include "host/problem/problem_file.hpp"
#include "host/problem/random_problem.hpp"

namespace gnc {

int execute(const ProblemCommand& command, std::ostream& out) {
  const Problem problem = random_problem(problem_config(command), command.replicate);
  if (command.out) {
    write_problem(problem, *command.out);
  } else {
    out << problem_json(problem).dump() << '\n';
  }
  return kDone;
}

}  // namespace gnc
