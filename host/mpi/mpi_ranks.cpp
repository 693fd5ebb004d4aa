#include "host/mpi/mpi_ranks.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <limits>
#include <string>
#include <utility>

#include "host/errors.hpp"

namespace gnc {
namespace {

constexpr int kTag = 0;

void check(int code, const char* doing) {
  if (code == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(code, text, &length);
  throw RunError(fmt::format("MPI: {}: {}", doing, std::string(text, static_cast<std::size_t>(length))));
}

}  // namespace

MpiRanks::MpiRanks() {
  int provided = 0;
  check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "starting");
  if (provided < MPI_THREAD_FUNNELED) throw RunError("MPI: starting: this MPI allows no threads beside it");
  check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "starting");
  check(MPI_Comm_rank(MPI_COMM_WORLD, &rank_), "starting");
  check(MPI_Comm_size(MPI_COMM_WORLD, &size_), "starting");
  MPI_Comm host = MPI_COMM_NULL;
  check(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &host), "starting");
  check(MPI_Comm_rank(host, &local_rank_), "starting");
  check(MPI_Comm_size(host, &local_size_), "starting");
  check(MPI_Comm_free(&host), "starting");
}

MpiRanks::~MpiRanks() {
  // A failure here has nobody to be told to: what counts is in the ledger.
  for (Sending& message : sending_) MPI_Wait(&message.request, MPI_STATUS_IGNORE);
  MPI_Finalize();
}

void MpiRanks::send(int to, std::vector<std::uint8_t> bytes) {
  forget_arrived();
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw RunError(fmt::format("MPI: a message of {} bytes is too long", bytes.size()));
  }
  Sending& message = sending_.emplace_back();
  message.bytes = std::move(bytes);
  on_the_way_ += message.bytes.size();
  check(MPI_Isend(message.bytes.data(), static_cast<int>(message.bytes.size()), MPI_BYTE, to, kTag,
                  MPI_COMM_WORLD, &message.request),
        "sending");
}

std::optional<RankMessage> MpiRanks::receive() {
  forget_arrived();
  int here = 0;
  MPI_Message handle = MPI_MESSAGE_NULL;
  MPI_Status status;
  check(MPI_Improbe(MPI_ANY_SOURCE, kTag, MPI_COMM_WORLD, &here, &handle, &status), "looking for a message");
  if (here == 0) return std::nullopt;
  int size = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &size), "looking for a message");
  RankMessage message{status.MPI_SOURCE, std::vector<std::uint8_t>(static_cast<std::size_t>(size))};
  check(MPI_Mrecv(message.bytes.data(), size, MPI_BYTE, &handle, MPI_STATUS_IGNORE), "receiving");
  return message;
}

void MpiRanks::abort(int code) {
  MPI_Abort(MPI_COMM_WORLD, code);
  std::_Exit(code);
}

void MpiRanks::forget_arrived() {
  for (auto message = sending_.begin(); message != sending_.end();) {
    int arrived = 0;
    check(MPI_Test(&message->request, &arrived, MPI_STATUS_IGNORE), "sending");
    if (arrived == 0) {
      ++message;
      continue;
    }
    on_the_way_ -= message->bytes.size();
    message = sending_.erase(message);
  }
}

}  // namespace gnc
