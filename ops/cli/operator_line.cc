#include "ops/cli/operator_line.h"

#include "adapters/client/agency.h"
#include "adapters/client/envelope.h"
#include "adapters/client/files.h"
#include "adapters/client/hub_file.h"
#include "proto/base/clock.h"
#include "proto/crypto/domain.h"
#include "store/notes/signed_note.h"

namespace rapporteur::cli {
namespace {

constexpr const char* kOtherVersion = "update this program: the hub may be a newer one";

Error refusal_of(const v1::Outcome& outcome) {
  std::string reasons;
  std::string remedy;
  for (const auto& finding : outcome.findings()) {
    if (!reasons.empty()) reasons += "; ";
    reasons += finding.code() + ": " + finding.message();
    if (remedy.empty()) remedy = finding.remedy();
  }
  return Error{ErrorKind::kRefused, "the hub refused: " + reasons,
               "log entry " + std::to_string(outcome.index()), remedy};
}

}  // namespace

OperatorLine::OperatorLine(std::string participant, crypto::SigningKey key,
                           std::unique_ptr<client::Connection> line,
                           std::chrono::milliseconds patience)
    : participant_(std::move(participant)),
      key_(std::move(key)),
      line_(std::move(line)),
      patience_(patience) {}

Result<OperatorLine> OperatorLine::open(const std::filesystem::path& folder) {
  const auto there = client::is_there(folder / "adapter.toml");
  if (!there) return tl::unexpected(there.error());
  if (!*there) {
    return fail(ErrorKind::kUsage, "no operator's folder", folder.string(),
                "name yours with --operator or RAPPORTEUR_OPERATOR; `rapporteur init` makes the "
                "first one of a hub");
  }
  const auto agency = client::Agency::open(folder);
  if (!agency) return tl::unexpected(agency.error());
  const auto hub = agency->hub();
  if (!hub) return tl::unexpected(hub.error());
  const auto curve_keys = agency->curve_keys();
  if (!curve_keys) return tl::unexpected(curve_keys.error());
  auto signing_key = agency->signing_key();
  if (!signing_key) return tl::unexpected(signing_key.error());
  const client::LineOptions options = agency->line_options();
  auto line = client::Connection::open(*hub, *curve_keys, options);
  if (!line) return tl::unexpected(line.error());
  const auto welcome = (*line)->hello();
  if (!welcome) return tl::unexpected(welcome.error());
  OperatorLine opened(agency->settings().participant, std::move(*signing_key), std::move(*line),
                      options.answer_timeout);
  for (const auto& known : welcome->next_sequences()) {
    if (known.key_id() == opened.key_.key_id().view()) opened.next_sequence_ = known.next();
  }
  return opened;
}

Result<v1::Answer> OperatorLine::query(const v1::Query& query) {
  return this->query(query, std::chrono::milliseconds(0));
}

Result<v1::Answer> OperatorLine::query(const v1::Query& query, std::chrono::milliseconds longer) {
  v1::Frame frame;
  *frame.mutable_query() = query;
  auto answer = line_->ask(frame, patience_ + longer);
  if (!answer) return tl::unexpected(answer.error());
  if (!answer->has_answer()) {
    return fail(ErrorKind::kMalformed, "the hub answered a query with something else",
                line_->hub().endpoint, kOtherVersion);
  }
  return std::move(*answer->mutable_answer());
}

Status OperatorLine::renew() {
  const auto welcome = line_->hello();
  return welcome ? Status() : tl::unexpected(welcome.error());
}

Result<LogIndex> OperatorLine::administer(const v1::AdministrativeAction& action) {
  const client::HubAddress& hub = line_->hub();
  client::EnvelopeParts parts;
  parts.kind = v1::KIND_ADMINISTRATION;
  parts.hub = hub.hub;
  parts.sender = participant_;
  parts.created = SystemClock().now();
  parts.message_id = crypto::new_message_id(parts.created);
  parts.sequence = Sequence{next_sequence_};
  parts.body = action.SerializeAsString();
  const v1::Envelope envelope = client::make_envelope(parts, key_);
  v1::Frame frame;
  frame.set_submit(envelope.SerializeAsString());
  const auto answer = line_->ask(frame);
  if (!answer) return tl::unexpected(answer.error());
  const auto verified = client::verify_outcome(answer->outcome(), envelope, client::log_key(hub));
  if (!verified) return tl::unexpected(verified.error());
  ++next_sequence_;
  if (!verified->accepted) return tl::unexpected(refusal_of(answer->outcome()));
  return verified->index;
}

Result<v1::DirectoryState> OperatorLine::directory() {
  v1::Query query;
  query.mutable_directory();
  const auto answer = this->query(query);
  if (!answer) return tl::unexpected(answer.error());
  const v1::Directory& directory = answer->directory();
  const notes::VerifierKey log = client::log_key(line_->hub());
  const auto signature = SignatureBytes::from(directory.signature());
  if (!signature || !crypto::verify(log.key, crypto::domain::kDirectory,
                                    bytes_of(directory.state()), *signature)) {
    return fail(ErrorKind::kNotVerified, "the directory is not signed by the hub's log key",
                line_->hub().endpoint, "ask who runs the hub: its answers are not its log's");
  }
  v1::DirectoryState state;
  if (!state.ParseFromString(directory.state())) {
    return fail(ErrorKind::kMalformed, "the directory cannot be read", line_->hub().endpoint,
                kOtherVersion);
  }
  return state;
}

}  // namespace rapporteur::cli
