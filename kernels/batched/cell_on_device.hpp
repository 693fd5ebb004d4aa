#pragma once

#include <cstddef>

#include "kernels/cell_view.hpp"

namespace gnc {

/// A cell whose measurements lie in the memory of a backend's device.
template <class Backend>
class CellOnDevice {
 public:
  /// Memory for cells of the sizes of this one.
  explicit CellOnDevice(const CellView& cell)
      : view_(cell),
        filter_rows_(count(cell.n_filter, cell.n_entries())),
        filter_targets_(count(cell.n_filter, 1)),
        A_test_(count(cell.n_test, cell.n_entries())),
        b_test_(count(cell.n_test, 1)) {}

  bool has_sizes_of(const CellView& cell) const {
    return cell.n_entries() == view_.n_entries() && cell.n_filter == view_.n_filter &&
           cell.n_test == view_.n_test;
  }

  /// Holds `cell`, on the host and of the same sizes, from now on; waits until it is there.
  void upload(Backend& queue, const CellView& cell) {
    queue.upload(cell.filter_rows, filter_rows_.size(), filter_rows_);
    queue.upload(cell.filter_targets, filter_targets_.size(), filter_targets_);
    queue.upload(cell.A_test, A_test_.size(), A_test_);
    queue.upload(cell.b_test, b_test_.size(), b_test_);
    queue.wait();
    view_ = cell;
    view_.filter_rows = filter_rows_.get();
    view_.filter_targets = filter_targets_.get();
    view_.A_test = A_test_.get();
    view_.b_test = b_test_.get();
  }

  /// After `upload`: the cell with its matrices on the device.
  const CellView& view() const { return view_; }

 private:
  static std::size_t count(int rows, int cols) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  }

  CellView view_;
  typename Backend::template Buffer<float> filter_rows_;
  typename Backend::template Buffer<float> filter_targets_;
  typename Backend::template Buffer<float> A_test_;
  typename Backend::template Buffer<float> b_test_;
};

}  // namespace gnc
