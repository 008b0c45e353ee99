#include "adapters/client/session.h"

#include <algorithm>
#include <thread>

namespace rapporteur::client {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{100};

// What passes by itself: the hub is away, restarts, or has too much to do.
bool passes(const Error& error) {
  return error.kind == ErrorKind::kUnreachable || error.kind == ErrorKind::kOverloaded;
}

}  // namespace

Session::Session(const HubAddress& hub, const crypto::CurveKeyPair& keys,
                 const LineOptions& options, KnownLog& log, const Clock& clock)
    : hub_(hub), keys_(keys), options_(options), log_(log), clock_(clock) {}

Status Session::greet(std::span<Conversation* const> conversations) {
  if (!line_) {
    auto opened = Connection::open(hub_, keys_, options_);
    if (!opened) return tl::unexpected(opened.error());
    line_ = std::move(*opened);
  }
  const auto seen = log_.seen();
  if (!seen) return tl::unexpected(seen.error());
  if (auto welcome = line_->hello(); !welcome) return tl::unexpected(welcome.error());
  if (auto followed = log_.follow(*line_, *seen); !followed) return followed;
  for (Conversation* conversation : conversations) {
    if (auto begun = conversation->begin(*line_); !begun) return begun;
  }
  return {};
}

Status Session::hand_on(std::span<Conversation* const> conversations, const v1::Frame& frame) {
  for (Conversation* conversation : conversations) {
    auto taken = conversation->take(*line_, frame);
    if (!taken) return tl::unexpected(taken.error());
    if (*taken) return {};
  }
  // What is said to nobody: that the line has lost something, say a subscription to another line.
  if (frame.has_fault()) return tl::unexpected(error_of(frame.fault(), line_->hub()));
  return {};
}

Status Session::talk(std::span<Conversation* const> conversations,
                     const std::function<bool()>& enough) {
  while (true) {
    for (Conversation* conversation : conversations) {
      if (auto stepped = conversation->step(*line_, clock_.monotonic()); !stepped) return stepped;
    }
    if (enough()) return {};
    auto frame = line_->receive(kTick);
    if (!frame) return tl::unexpected(frame.error());
    if (*frame) {
      if (auto handed = hand_on(conversations, **frame); !handed) return handed;
    }
  }
}

Status Session::run(std::span<Conversation* const> conversations, const Patience& patience,
                    const std::function<void(const Error&)>& trouble) {
  auto last_hello = clock_.monotonic();
  milliseconds back_off = options_.reconnect_first;
  while (true) {
    auto spoken = greet(conversations);
    if (spoken) {
      back_off = options_.reconnect_first;
      spoken = talk(conversations, patience.enough);
      last_hello = clock_.monotonic();
    }
    if (spoken) return {};
    if (!passes(spoken.error())) return spoken;
    // A line whose trouble is unknown is not trusted any further.
    line_.reset();
    if (trouble) trouble(spoken.error());
    const auto give_up = last_hello + patience.without_hub;
    const auto again = clock_.monotonic() + back_off;
    while (clock_.monotonic() < again) {
      if (patience.enough()) return {};
      if (clock_.monotonic() >= give_up) return spoken;
      std::this_thread::sleep_for(std::min(kTick, back_off));
    }
    back_off = std::min(back_off * 2, options_.reconnect_most);
  }
}

}  // namespace rapporteur::client
