#include "host/statistics/student_t.hpp"

#include <boost/math/distributions/students_t.hpp>

namespace gnc {

double student_half_width(double degrees) {
  return boost::math::quantile(boost::math::complement(boost::math::students_t(degrees), 0.025));
}

}  // namespace gnc
