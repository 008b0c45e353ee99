#include "adapters/agency/desk.h"

#include <thread>

#include "adapters/client/new_log.h"

namespace rapporteur::agency {
namespace {

constexpr std::chrono::milliseconds kLockTick{100};

client::OutboxOwner owner_of(const client::Agency& agency, const client::HubAddress& hub) {
  const client::AgencySettings& settings = agency.settings();
  return {hub.hub, settings.participant, settings.approval_required, settings.approvers};
}

}  // namespace

Desk::Desk(client::Agency opened, client::HubAddress address, crypto::SigningKey signing_key,
           crypto::CurveKeyPair curve_keys, const Program& program)
    : agency(std::move(opened)),
      hub(std::move(address)),
      signing(std::move(signing_key)),
      curve(std::move(curve_keys)),
      log(agency.state(), client::log_key(hub),
          [this, &program](client::Connection& line, const client::NewLog& found) {
            return client::take_up_new_log(
                {agency.state(), outbox, received, signing.key_id()}, line, found,
                [&program](const std::string& text) { program.warn(text); });
          }),
      outbox(agency.state(), owner_of(agency, hub), signing, program.clock),
      received(agency.state()),
      receipts(agency.receipts()) {}

Result<std::unique_ptr<Desk>> Desk::open(const Program& program) {
  auto agency = client::Agency::open(program.folder);
  if (!agency) return tl::unexpected(agency.error());
  auto hub = agency->hub();
  if (!hub) return tl::unexpected(hub.error());
  auto signing = agency->signing_key();
  if (!signing) return tl::unexpected(signing.error());
  auto curve = agency->curve_keys();
  if (!curve) return tl::unexpected(curve.error());
  std::optional<client::Quorum> quorum;
  if (const std::string& policy = agency->settings().policy; !policy.empty()) {
    auto read = client::Quorum::read(policy, client::log_key(*hub));
    if (!read) return tl::unexpected(read.error());
    quorum = std::move(*read);
  }
  std::unique_ptr<Desk> desk(new Desk(std::move(*agency), std::move(*hub), std::move(*signing),
                                      std::move(*curve), program));
  desk->quorum = std::move(quorum);
  return desk;
}

std::string Desk::witness_name() const {
  return hub.hub + "/witness/" + participant();
}

std::string Desk::witness_setting() const {
  return (agency.folder() / "adapter.toml").string() + ": witness";
}

std::filesystem::path Desk::witness_key() const {
  return agency.folder() / "keys/witness.key";
}

std::filesystem::path Desk::witness_state() const {
  return agency.folder() / "witness";
}

client::CourierOptions Desk::courier_options() const {
  client::CourierOptions options;
  options.window = agency.settings().window;
  options.answer_timeout = agency.settings().answer_timeout;
  return options;
}

Result<std::unique_ptr<client::Connection>> Desk::connect() {
  const auto seen = log.seen();
  if (!seen) return tl::unexpected(seen.error());
  auto line = client::Connection::open(hub, curve, agency.line_options());
  if (!line) return line;
  auto welcome = (*line)->hello();
  if (!welcome) return tl::unexpected(welcome.error());
  if (welcome->participant() != participant()) {
    return fail(ErrorKind::kNotVerified,
                "the hub takes this agency for '" + printable(welcome->participant(), 40) + "'",
                hub.endpoint, "compare 'participant' in adapter.toml with the enrolment");
  }
  if (auto followed = log.follow(**line, *seen); !followed) return tl::unexpected(followed.error());
  return line;
}

client::Session Desk::session(const Program& program) {
  return {hub, curve, agency.line_options(), log, program.clock};
}

Result<std::optional<client::FileLock>> wait_for_lock(const std::filesystem::path& file,
                                                      const std::function<bool()>& enough) {
  while (true) {
    auto lock = client::FileLock::try_take(file);
    if (!lock || lock->has_value() || enough()) return lock;
    std::this_thread::sleep_for(kLockTick);
  }
}

}  // namespace rapporteur::agency
