#pragma once

namespace gnc {

/// Half the width, in standard errors, of a 95 % interval whose standard error has `degrees` > 0 degrees of
/// freedom: Student's quantile at 0.975. Infinite degrees give the normal law's.
double student_half_width(double degrees);

}  // namespace gnc
