#include "tests/engine/reference_cases.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "kernels/draw_form.hpp"
#include "tests/estimators/estimate_cell.hpp"

namespace gnc {
namespace {

// GNC_REFERENCE_DRAWS sets the draws a case; 1e9 is the budget of the figures themselves.
double draws_per_case() {
  if (const char* text = std::getenv("GNC_REFERENCE_DRAWS")) return std::atof(text);
#ifdef __SANITIZE_ADDRESS__
  return 5e5;
#else
  return 3e7;
#endif
}

TEST(Reference, HasEveryRejectionCase) { EXPECT_EQ(rejection_cases().size(), 8u); }

void expect_rejection_to_agree(const ReferenceCase& c) {
  const PreparedCell cell = prepared_cell(c);
  const std::uint64_t draws = draws_of(c, draws_per_case());
  LossSums accepted, prior;
  for (const ChunkResult& result : run_cell(cell, c.config.gnc_eps_train, draws)) {
    accepted.add(result.accepted[0]);
    prior.add(result.prior);
  }
  expect_reference(c, accepted, prior, draws);
}

TEST(Reference, RejectionAgreesWithin4CombinedStandardErrors) {
  for (const ReferenceCase& c : rejection_cases()) expect_rejection_to_agree(c);
}

TEST(Reference, DrawLawProductAgreesWithin4CombinedStandardErrors) {
  int cases = 0;
  for (ReferenceCase& c : rejection_cases()) {
    c.config.draw = DrawLaw::Product;
    if (draw_form(prepared_cell(c).view()) == DrawForm::Factors) continue;
    expect_rejection_to_agree(c);
    ++cases;
  }
  EXPECT_EQ(cases, 4);
}

}  // namespace
}  // namespace gnc
