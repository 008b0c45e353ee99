#include "tests/fakes/enrolled_agency.h"

#include <stdexcept>

#include "adapters/client/envelope.h"
#include "proto/crypto/key_file.h"

namespace rapporteur::testing {
namespace {

using namespace std::chrono_literals;

void must(const Status& done) {
  if (!done) throw std::runtime_error(done.error().line());
}

std::filesystem::path created(const std::filesystem::path& folder, const std::string& participant) {
  must(client::Agency::create(folder, participant));
  return folder;
}

}  // namespace

EnrolledAgency::EnrolledAgency(FakeHub& hub, const std::string& participant)
    : folder_(created(root_ / participant, participant)),
      participant_(participant),
      signing_(open().signing_key().value()),
      curve_(open().curve_keys().value()) {
  hub.enrol({participant, curve_.public_key, signing_.public_key()});
  must(open().pin(hub.address()));
}

client::Agency EnrolledAgency::open() const {
  return client::Agency::open(folder_).value();
}

v1::Envelope EnrolledAgency::envelope(std::uint64_t sequence, const std::string& body,
                                      const std::string& indicator) const {
  client::EnvelopeParts parts;
  parts.hub = "test-hub";
  parts.sender = participant_;
  parts.message_id = crypto::new_message_id(SystemClock().now());
  parts.sequence = Sequence{sequence};
  parts.created = SystemClock().now();
  parts.dataflow = "RAPPORTEUR:THB(1.0)";
  parts.indicator = indicator;
  parts.ref_areas = {"AT"};
  parts.body = body;
  return client::make_envelope(parts, signing_);
}

client::LineOptions quick_line() {
  client::LineOptions options;
  options.answer_timeout = 2'000ms;
  options.reconnect_first = 10ms;
  options.reconnect_most = 100ms;
  options.linger = 100ms;
  return options;
}

client::CourierOptions quick_courier() {
  client::CourierOptions options;
  options.answer_timeout = 1'000ms;
  options.pause_first = 5ms;
  options.pause_most = 50ms;
  return options;
}

client::NewItem item_with(const std::string& body) {
  client::NewItem item;
  item.dataflow = "RAPPORTEUR:THB(1.0)";
  item.indicator = "CJ_INV";
  item.ref_areas = {"AT"};
  item.releasability.set_audience(v1::AUDIENCE_PARTICIPANTS);
  item.body = body;
  item.rows = 1;
  item.source = "test";
  return item;
}

}  // namespace rapporteur::testing
