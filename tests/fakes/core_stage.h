// A core with its directory and a log of accepted submissions, driven by hand: no threads, no
// sockets, no disk; time goes only when told.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "broker/core/core.h"
#include "broker/core/entries.h"
#include "tests/fakes/party.h"

namespace rapporteur::fakes {

class CoreStage {
 public:
  explicit CoreStage(core::CoreOptions options = {});

  [[nodiscard]] std::string routing(int line) const;
  // Frames sent to that line since the last call, parsed.
  [[nodiscard]] std::vector<v1::Frame> sent(int line);
  [[nodiscard]] v1::Frame only(int line);
  // Everything of one kind that came out since the last call of it.
  template <typename T>
  [[nodiscard]] std::vector<T> take() {
    std::vector<T> out;
    std::erase_if(actions_, [&](core::Action& action) {
      T* content = std::get_if<T>(&action);
      if (content != nullptr) out.push_back(std::move(*content));
      return content != nullptr;
    });
    return out;
  }

  void step(core::Event event);
  void receive(int line, const Party& party, const v1::Frame& frame);
  // Hello and its answer.
  void greet(int line, const Party& party);
  void pass(std::chrono::milliseconds time);

  // Appends to the log what the core proposed, and `accepted` submissions; one group.
  void commit(std::vector<journal::Draft> accepted = {});
  // An accepted submission as a draft.
  [[nodiscard]] journal::Draft submission(const std::string& sender, const std::string& indicator,
                                          const std::string& area,
                                          v1::Audience audience = v1::AUDIENCE_PARTICIPANTS,
                                          std::size_t body_bytes = 10) const;
  // Answers ReadChunk jobs from the log; done after every step while `disk_answers`.
  void read_chunks();
  bool disk_answers = true;
  // What passes before the core is told of a group; the default is past the wait for company.
  std::chrono::milliseconds between_groups{2};
  void administer(const v1::AdministrativeAction& action);
  // The acknowledgement of `number` as a worker hands it on.
  void acknowledge(int line, const Party& party, const std::string& subscription,
                   std::uint64_t number, const Digest& delivered);

  [[nodiscard]] v1::Frame subscribe_frame(const std::string& name) const;
  [[nodiscard]] v1::Frame credit_frame(const std::string& name, std::uint32_t deliveries,
                                       std::uint64_t bytes = 1U << 20U) const;

  Party op{"op"};
  Party at{"at"};
  Party no{"no"};
  Party europol{"europol"};
  core::Now now;
  std::map<std::string, std::string> states;
  std::unique_ptr<core::Core> core;
  std::shared_ptr<const directory::Directory> directory;
  std::vector<core::ItemPtr> items;  // by log index; null where nothing is delivered
  std::vector<journal::Draft> log;

 private:
  std::vector<core::Action> actions_;
  std::uint64_t correlations_ = 0;
};

}  // namespace rapporteur::fakes
