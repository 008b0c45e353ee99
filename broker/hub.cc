#include "broker/hub.h"

#include <algorithm>
#include <system_error>
#include <thread>

#include <zmq.hpp>

#include "broker/admission/commit_host.h"
#include "broker/admission/dispatcher.h"
#include "broker/admission/measured_journal.h"
#include "broker/admission/opening.h"
#include "broker/core/entries.h"
#include "broker/net/zap.h"
#include "proto/base/sabotage.h"

namespace rapporteur {
namespace {

std::size_t worker_count(std::size_t asked) {
  return asked > 0 ? asked : std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
}

core::CoreOptions core_options(const HubOptions& options) {
  core::CoreOptions out;
  out.hub = options.started.hub();
  out.origin = options.started.origin();
  out.log_verifier_key = options.started.log_verifier_key();
  out.software_version = options.started.software_version();
  out.budgets = options.budgets;
  out.feed = options.feed;
  out.policy = options.policy;
  return out;
}

core::Now now_by(const Clock& clock) {
  return {clock.monotonic(), clock.now()};
}

}  // namespace

struct Hub::Impl {
  struct Opened {
    std::shared_ptr<const directory::Directory> directory;
    std::vector<core::Subscription> subscriptions;
    core::Cosigned cosigned;
    TreeSize backed_up_to;
  };

  Impl(const HubParts& parts, const HubOptions& options, Opened opened,
       std::function<void(const HubReport&)> reporting)
      : report(std::move(reporting)),
        journal(parts.journal, parts.observer, parts.clock),
        reader(parts.journal.reader()),
        directory(reader, opened.directory),
        gate(options.started.hub(), reader, directory, parts.clock),
        backed_up(opened.backed_up_to),
        answers(reader, parts.log_key, backed_up),
        judging(options.started.hub(), gate, directory, answers),
        workers(judging, inbox, worker_count(options.workers)),
        host({judging, answers, directory, parts.log_key, workers, inbox, parts.observer,
              parts.clock},
             reader.size()),
        core(core_options(options),
             {reader.size(), reader.checkpoint(), opened.directory,
              admission::signed_directory(*opened.directory, parts.log_key),
              std::move(opened.subscriptions), std::move(opened.cosigned), opened.backed_up_to},
             now_by(parts.clock)),
        questions(
            {options.started.hub(), options.started.origin(), options.started.log_verifier_key()},
            reader, backed_up, parts.snapshots, parts.clock),
        context(options.io_threads) {}
  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  [[nodiscard]] Status open(const HubParts& parts, const HubOptions& options);

  void open_threads(const HubOptions& options, const Clock& clock) {
    sequencer = std::make_unique<journal::Sequencer>(
        journal, host,
        journal::SequencerOptions{options.group_entries, limits::kGroupBytes,
                                  limits::kProposalQueue});
    workers.start(*sequencer);
    log_reader = std::make_unique<admission::LogReader>(reader, questions, inbox);
    dispatcher = std::make_unique<admission::Dispatcher>(workers, *log_reader, *sequencer, reader,
                                                         backed_up);
    router = std::make_unique<net::Router>(
        *socket, inbox, core, *dispatcher, clock,
        [this](const core::Core& with, core::Now now, std::uint64_t open_lines) {
          if (report) report({with, now, open_lines, workers.waiting()});
        });
    std::vector<core::Event> begin;
    begin.emplace_back(core::Start{core::started_draft(options.started)});
    inbox.post(std::move(begin));
    router_thread = std::thread([this] { router->run(); });
  }

  void stop() {
    if (router_thread.joinable()) {
      std::vector<core::Event> end;
      end.emplace_back(core::Stop{});
      inbox.post(std::move(end));
      router_thread.join();
    }
    // Also of a hub that did not get as far as its router.
    workers.stop();
    if (sequencer != nullptr) sequencer->stop();
    if (log_reader != nullptr) log_reader->stop();
  }

  std::function<void(const HubReport&)> report;
  admission::MeasuredJournal journal;
  const journal::JournalReader& reader;
  admission::DirectoryHolder directory;
  admission::Gate gate;
  admission::BackupMark backed_up;
  admission::Answers answers;
  admission::Judging judging;
  net::Inbox inbox;
  admission::Workers workers;
  admission::CommitHost host;
  core::Core core;
  admission::Questions questions;
  zmq::context_t context;
  std::unique_ptr<net::ZapHandler> zap;
  std::unique_ptr<net::RouterSocket> socket;
  std::unique_ptr<journal::Sequencer> sequencer;
  std::unique_ptr<admission::LogReader> log_reader;
  std::unique_ptr<admission::Dispatcher> dispatcher;
  std::unique_ptr<net::Router> router;
  std::thread router_thread;
};

Status Hub::Impl::open(const HubParts& parts, const HubOptions& options) {
  if (!sabotaged("zap-off")) {
    auto guard = net::ZapHandler::start(context, [this] { return directory.get(); });
    if (!guard) return tl::unexpected(guard.error());
    zap = std::move(*guard);
  }
  auto bound = net::RouterSocket::bind(context, parts.keys, options.socket);
  if (!bound) return tl::unexpected(bound.error());
  socket = std::move(*bound);
  open_threads(options, parts.clock);
  return {};
}

Result<std::unique_ptr<Hub>> Hub::start(const HubParts& parts, const HubOptions& options,
                                        std::function<void(const HubReport&)> report) {
  auto directory = admission::open_directory(parts.journal.reader());
  if (!directory) return tl::unexpected(directory.error());
  auto subscriptions = admission::open_subscriptions(parts.journal.reader());
  if (!subscriptions) return tl::unexpected(subscriptions.error());
  auto cosigned = admission::open_cosigned(parts.journal.reader());
  if (!cosigned) return tl::unexpected(cosigned.error());
  const auto backed_up_to = admission::open_backed_up(parts.journal.reader());
  if (!backed_up_to) return tl::unexpected(backed_up_to.error());
  Impl::Opened opened{std::move(*directory), std::move(*subscriptions), std::move(*cosigned),
                      *backed_up_to};
  const auto short_of = [](const std::exception& error) {
    return fail(ErrorKind::kConfiguration,
                std::string("threads or descriptors ran out: ") + error.what(), "start",
                "raise the limits of open files and of tasks (LimitNOFILE, TasksMax)");
  };
  try {
    auto impl = std::make_unique<Impl>(parts, options, std::move(opened), std::move(report));
    if (auto done = impl->open(parts, options); !done) return tl::unexpected(done.error());
    return std::unique_ptr<Hub>(new Hub(std::move(impl)));
  } catch (const std::system_error& error) {
    return short_of(error);
  } catch (const zmq::error_t& error) {
    return short_of(error);
  }
}

Hub::Hub(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Hub::~Hub() = default;

const std::string& Hub::endpoint() const {
  return impl_->socket->endpoint();
}

const std::string& Hub::next_endpoint() const {
  return impl_->socket->next_endpoint();
}

void Hub::stop() {
  impl_->stop();
}

}  // namespace rapporteur
