// Where received figures are written: a folder gets one file a submission as it comes; a file or
// the terminal gets the figures that hold, all of them, each time. A subscription remembers what
// was handed over, to whatever destination: that comes to no folder once more. An erased submission
// is said, and leaves nothing.
//
// Durability: what the folder has is remembered after it is on disk, so that a kill between the two
// writes the same file again. Errors: those of the sinks, kStorage.
#pragma once

#include <functional>
#include <optional>
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
  // That came since it was written last, by whatever command.
  [[nodiscard]] std::size_t deliveries() const { return deliveries_; }

 private:
  Destination(sinks::SinkOptions options, client::Received& received, std::string subscription);
  using Use = std::function<Status(const client::VerifiedDelivery&)>;
  [[nodiscard]] Result<client::Arrival> visit_fresh(const Program& program, const Use& use);
  [[nodiscard]] Status write_folder(const Program& program);
  [[nodiscard]] Status write_whole(const Program& program);

  sinks::SinkOptions options_;
  client::Received* received_;
  std::string subscription_;
  bool folder_ = false;
  std::optional<client::Arrival> shown_;  // up to here, by this process
  std::size_t observations_ = 0;
  std::size_t deliveries_ = 0;
};

}  // namespace rapporteur::agency
