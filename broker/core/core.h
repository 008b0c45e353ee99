// The hub's conduct as a pure state machine: routing, budgets, credit, cursors, who gets what.
//
// `step` takes one event and says what is to be done; it reads no clock, no disk, no randomness,
// and two cores given the same events do the same. Everything that blocks or costs (judging,
// verifying, reading) goes out as a job and comes back as an event.
//
// Threads: one. Lifetime: values only; nothing outlives the event it came with.
// Bounds: requests and bytes under way (Budgets), items in memory (FeedBounds), unsent bytes of a
// connection and unacknowledged deliveries of a subscription (limits.h).
// Source: ARCHITECTURE.md, "The broker"; PROTOCOL.md, "Dialogue" and "Delivery".
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "broker/core/connections.h"
#include "broker/core/events.h"
#include "broker/core/feed.h"
#include "broker/core/subscription.h"
#include "broker/core/wire.h"

namespace rapporteur::core {

struct CoreOptions {
  std::string hub;
  std::string origin;
  std::string log_verifier_key;
  std::string software_version;
  // Of this log; null: no witnesses are asked for.
  std::shared_ptr<const verify::Policy> policy;
  Budgets budgets;
  FeedBounds feed{limits::kDeliveryWindowBytes, limits::kChunkCacheBytes};
};

// The newest checkpoint that a quorum of witnesses cosigned; an empty note: none.
struct Cosigned {
  std::string note;
  TreeSize size;
};

// What the journal says when the hub opens.
struct Opening {
  TreeSize size;
  std::shared_ptr<const std::string> checkpoint;
  std::shared_ptr<const directory::Directory> directory;
  std::string signed_directory;  // serialized v1.Directory
  std::vector<Subscription> subscriptions;
  Cosigned cosigned;
  TreeSize backed_up_to;
};

// Since the start.
struct Counters {
  std::array<std::uint64_t, 16> received{};  // by v1::Frame::MessageCase
  std::map<std::string, std::uint64_t> faults;
  std::uint64_t accepted = 0;
  std::uint64_t administered = 0;  // changes of the directory that were accepted
  std::uint64_t refused = 0;
  std::uint64_t repeated = 0;
  std::uint64_t delivered = 0;
  std::uint64_t delivered_bytes = 0;
  std::uint64_t acknowledgements = 0;
  std::uint64_t handshakes_refused = 0;
  std::uint64_t lines_ended = 0;
  std::uint64_t sweeps_failed = 0;  // of one retention rule each
  std::string sweep_failure;        // the last of them: whose rule, and why
};

class Core {
 public:
  Core(CoreOptions options, Opening opening, Now now);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // Appends to `actions`.
  void step(Event&& event, Now now, Actions& actions);

  [[nodiscard]] const Counters& counters() const { return counters_; }
  // As for an operator: every subscription.
  [[nodiscard]] v1::Status status(Now now) const;
  [[nodiscard]] std::size_t in_flight() const { return connections_.in_flight(); }
  [[nodiscard]] std::size_t in_flight_bytes() const { return connections_.in_flight_bytes(); }
  [[nodiscard]] TreeSize size() const { return feed_.size(); }
  // The newest checkpoint that a witness cosigned, with what all said to it; empty: none.
  [[nodiscard]] const std::string& handed_in() const { return handed_in_.note; }
  // When the next Tick is wanted, if before the usual one: deliveries wait for it.
  [[nodiscard]] std::optional<MonotonicTime> due() const { return deliveries_due_; }

 private:
  static constexpr std::chrono::seconds kFaultsEvery{60};
  static constexpr std::chrono::seconds kRetryWhenStopping{2};

  // What becomes of a proposal of the core's own once it is committed.
  struct Created {
    Asker asker;
    std::unique_ptr<Subscription> subscription;
  };
  struct Removed {
    Asker asker;
    SubscriptionName name;
  };
  struct Rewound {
    Asker asker;
    SubscriptionName name;
  };
  struct CursorWritten {
    SubscriptionName name;
    v1::Position position;  // what it makes durable
  };
  struct CosignedWritten {
    Asker asker;
    Cosigned cosigned;
  };
  struct BackupNoted {
    Asker asker;
    TreeSize size;
  };
  struct Begun {};  // the hub's own Started entry
  struct Noted {};  // nobody waits
  struct Expiring {
    std::uint64_t sweep = 0;
  };
  using Own = std::variant<Created, Removed, Rewound, CursorWritten, CosignedWritten, BackupNoted,
                           Begun, Noted, Expiring>;
  // A Subscribe whose beginning is being looked for.
  struct Starting {
    Asker asker;
    v1::Subscribe request;
  };
  struct WaitingQuery {
    Asker asker;
    std::string query;
    LogIndex from;
    MonotonicTime deadline;
    bool cosigned = false;  // waits for a checkpoint that covers `from`, else for the entry
  };

  // core.cc: the line, faults, submissions, the log
  void on(Received&& event);
  void on(Rejected&& event);
  void on(Unreachable&& event);
  void on(Blocked&& event);
  void on(Unblocked&& event);
  void on(Answered&& event);
  void on(LogGrew&& event);
  void on(StorageFailed&& event);
  void on(HandshakesRefused&& event);
  void on(LinesEnded&& event);
  [[nodiscard]] Connection* admit(const RoutingId& from, const std::string& user_id,
                                  std::uint64_t correlation);
  void dispatch(Connection& connection, const FrameView& frame, std::string& bytes);
  void submit(Connection& connection, const FrameView& frame, std::string& bytes);
  [[nodiscard]] bool allowed(Connection& connection);
  void probe(Connection& connection);
  void probe_all(std::string_view participant);
  void drop(const RoutingId& id);
  void send(Connection& connection, std::string frame);
  struct Complaint {
    std::string_view code;
    std::string message;
    std::chrono::milliseconds retry{0};
  };
  void refuse(const RoutingId& to, std::string_view participant, std::uint64_t correlation,
              const Complaint& complaint);
  void refuse(Connection& connection, std::uint64_t correlation, const Complaint& complaint);
  // The same fault, but nobody's: it is not counted.
  void tell(Connection& connection, std::uint64_t correlation, const Complaint& complaint);
  [[nodiscard]] static std::string fault_frame(std::uint64_t correlation,
                                               const Complaint& complaint);
  // Answers and gives the budget back.
  void answer(const Asker& asker, std::string frame);
  void fault(const Asker& asker, const Complaint& complaint);
  // Takes the budget for a request, or answers OVERLOADED.
  [[nodiscard]] std::optional<Asker> ask(
      Connection& connection, std::uint64_t correlation, std::size_t bytes,
      Connections::Request request = Connections::Request::kOther);
  void propose(journal::Draft draft, Own own, journal::ReadSet reads = {});
  void finish_own(std::uint64_t token);

  // core_time.cc
  void on(Tick&& event);
  void on(Start&& event);
  void on(Stop&& event);
  void journal_faults();
  void journal_cursors();
  void go_on_stopping();

  // core_retention.cc: what is over is erased
  void on(ExpiredFound&& event);
  void on(ProposalDropped&& event);
  void begin_sweep();
  void find_expired();
  void end_rule();

  // core_subscriptions.cc
  void on(AcknowledgementVerified&& event);
  void on(StartFound&& event);
  void subscribe(Connection& connection, const FrameView& frame);
  void acknowledge(Connection& connection, const FrameView& frame);
  void credit(Connection& connection, const FrameView& frame);
  [[nodiscard]] std::optional<Complaint> objection(const v1::Subscribe& request,
                                                   const Subscription* existing) const;
  void find_start(const Asker& asker, const v1::Subscribe& request, const Subscription* existing);
  void begin(const Asker& asker, const v1::Subscribe& request, LogIndex from);
  void attach(Subscription& subscription, const Asker& asker);
  void detach(Subscription& subscription);
  void detach_all(const RoutingId& id);
  void answer_position(const Asker& asker, const v1::Position& position);
  void write_cursor(Subscription& subscription);
  void cursor_written(Subscription& subscription, std::uint64_t token, const v1::Position& durable);
  void write_progress();
  void adopt_rights();
  [[nodiscard]] Subscription* find(const SubscriptionName& name);

  // core_delivery.cc
  void on(ChunkRead&& event);
  void on(ChunkFailed&& event);
  void pump_all(bool starving_only);
  void deliver_new();
  void pump(Subscription& subscription);
  [[nodiscard]] bool may_send(const Subscription& subscription, const Connection& line) const;
  // True when the scan can go on at once.
  [[nodiscard]] bool pump_run(Subscription& subscription, Connection& line, const Scan& scan,
                              DeliverBatch& batch);
  void flush(Subscription& subscription, Connection& line, DeliverBatch& batch);
  void want_chunk(Subscription& subscription, LogIndex from);
  void watch_lag();
  [[nodiscard]] std::size_t unacknowledged_most() const;

  // core_cosigned.cc
  void cosignatures(Connection& connection, const FrameView& frame);
  void on(CosignaturesVerified&& event);
  void cosigned_written(CosignedWritten& written);
  void answer_cosigned(const Asker& asker);

  // core_queries.cc
  void hello(Connection& connection, const FrameView& frame);
  void query(Connection& connection, const FrameView& frame);
  void ask_journal(Asker asker, std::string query, std::uint32_t hello_version);
  void wake_waiting();
  [[nodiscard]] bool there(const WaitingQuery& waiting) const;
  [[nodiscard]] v1::Status status_for(const std::string& participant) const;
  // Whose subscriptions the participant sees: empty for all.
  [[nodiscard]] std::optional<std::string> visible(const std::string& participant) const;
  void fill_subscriptions(const std::optional<std::string>& only,
                          google::protobuf::RepeatedPtrField<v1::SubscriptionState>& out) const;

  // core_backup.cc
  void snapshot(Asker asker, std::string query);
  void backed_up(Asker asker, const v1::BackedUpQuery& query);
  void backup_noted(const BackupNoted& noted);
  void answer_backed_up(const Asker& asker);

  CoreOptions options_;
  std::shared_ptr<const directory::Directory> directory_;
  std::string signed_directory_;
  std::shared_ptr<const std::string> checkpoint_;
  TreeSize backed_up_to_;
  TreeSize backup_proposed_;  // ahead of it while the entry is being written
  Connections connections_;
  Feed feed_;
  std::map<SubscriptionName, Subscription> subscriptions_;
  std::set<SubscriptionName> changing_;  // being made, rewound or removed
  std::size_t attached_ = 0;
  std::unordered_map<std::string, std::uint64_t> tickets_;  // next, by lane
  std::unordered_map<std::uint64_t, Own> own_;              // by token
  std::unordered_map<std::uint64_t, Starting> starting_;    // by token
  std::uint64_t tokens_ = 0;
  std::vector<WaitingQuery> waiting_;
  Cosigned cosigned_;                   // durable
  Cosigned next_cosigned_ = cosigned_;  // the same, or on its way there
  // The newest checkpoint that a witness cosigned, with what all said to it so far.
  Cosigned handed_in_ = cosigned_;
  std::size_t journal_questions_ = 0;
  Counters counters_;
  FaultCounts faults_;
  UnixMillis faults_since_;
  MonotonicTime faults_due_;
  MonotonicTime cursors_due_;
  std::uint64_t sweeps_ = 0;
  std::vector<Expiry> sweep_rules_;  // of the sweep under way; the last is at work
  LogIndex sweep_from_;
  MonotonicTime sweep_due_;
  MonotonicTime delivered_at_;
  std::optional<MonotonicTime> deliveries_due_;  // entries wait to be delivered together
  std::uint64_t started_ms_ = 0;
  bool started_ = false;
  std::optional<Error> storage_error_;
  enum class Stopping { kNo, kFinishing, kClosing, kDone };
  Stopping stopping_ = Stopping::kNo;
  // Of the step under way.
  Now now_;
  Actions* actions_ = nullptr;
};

}  // namespace rapporteur::core
