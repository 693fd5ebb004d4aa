#include "host/config/config_difference.hpp"

#include <nlohmann/json.hpp>

#include "host/config/config_json.hpp"
#include "host/config/unused_keys.hpp"

namespace gnc {

std::optional<ConfigDifference> first_difference(const Config& first, const Config& second,
                                                 const std::vector<std::string_view>& ignored) {
  nlohmann::ordered_json a = to_json(first);
  nlohmann::ordered_json b = to_json(second);
  // What decides whether a key is used is compared as well: the first config tells for both.
  std::vector<std::string_view> left_out = unused_keys(first);
  left_out.insert(left_out.end(), {"name", "problem", "chunk_size"});
  left_out.insert(left_out.end(), ignored.begin(), ignored.end());
  for (const std::string_view key : left_out) {
    a.erase(std::string(key));
    b.erase(std::string(key));
  }
  const auto text = [](const nlohmann::ordered_json& json, const std::string& key) {
    const auto found = json.find(key);
    return found == json.end() ? std::string("none") : found->dump();
  };
  for (const auto* json : {&b, &a}) {
    for (const auto& [key, value] : json->items()) {
      if (text(a, key) != text(b, key)) return ConfigDifference{key, text(a, key), text(b, key)};
    }
  }
  return std::nullopt;
}

}  // namespace gnc
