#include "host/report/inline_svg.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace gnc {
namespace {

/// What stands before an id within a tag.
constexpr std::array<std::string_view, 5> kBeforeId{" id=\"", " id='", "href=\"#", "href='#", "url(#"};

/// The tag with the prefix before its ids.
std::string with_prefix(std::string_view tag, std::string_view prefix) {
  std::string text;
  while (!tag.empty()) {
    const auto* const found =
        std::ranges::find_if(kBeforeId, [&](std::string_view before) { return tag.starts_with(before); });
    const std::size_t length = found == kBeforeId.end() ? 1 : found->size();
    text += tag.substr(0, length);
    if (found != kBeforeId.end()) text += prefix;
    tag.remove_prefix(length);
  }
  return text;
}

}  // namespace

std::optional<std::string> inline_svg(const std::string& document, const std::string& prefix) {
  const std::size_t root = document.find("<svg");
  if (root == std::string::npos) return std::nullopt;
  std::string text;
  for (std::size_t at = root; at < document.size();) {
    const bool tag = document[at] == '<';
    const std::size_t end = std::min(document.find(tag ? '>' : '<', at), document.size());
    const std::string_view part = std::string_view(document).substr(at, end - at);
    text += tag ? with_prefix(part, prefix) : std::string(part);
    at = end;
    if (tag && at < document.size()) text += document[at++];
  }
  return text;
}

}  // namespace gnc
