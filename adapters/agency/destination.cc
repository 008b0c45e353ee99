#include "adapters/agency/destination.h"

#include "adapters/agency/planned_file.h"
#include "adapters/sinks/file_sink.h"
#include "proto/base/limits.h"
#include "proto/statistics/body_codec.h"

namespace rapporteur::agency {
namespace {

constexpr std::size_t kPage = 256;

sources::Releasability releasability_of(const v1::Releasability& wire) {
  using Audience = sources::Releasability::Audience;
  sources::Releasability out;
  switch (wire.audience()) {
    case v1::AUDIENCE_PUBLIC:
      out.audience = Audience::kPublic;
      break;
    case v1::AUDIENCE_LISTED:
      out.audience = Audience::kListed;
      out.participants.assign(wire.participants().begin(), wire.participants().end());
      out.kinds.assign(wire.kinds().begin(), wire.kinds().end());
      break;
    default:
      out.audience = Audience::kParticipants;
      break;
  }
  return out;
}

sinks::SubmissionKind kind_of(v1::Kind kind) {
  switch (kind) {
    case v1::KIND_REVISION:
      return sinks::SubmissionKind::kRevision;
    case v1::KIND_WITHDRAWAL:
      return sinks::SubmissionKind::kWithdrawal;
    default:
      return sinks::SubmissionKind::kNew;
  }
}

void show(const sources::FindingLog& findings, const Program& program) {
  for (const sources::Finding& finding : findings.findings()) program.warn(finding.to_line());
}

void say_erased(const client::VerifiedDelivery& delivery, const Program& program) {
  program.warn("submission " + uuid_text(delivery.message_id) + " of " +
               printable(delivery.header.sender(), 40) + " (entry " +
               std::to_string(delivery.index.value) +
               ") was erased at the hub: its figures cannot be had any more");
}

void say_waived(const client::VerifiedDelivery& delivery, const Program& program) {
  for (const v1::RuleCount& found : delivery.record.accepted().warnings()) {
    if (found.waived_by().empty()) continue;
    const std::span waivers(found.waived_by().data(),
                            static_cast<std::size_t>(found.waived_by_size()));
    program.warn("submission " + uuid_text(delivery.message_id) + " of " +
                 printable(delivery.header.sender(), 40) + " (entry " +
                 std::to_string(delivery.index.value) + "): " + printable(found.code(), 64) + " x" +
                 std::to_string(found.count()) + " WAIVED by " + waivers_text(waivers) +
                 " of the hub: published already");
  }
}

void say_second(const client::VerifiedDelivery& delivery, const Program& program) {
  if (!delivery.record.has_second_signature()) return;
  program.warn("submission " + uuid_text(delivery.message_id) + " of " +
               printable(delivery.header.sender(), 40) + " (entry " +
               std::to_string(delivery.index.value) + "): its data officer signed, too: " +
               printable(delivery.record.second_signature().reason(), limits::kReasonBytes));
}

}  // namespace

Result<sinks::ReceivedSubmission> as_received(const client::VerifiedDelivery& delivery) {
  const v1::Header& header = delivery.header;
  sinks::ReceivedSubmission out;
  out.sender = header.sender();
  out.message_id = delivery.message_id;
  out.log_index = delivery.index;
  out.kind = kind_of(header.kind());
  out.revises = MessageId::from(header.revises());
  out.dataflow = header.dataflow();
  out.indicator = header.indicator();
  out.releasability = releasability_of(header.releasability());
  out.officer_reason = delivery.record.second_signature().reason();
  if (!delivery.erased) {
    auto body = BodyCodec::decode(bytes_of(delivery.body));
    if (!body) return tl::unexpected(body.error());
    out.rows_left_out = body->rows_left_out;
    out.observations = std::move(body->observations);
  }
  if (delivery.record.accepted().has_deleted()) {
    auto deleted = BodyCodec::decode_keys(delivery.record.accepted().deleted());
    if (!deleted) return tl::unexpected(deleted.error());
    out.deleted = std::move(*deleted);
  }
  return out;
}

Destination::Destination(sinks::SinkOptions options, client::Received& received,
                         std::string subscription)
    : options_(std::move(options)), received_(&received), subscription_(std::move(subscription)) {}

Result<Destination> Destination::open(sinks::SinkOptions options, client::Received& received,
                                      std::string subscription) {
  // What cannot be written to is said before anything comes.
  sources::FindingLog findings;
  if (auto sink = sinks::open_sink(options, findings); !sink) return tl::unexpected(sink.error());
  Destination destination(std::move(options), received, std::move(subscription));
  const std::string& to = destination.options_.destination;
  std::error_code ignored;
  destination.folder_ = sinks::file_format_of(destination.options_) != nullptr && to != "-" &&
                        (to.ends_with('/') || std::filesystem::is_directory(to, ignored));
  return destination;
}

std::string Destination::file_of(const client::VerifiedDelivery& delivery) const {
  if (!folder_) return options_.destination;
  const std::filesystem::path folder(options_.destination);
  const std::string name = sinks::submission_file_name(
      delivery.index, delivery.message_id, delivery.header.sender(), delivery.header.indicator());
  return (folder / (name + std::string(sinks::file_format_of(options_)->extension))).string();
}

Status Destination::update(bool whole, const Program& program) {
  if (folder_) return write_folder(program);
  return whole ? write_whole(program) : Status();
}

// What came since the destination was written last, in its order; up to the last one.
Result<client::Arrival> Destination::visit_fresh(const Program& program, const Use& use) {
  auto subscription = received_->find(subscription_);
  if (!subscription) return tl::unexpected(subscription.error());
  client::Arrival last = subscription->written;
  while (true) {
    auto page = received_->arrivals(subscription_, last, kPage);
    if (!page) return tl::unexpected(page.error());
    if (page->empty()) return last;
    for (const client::StoredDelivery& delivery : *page) {
      if (auto used = use(delivery.content); !used) return tl::unexpected(used.error());
      if (delivery.content.erased) say_erased(delivery.content, program);
      say_waived(delivery.content, program);
      say_second(delivery.content, program);
    }
    last = page->back().arrival;
    deliveries_ += page->size();
    if (!folder_) continue;  // is whole at the end alone
    if (auto set = received_->set_written(subscription_, last); !set) {
      return tl::unexpected(set.error());
    }
  }
}

Status Destination::write_folder(const Program& program) {
  sources::FindingLog findings(options_.destination);
  auto sink = sinks::open_sink(options_, findings);
  if (!sink) return tl::unexpected(sink.error());
  const auto written = visit_fresh(program, [&](const client::VerifiedDelivery& delivery) {
    auto submission = as_received(delivery);
    if (!submission) return Status(tl::unexpected(submission.error()));
    if (delivery.erased && submission->deleted.empty()) return Status();
    observations_ += submission->observations.rows();
    return (*sink)->write(*submission);
  });
  if (!written) return tl::unexpected(written.error());
  show(findings, program);
  return (*sink)->finish();
}

Status Destination::write_whole(const Program& program) {
  const auto last = visit_fresh(program, [](const client::VerifiedDelivery&) { return Status(); });
  if (!last) return tl::unexpected(last.error());
  if (*last == shown_) return {};
  sources::FindingLog findings(options_.destination);
  auto sink = sinks::open_sink(options_, findings);
  if (!sink) return tl::unexpected(sink.error());
  observations_ = 0;
  auto visited = received_->visit_live(subscription_, [&](const client::StoredDelivery& delivery) {
    if (delivery.content.erased) return Status();
    auto submission = as_received(delivery.content);
    if (!submission) return Status(tl::unexpected(submission.error()));
    // What it once took away is away already among the figures that hold.
    submission->deleted = ObservationSet();
    observations_ += submission->observations.rows();
    return (*sink)->write(*submission);
  });
  if (!visited) return visited;
  if (auto finished = (*sink)->finish(); !finished) return finished;
  show(findings, program);
  shown_ = *last;
  // Withdrawals too, which leave no figure: what one destination was given comes to no other.
  return received_->set_written(subscription_, *last);
}

}  // namespace rapporteur::agency
