#pragma once

#include "kernels/cell_view.hpp"

namespace gnc {

/// A cell of kRows x kCols matrices by value, its measurements included, to be the parameter of a kernel: on
/// a device it then lies where all threads read one value at once.
template <int kRows, int kCols>
struct CellByValue {
  static constexpr int entries = kRows * kCols;
  /// Rows of the train filter, padded, and of A_test that there is room for.
  static constexpr int most_rows = (entries + kFilterGroup - 1) / kFilterGroup * kFilterGroup;

  static bool has_room(const CellView& cell) { return cell.n_filter + cell.n_test <= most_rows; }

  /// `cell`: on the host.
  CellByValue(const CellView& host_cell, const CellView&) : cell(host_cell), rows{}, targets{} {
    for (int i = 0; i < cell.n_filter * entries; ++i) rows[i] = cell.filter_rows[i];
    for (int i = 0; i < cell.n_filter; ++i) targets[i] = cell.filter_targets[i];
    for (int i = 0; i < cell.n_test * entries; ++i) rows[cell.n_filter * entries + i] = cell.A_test[i];
    for (int i = 0; i < cell.n_test; ++i) targets[cell.n_filter + i] = cell.b_test[i];
  }

  /// The cell with its matrices here, and its sizes known to the compiler.
  GNC_FN CellView view() const {
    CellView sized = cell;
    sized.n_rows = kRows;
    sized.n_cols = kCols;
    sized.filter_rows = rows;
    sized.filter_targets = targets;
    sized.A_test = rows + cell.n_filter * entries;
    sized.b_test = targets + cell.n_filter;
    return sized;
  }

  CellView cell;
  float rows[most_rows * entries];
  float targets[most_rows];
};

/// A cell whose measurements lie in the device's memory.
struct CellByReference {
  static bool has_room(const CellView&) { return true; }

  CellByReference(const CellView&, const CellView& device_cell) : cell(device_cell) {}

  GNC_FN CellView view() const { return cell; }

  CellView cell;
};

}  // namespace gnc
