#include "tests/crash/signed_script.h"

#include <memory>
#include <random>

#include "broker/admission/gate.h"
#include "broker/core/entries.h"
#include "proto/base/check.h"
#include "store/journal/sequences.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/fakes/memory_journal.h"
#include "tests/fakes/sender.h"

namespace rapporteur::crash {
namespace {

using fakes::Sender;

std::size_t at_most(std::mt19937_64& random, std::size_t most) {
  return std::uniform_int_distribution<std::size_t>(0, most)(random);
}

constexpr std::size_t kGroupMost = 12;

// A gate over a journal in memory, whose drafts are kept.
class Hub {
 public:
  explicit Hub(const notes::VerifierKey& log)
      : directory_(journal_, founded_by(op_.party)),
        gate_(kScriptHub, journal_, directory_, clock_) {
    v1::Started started;
    started.set_hub(kScriptHub);
    started.set_origin(log.name);
    started.set_log_verifier_key(log.text());
    started.set_operator_id(op_.party.id);
    started.set_operator_curve_key(op_.party.curve.string());
    started.set_operator_signing_key(op_.party.signing.public_key().string());
    keep(core::started_draft(started));
  }

  bool send(const v1::Envelope& envelope, const Sender& line) {
    const std::string bytes = envelope.SerializeAsString();
    const admission::Principal principal{line.party.id, line.party.curve};
    auto verdict = gate_.judge(bytes_of(bytes), principal);
    auto* enter = std::get_if<admission::Enter>(&verdict);
    RAPPORTEUR_CHECK(enter != nullptr);
    enter->entry.draft.state.push_back(sequences_.use(line.party.signing.key_id()));
    messages.push_back({bytes, principal, *enter->entry.draft.message});
    const bool accepted = enter->accepted;
    if (accepted && !enter->entry.draft.body.empty()) bodies_.push_back(journal_.size().value);
    keep(std::move(enter->entry.draft));
    return accepted;
  }
  void administer(const v1::AdministrativeAction& action) {
    RAPPORTEUR_CHECK(send(op_.administration(action), op_));
  }

  // An operator erases one of the bodies that are in a group of before, if there is one.
  void erase(std::mt19937_64& random) {
    const std::size_t at = bodies_.empty() ? 0 : at_most(random, bodies_.size() - 1);
    if (bodies_.empty() || bodies_[at] + kGroupMost >= journal_.size().value) return;
    v1::AdministrativeAction action;
    action.mutable_erase()->set_index(bodies_[at]);
    action.set_reason("a slip");
    bodies_.erase(bodies_.begin() + static_cast<std::ptrdiff_t>(at));
    administer(action);
  }

  std::vector<journal::Draft> drafts;
  std::vector<SignedScript::Message> messages;

 private:
  void keep(journal::Draft draft) {
    const LogIndex index{journal_.size().value};
    if (draft.state_at) {
      // Once and for all: the gate's own changes the directory when it is called.
      draft.state_at = [writes = draft.state_at(index), index](LogIndex at) {
        RAPPORTEUR_CHECK(at == index);
        return writes;
      };
    }
    drafts.push_back(draft);
    RAPPORTEUR_CHECK(journal_.append(std::span(&draft, 1)).has_value());
  }

  Sender op_{"hub-op"};
  fakes::MemoryJournal journal_;
  fakes::FixedClock clock_{static_cast<std::int64_t>(fakes::kNowMs)};
  admission::DirectoryHolder directory_;
  admission::Gate gate_;
  journal::Sequences sequences_;
  std::vector<std::uint64_t> bodies_;  // of accepted submissions, not erased
};

// One agency and what of it is live.
struct Agency {
  Agency(const std::string& id, std::string sends_for) : sender(id), area(std::move(sends_for)) {}

  [[nodiscard]] std::vector<Observation> figures(std::mt19937_64& random) {
    std::vector<Observation> out;
    const std::size_t more = at_most(random, 3);
    for (std::size_t i = 0; i <= more; ++i, ++month) {
      const int of_year = month % 12 + 1;
      const std::string period =
          std::to_string(1960 + month / 12) + (of_year < 10 ? "-0" : "-") + std::to_string(of_year);
      out.push_back(fakes::figure("VIC_REG", area, period,
                                  1'000 + static_cast<std::int64_t>(at_most(random, 900))));
      out.back()[Dimension::kFreq] = "M";
    }
    return out;
  }
  [[nodiscard]] std::string take_live(std::mt19937_64& random) {
    const std::size_t at = at_most(random, live.size() - 1);
    std::string id = live[at];
    live.erase(live.begin() + static_cast<std::ptrdiff_t>(at));
    return id;
  }

  Sender sender;
  std::string area;
  int month = 0;
  std::vector<std::string> live;
};

// One in ten each: a revision, a withdrawal, a skip, a foreign area.
void act(Hub& hub, Agency& agency, std::mt19937_64& random) {
  const std::size_t kind = at_most(random, 9);
  Sender& sender = agency.sender;
  if (kind == 0) {
    hub.send(sender.sealed(sender.bare(v1::KIND_SKIP), ""), sender);
    return;
  }
  if (kind == 1) {
    const bool accepted =
        hub.send(sender.submission({fakes::figure("VIC_REG", "SE", "2006", 5'000)}), sender);
    RAPPORTEUR_CHECK(!accepted);
    return;
  }
  if (kind == 2 && !agency.live.empty()) {
    hub.send(sender.sealed(sender.replacing(v1::KIND_WITHDRAWAL, agency.take_live(random)), ""),
             sender);
    return;
  }
  const auto figures = agency.figures(random);
  v1::Header header = kind == 3 && !agency.live.empty()
                          ? sender.replacing(v1::KIND_REVISION, agency.take_live(random), figures)
                          : sender.header(figures);
  const std::string id = header.message_id();
  RAPPORTEUR_CHECK(hub.send(sender.sealed(std::move(header), figures), sender));
  agency.live.push_back(id);
}

Script in_groups(std::vector<journal::Draft> drafts, std::mt19937_64& random) {
  std::vector<std::vector<journal::Draft>> groups;
  std::size_t left = 0;
  for (journal::Draft& draft : drafts) {
    if (left == 0) {
      groups.emplace_back();
      left = 1 + at_most(random, kGroupMost - 1);
    }
    groups.back().push_back(std::move(draft));
    --left;
  }
  return Script(std::move(groups));
}

}  // namespace

SignedScript::SignedScript(std::uint64_t seed, std::size_t submissions,
                           const notes::VerifierKey& log, bool erasures)
    : script_({}) {
  std::mt19937_64 random(seed);
  Hub hub(log);
  std::vector<Agency> agencies;
  for (const std::string area : {"AT", "BE", "DE"}) {
    Agency& agency = agencies.emplace_back("agency-" + std::to_string(agencies.size()), area);
    hub.administer(agency.sender.party.enrolment());
    hub.administer(fakes::submit_grant(agency.sender.party.id, "*", "*", area));
    hub.administer(fakes::receive_grant(agency.sender.party.id, "*", "*", "*"));
  }
  for (std::size_t i = 0; i < submissions; ++i) {
    act(hub, agencies[at_most(random, 2)], random);
    if (erasures && at_most(random, 19) == 0) hub.erase(random);
  }
  messages_ = std::move(hub.messages);
  script_ = in_groups(std::move(hub.drafts), random);
}

}  // namespace rapporteur::crash
