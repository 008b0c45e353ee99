#include "ops/publisher/witness_line.h"

#include <utility>

namespace rapporteur::publisher {

void Mailbox::put(WitnessReply reply) {
  {
    const std::lock_guard lock(mutex_);
    replies_.push_back(std::move(reply));
  }
  filled_.notify_one();
}

std::vector<WitnessReply> Mailbox::take(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  filled_.wait_for(lock, wait, [&] { return !replies_.empty(); });
  return std::exchange(replies_, {});
}

WitnessLine::WitnessLine(std::size_t witness, HttpCaller caller, Mailbox& mailbox)
    : witness_(witness),
      caller_(std::move(caller)),
      mailbox_(mailbox),
      thread_([this] { run(); }) {}

WitnessLine::~WitnessLine() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  asked_.notify_one();
  thread_.join();
}

void WitnessLine::ask(witness::AddCheckpoint request) {
  {
    const std::lock_guard lock(mutex_);
    request_ = std::move(request);
  }
  asked_.notify_one();
}

void WitnessLine::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    asked_.wait(lock, [&] { return stopped_ || request_.has_value(); });
    if (stopped_) return;
    witness::AddCheckpoint request = std::move(*request_);
    request_.reset();
    lock.unlock();
    auto reply = caller_.post("/add-checkpoint", request.body(), "text/plain; charset=utf-8");
    mailbox_.put({witness_, std::move(request), std::move(reply)});
    lock.lock();
  }
}

}  // namespace rapporteur::publisher
