#pragma once

#include "host/problem/problem.hpp"

namespace gnc {

/// An orthonormal basis, row by row, of the orthogonal complement of the rows of A (n x p), by QR with column
/// pivoting. Rows that depend on others up to 1e-10 of the largest add nothing to the span. Returns
/// (p - rank) x p, with no rows where A spans the whole space.
RowMatrix orthonormal_complement(const RowMatrix& A);

}  // namespace gnc
