#include "tests/fakes/hub_stage.h"

#include "broker/core/entries.h"
#include "proto/base/check.h"

namespace rapporteur::fakes {
HubStage::HubStage()
    : log_seed_(secret_named("log")),
      curve_key_(secret_named("hub/curve")),
      next_curve_key_(secret_named("hub/curve/next")),
      log_key_(crypto::SigningKey::from_seed(log_seed_)) {
  auto created = rocks::LocalJournal::create(folder_ / "data", "example.org/log",
                                             crypto::SigningKey::from_seed(log_seed_), clock);
  RAPPORTEUR_CHECK(created.has_value());
  v1::Started founding;
  founding.set_hub(kHub);
  founding.set_origin("example.org/log");
  founding.set_operator_id(op.party.id);
  founding.set_operator_curve_key(op.party.curve.string());
  founding.set_operator_signing_key(op.party.signing.public_key().string());
  journal::Draft draft = core::started_draft(founding);
  RAPPORTEUR_CHECK((*created)->append(std::span(&draft, 1)).has_value());
  options.started.set_hub(kHub);
  options.started.set_origin("example.org/log");
  options.started.set_log_verifier_key((*created)->verifier_key());
  RAPPORTEUR_CHECK((*created)->close().has_value());
  options.socket.endpoint = "tcp://127.0.0.1:*";
  options.workers = 2;
}

HubStage::~HubStage() {
  stop();
}

void HubStage::start() {
  auto opened =
      rocks::LocalJournal::open(folder_ / "data", crypto::SigningKey::from_seed(log_seed_), clock);
  RAPPORTEUR_CHECK(opened.has_value());
  journal = std::move(*opened);
  auto started =
      Hub::start({*journal, log_key_, {curve_key_, &next_curve_key_}, observer_, clock}, options);
  RAPPORTEUR_CHECK(started.has_value());
  hub = std::move(*started);
}

void HubStage::stop() {
  operator_line_.reset();
  if (hub == nullptr) return;
  hub.reset();
  RAPPORTEUR_CHECK(journal->close().has_value());
  journal.reset();
}

std::unique_ptr<RawPeer> HubStage::line(const Sender& sender, RawPeerOptions with) {
  with.endpoint = hub->endpoint();
  with.hub_key = crypto::curve_public_key(curve_key_);
  return std::make_unique<RawPeer>(with, secret_named(sender.party.id + "/curve"));
}

std::unique_ptr<RawPeer> HubStage::next_line(const Sender& sender) {
  RawPeerOptions with;
  with.endpoint = hub->next_endpoint();
  with.hub_key = crypto::curve_public_key(next_curve_key_);
  return std::make_unique<RawPeer>(with, secret_named(sender.party.id + "/curve"));
}

std::unique_ptr<RawPeer> HubStage::greeted(const Sender& sender) {
  auto peer = line(sender);
  static_cast<void>(peer->hello());
  return peer;
}

void HubStage::administer(const v1::AdministrativeAction& action) {
  if (operator_line_ == nullptr) operator_line_ = greeted(op);
  const auto outcome = operator_line_->submit(op.administration(action).SerializeAsString());
  RAPPORTEUR_CHECK(outcome.accepted());
}

void HubStage::enrol(const Sender& sender, const std::string& area) {
  administer(sender.party.enrolment());
  if (!area.empty()) administer(submit_grant(sender.party.id, "*", "*", area));
  administer(receive_grant(sender.party.id, "*", "*", "*"));
}

}  // namespace rapporteur::fakes
