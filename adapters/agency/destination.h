// Where received figures are written: a folder gets one file a submission as it comes; a file or
// the terminal gets the figures that hold, all of them, each time.
//
// Durability: what the folder has is remembered after it is on disk, so that a kill between the two
// writes the same file again. Errors: those of the sinks, kStorage.
#pragma once

#include <string>

#include "adapters/agency/program.h"
#include "adapters/client/received.h"
#include "adapters/sinks/sink.h"

namespace rapporteur::agency {

[[nodiscard]] Result<sinks::ReceivedSubmission> as_received(
    const client::VerifiedDelivery& delivery);

class Destination {
 public:
  // `received` outlives it. Errors: those of open_sink.
  [[nodiscard]] static Result<Destination> open(sinks::SinkOptions options,
                                                client::Received& received,
                                                std::string subscription);

  // Brings the destination up to what is stored. A folder is cheap to bring up to date after every
  // batch; `whole` also writes what is written as a whole, if anything changed.
  [[nodiscard]] Status update(bool whole, const Program& program);
  // Where a submission with these stands when it was written.
  [[nodiscard]] std::string file_of(const client::VerifiedDelivery& delivery) const;
  [[nodiscard]] std::size_t observations() const { return observations_; }

 private:
  Destination(sinks::SinkOptions options, client::Received& received, std::string subscription);
  [[nodiscard]] Status write_folder(const Program& program);
  [[nodiscard]] Status write_whole(const Program& program);

  sinks::SinkOptions options_;
  client::Received* received_;
  std::string subscription_;
  bool folder_ = false;
  bool written_once_ = false;
  std::size_t observations_ = 0;
};

}  // namespace rapporteur::agency
