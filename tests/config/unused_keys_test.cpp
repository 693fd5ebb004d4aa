#include "host/config/unused_keys.hpp"

#include <gtest/gtest.h>

#include "host/config/config_difference.hpp"
#include "tests/experiment/small_experiment.hpp"

namespace gnc {
namespace {

using Json = nlohmann::ordered_json;

bool unused(std::string_view key, const Json& changes) { return is_unused(small_experiment(changes), key); }

TEST(UnusedKeys, AreThoseThatOtherKeysDecide) {
  EXPECT_TRUE(unused("negative_slope", {{"activation", "Tanh"}}));
  EXPECT_FALSE(unused("negative_slope", {{"activation", "Leaky ReLU"}}));
  EXPECT_TRUE(unused("gnc_softening", {{"gnc_normalize", false}}));
  EXPECT_FALSE(unused("gnc_softening", {{"gnc_normalize", true}}));
  for (const char* key : {"gd_lrs", "gd_init_scales", "gd_epochs", "gd_momentum"}) {
    EXPECT_TRUE(unused(key, {{"gd", false}}));
    EXPECT_FALSE(unused(key, {{"gd", true}}));
    const Json infinite = {{"widths", {"inf"}}, {"activation", "Linear"}, {"draw", "product"}};
    EXPECT_TRUE(unused(key, infinite)) << "nothing descends there";
  }
  EXPECT_FALSE(unused("chunk_size", Json::object()));
  EXPECT_FALSE(unused("max_stored", Json::object()));
}

TEST(UnusedKeys, AreThoseOfOtherEstimators) {
  for (const char* estimator : {"reject", "conditional", "splitting", "auto"}) {
    SCOPED_TRACE(estimator);
    const std::string name = estimator;
    const Json changes = {{"estimator", name}};
    EXPECT_EQ(unused("gnc_num_samples", changes), name == "splitting");
    EXPECT_EQ(unused("chunk_size", changes), name == "splitting");
    EXPECT_EQ(unused("draw", changes), name == "splitting" || name == "conditional");
    for (const char* key : {"splitting_particles", "splitting_sweeps", "splitting_populations"}) {
      EXPECT_EQ(unused(key, changes), name == "reject" || name == "conditional");
    }
  }
  EXPECT_FALSE(unused(
      "draw",
      {{"estimator", "conditional"}, {"widths", {4, "inf"}}, {"activation", "Linear"}, {"draw", "product"}}));
}

TEST(ConfigDifference, OfKeysWithoutEffectIsNone) {
  const Config config = small_experiment();
  const auto difference = [&](const Json& changes) {
    const auto found = first_difference(config, small_experiment(changes));
    return found ? found->key : std::string();
  };
  EXPECT_EQ(difference({{"gnc_batch_sizes", {7, 8}},
                        {"gd_log_period", 7},
                        {"gd_print_period", 7},
                        {"gd_verbose", true},
                        {"negative_slope", 0.5},
                        {"gnc_softening", 0.1},
                        {"splitting_particles", 77},
                        {"chunk_size", 1234}}),
            "");
  EXPECT_EQ(difference({{"max_stored", 7}}), "max_stored");
  EXPECT_EQ(difference({{"gd_momentum", 0.5}}), "gd_momentum");
  EXPECT_EQ(difference({{"activation", "Leaky ReLU"}, {"negative_slope", 0.5}}), "activation");
}

}  // namespace
}  // namespace gnc
