#pragma once

namespace gnc {

/// Says on stderr what ended a command, and returns the exit code for it. To be called where that was caught.
int report_error();

}  // namespace gnc
