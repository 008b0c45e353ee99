#include "adapters/agency/destination.h"

#include <algorithm>

#include "adapters/sinks/sdmx_csv/sdmx_csv_sink.h"
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
  destination.folder_ = destination.options_.format != "table" && to != "-" &&
                        (to.ends_with('/') || std::filesystem::is_directory(to, ignored));
  return destination;
}

std::string Destination::file_of(const client::VerifiedDelivery& delivery) const {
  if (!folder_) return options_.destination;
  const std::filesystem::path folder(options_.destination);
  return (folder / sinks::sdmx_csv_file_name(delivery.index, delivery.message_id,
                                             delivery.header.sender(), delivery.header.indicator()))
      .string();
}

Status Destination::update(bool whole, const Program& program) {
  if (folder_) return write_folder(program);
  return whole ? write_whole(program) : Status();
}

Status Destination::write_folder(const Program& program) {
  auto subscription = received_->find(subscription_);
  if (!subscription) return tl::unexpected(subscription.error());
  client::Arrival written = subscription->written;
  sources::FindingLog findings;
  auto sink = sinks::open_sink(options_, findings);
  if (!sink) return tl::unexpected(sink.error());
  while (true) {
    auto page = received_->arrivals(subscription_, written, kPage);
    if (!page) return tl::unexpected(page.error());
    if (page->empty()) break;
    for (const client::StoredDelivery& delivery : *page) {
      auto submission = as_received(delivery.content);
      if (!submission) return tl::unexpected(submission.error());
      observations_ += submission->observations.rows();
      if (auto put = (*sink)->write(*submission); !put) return put;
    }
    written = page->back().arrival;
    if (auto set = received_->set_written(subscription_, written); !set) return set;
  }
  show(findings, program);
  return (*sink)->finish();
}

Status Destination::write_whole(const Program& program) {
  auto subscription = received_->find(subscription_);
  if (!subscription) return tl::unexpected(subscription.error());
  auto fresh = received_->arrivals(subscription_, subscription->written, 1);
  if (!fresh) return tl::unexpected(fresh.error());
  if (fresh->empty() && written_once_) return {};
  sources::FindingLog findings;
  auto sink = sinks::open_sink(options_, findings);
  if (!sink) return tl::unexpected(sink.error());
  client::Arrival last = subscription->written;
  observations_ = 0;
  auto visited = received_->visit_live(subscription_, [&](const client::StoredDelivery& delivery) {
    auto submission = as_received(delivery.content);
    if (!submission) return Status(tl::unexpected(submission.error()));
    // What it once took away is away already among the figures that hold.
    submission->deleted = ObservationSet();
    observations_ += submission->observations.rows();
    last = std::max(last, delivery.arrival);
    return (*sink)->write(*submission);
  });
  if (!visited) return visited;
  if (auto finished = (*sink)->finish(); !finished) return finished;
  show(findings, program);
  written_once_ = true;
  return received_->set_written(subscription_, last);
}

}  // namespace rapporteur::agency
