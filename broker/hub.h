// The running hub: every object of it, in the order in which they depend on each other, and the
// threads between them. `main` adds configuration, keys and the database; tests add a journal in
// memory.
//
// Threads: start, stop and the destructor on one; the rest inside. Lifetime: parts outlive it.
// Errors: kConfiguration when an endpoint cannot be bound or threads or descriptors run out,
// kStorage when the log cannot be read.
#pragma once

#include <memory>
#include <string>

#include "broker/admission/observer.h"
#include "broker/core/core.h"
#include "broker/net/router.h"
#include "broker/net/router_socket.h"
#include "proto/crypto/ed25519.h"
#include "rapporteur/v1/audit.pb.h"
#include "store/journal/journal.h"
#include "store/journal/snapshots.h"

namespace rapporteur {

struct HubOptions {
  v1::Started started;  // hub, origin, log verifier key, software version are taken from here too
  net::RouterSocketOptions socket;
  int io_threads = 1;
  std::size_t workers = 0;  // 0: one a core
  std::size_t group_entries = limits::kGroupEntries;
  core::Budgets budgets;
  core::FeedBounds feed{limits::kDeliveryWindowBytes, limits::kChunkCacheBytes};
  // Of this log alone; null: no witnesses are asked for.
  std::shared_ptr<const verify::Policy> policy;
};

struct HubParts {
  journal::Journal& journal;
  const crypto::SigningKey& log_key;
  net::ServerKeys keys;
  admission::Observer& observer;
  const Clock& clock;
  // Makes what operators back up; null: nobody does.
  journal::Snapshots* snapshots = nullptr;
};

// What is known about once a second, on the router's thread.
struct HubReport {
  const core::Core& core;
  core::Now now;
  std::uint64_t open_lines = 0;
  std::size_t judgement_queue = 0;
};

class Hub {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Hub>> start(
      const HubParts& parts, const HubOptions& options,
      std::function<void(const HubReport&)> report = {});
  // Stops as stop() does.
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // With the port that was taken.
  [[nodiscard]] const std::string& endpoint() const;
  [[nodiscard]] const std::string& next_endpoint() const;
  // Takes nothing new, answers what is under way, writes the Stopped entry, ends the threads.
  void stop();

 private:
  struct Impl;
  explicit Hub(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rapporteur
