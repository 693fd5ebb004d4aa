#pragma once

#include <cstddef>
#include <string>

namespace gnc {

/// A text on a terminal that later texts take the place of. Nothing has to be undone when the program ends at
/// any moment: the last text stays above the cursor.
class RedrawnText {
 public:
  /// What to print so that `text` stands where the last one stood, cut to a terminal of `rows` and `columns`
  /// (bytes of ASCII), with one of each left free.
  std::string show(const std::string& text, std::size_t rows, std::size_t columns);

 private:
  std::size_t lines_ = 0;
};

}  // namespace gnc
