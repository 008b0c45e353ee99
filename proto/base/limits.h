// Every bound on what comes from outside, in one place.
//
// A parser, queue or message without a bound named here is a defect.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace rapporteur::limits {

// The wire.
inline constexpr std::uint32_t kLowestProtocolVersion = 1;
inline constexpr std::uint32_t kHighestProtocolVersion = 1;
inline constexpr std::size_t kFrameBytes = 18UL << 20U;  // an envelope with its certificate
// Above kFrameBytes and up to so many bytes more a frame is answered TOO_LARGE; a longer one is not
// read, and ends the line. Holds what CURVE adds to a message.
inline constexpr std::size_t kFrameSlackBytes = 64UL << 10U;
inline constexpr std::size_t kPartsPerMessage = 1;  // after the routing id
inline constexpr std::size_t kDeliverBatchBytes = 256UL << 10U;
inline constexpr std::size_t kDeliverBatchCount = 512;
inline constexpr std::size_t kDialogueBytes = 64UL << 10U;  // a message that is no submission

// Fixed by the formats.
inline constexpr std::size_t kSaltBytes = 32;
inline constexpr std::size_t kNonceBytes = 32;

// A submission.
inline constexpr std::size_t kHeaderBytes = 16UL << 10U;
inline constexpr std::size_t kBodyBytes = 1UL << 20U;
inline constexpr std::size_t kCertificateBytes = 16UL << 20U;
inline constexpr std::uint32_t kObservations = 10'000;
inline constexpr std::size_t kCodeBytes = 64;
inline constexpr std::size_t kFreeTextBytes = 500 * 4;  // 500 characters of UTF-8
inline constexpr std::size_t kFreeTextCharacters = 500;
inline constexpr std::size_t kAreasPerSubmission = 300;
inline constexpr std::size_t kReleasabilityEntries = 100;
inline constexpr std::size_t kFindings = 1'000;  // reported at once; the rest is counted
inline constexpr std::size_t kRefusedCellsKept = 100;
inline constexpr std::chrono::minutes kCreatedAheadOfClock{5};

// A table of the published view: cells of one sender, dataflow, indicator, area and period.
inline constexpr std::size_t kCellsPerTable = 65'536;
// With the margins and parts that anybody can add up, when it is judged what follows from them.
inline constexpr std::size_t kDisclosureCells = 262'144;
inline constexpr std::uint64_t kDerivationMultiplications = 50'000'000;
// Of all witnesses of a certificate together.
inline constexpr std::size_t kCertificateNumerators = 4UL << 20U;
// From a revised submission to the head of its chain, to name that in a refusal.
inline constexpr std::size_t kRevisionsFollowed = 256;

// Participants and what each may hold.
inline constexpr std::size_t kParticipants = 10'000;
inline constexpr std::size_t kKeysPerParticipant = 8;        // valid at one time, of each kind
inline constexpr std::size_t kKeysEverPerParticipant = 256;  // of each kind, ended ones with them
inline constexpr std::size_t kContactsPerParticipant = 16;
inline constexpr std::size_t kReasonBytes = 500;
inline constexpr std::size_t kGrantsPerParticipant = 1'000;
inline constexpr std::size_t kSubscriptionsPerParticipant = 64;
inline constexpr std::size_t kIdBytes = 32;
inline constexpr std::size_t kSubscriptionNameBytes = 64;
inline constexpr std::size_t kPatternBytes = 256;
inline constexpr std::size_t kNameBytes = 200;
inline constexpr std::uint32_t kPolicyK = 10'000;
inline constexpr std::uint32_t kPolicyIntervalWidth = 10'000;
inline constexpr std::size_t kConnectionsPerParticipant = 64;

// The broker's memory.
inline constexpr std::size_t kJudgementQueue = 4'096;
inline constexpr std::size_t kProposalQueue = 4'096;
inline constexpr std::size_t kGroupEntries = 1'024;
inline constexpr std::size_t kGroupBytes = 8UL << 20U;
inline constexpr std::size_t kInFlightPerConnection = 64;
inline constexpr std::size_t kInFlightBytesPerParticipant = 8UL << 20U;
inline constexpr std::size_t kInFlightBytes = 48UL << 20U;
inline constexpr std::size_t kDeliveryWindowBytes = 32UL << 20U;
inline constexpr std::size_t kUnsentBytesPerConnection = 4UL << 20U;
inline constexpr std::size_t kUnsentBytes = 32UL << 20U;
inline constexpr std::size_t kUnacknowledgedPerSubscription = 16'384;  // deliveries
inline constexpr std::size_t kChunkEntries = 1'024;  // of the log, read in one piece
inline constexpr std::size_t kChunkBytes = 1UL << 20U;
inline constexpr std::size_t kChunkReads = 8;  // under way
inline constexpr std::size_t kChunksCached = 64;
inline constexpr std::size_t kChunkCacheBytes = 16UL << 20U;
// Below the queues' length, so that a queue behind this budget is never full.
inline constexpr std::size_t kRequestsInFlight = kJudgementQueue - 512;

// Queries.
inline constexpr std::size_t kQuestions = 256;  // that wait for the log to be read
inline constexpr std::uint32_t kEntriesPerAnswer = 1'000;
inline constexpr std::size_t kAnswerBytes = 8UL << 20U;

// Attempts of a verdict that went stale before the component is judged in order.
inline constexpr int kStaleVerdicts = 3;

// Waivers. The hashes of one fit into a body; those of all that stand are held in memory.
inline constexpr std::size_t kWaivedCells = 32'000;
inline constexpr std::size_t kWaivers = 64;

// Erasure and retention.
inline constexpr std::size_t kLegalHolds = 1'000;
inline constexpr std::uint32_t kRetentionDays = 36'525;  // a hundred years
inline constexpr std::size_t kExpiredPerEntry = 256;     // bodies that one entry erases
inline constexpr std::size_t kSweptAtOnce = 1'024;       // entries looked at in one piece

// Files.
inline constexpr std::size_t kKeyFileBytes = 4'096;
inline constexpr std::size_t kConfigurationBytes = 1UL << 20U;
// Holds 32 cosignatures of types that this code passes over, of up to 5 kB each.
inline constexpr std::size_t kNoteBytes = 256UL << 10U;
inline constexpr std::size_t kNoteSignatures = 64;
inline constexpr std::size_t kProofFileBytes = 4UL << 20U;
inline constexpr std::size_t kPolicyBytes = 256UL << 10U;
inline constexpr std::size_t kPolicyLogs = 64;
inline constexpr std::size_t kPolicyWitnesses = 64;
inline constexpr std::size_t kPolicyGroups = 64;
// Inclusion proofs that one answer holds; more are asked for by the next question.
inline constexpr int kProofsPerAnswer = 256;

}  // namespace rapporteur::limits
