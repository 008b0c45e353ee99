#include "store/verify/policy.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "proto/base/limits.h"
#include "proto/base/sabotage.h"
#include "proto/base/whole_number.h"

namespace rapporteur::verify {
namespace {

constexpr std::string_view kNone = "none";
constexpr const char* kLogForm = "it reads: log <verifier key> [<url>]";
constexpr const char* kWitnessForm = "it reads: witness <name> <verifier key> [<url>]";
constexpr const char* kGroupForm = "it reads: group <name> <all|any|number> <name>...";
constexpr const char* kQuorumForm = "it reads: quorum <name|none>";
constexpr const char* kAbove = "a name is defined on a line above the one that uses it";

using Words = std::vector<std::string_view>;

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// Octets above ASCII are nobody's business: names are compared as bytes.
bool is_allowed(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return c == '\t' || (octet >= 0x20 && octet != 0x7F);
}

Words words_of(std::string_view line) {
  Words words;
  while (true) {
    const auto begin = std::ranges::find_if_not(line, is_blank);
    if (begin == line.end()) return words;
    const auto end = std::find_if(begin, line.end(), is_blank);
    words.emplace_back(begin, end);
    line = std::string_view(end, line.end());
  }
}

std::string quoted(std::string_view word) {
  return "'" + printable(word, 80) + "'";
}

}  // namespace

// Reads a policy line by line.
class Policy::Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}
  Status read(std::string_view text) {
    if (text.size() > limits::kPolicyBytes) {
      return malformed("it is longer than " + std::to_string(limits::kPolicyBytes) + " bytes",
                       "leave out what is not needed");
    }
    while (!text.empty()) {
      ++number_;
      const std::size_t end = text.find('\n');
      if (end == std::string_view::npos) {
        return malformed("the last line has no end: was the file cut off?",
                         "end it with a newline");
      }
      if (auto taken = line(text.substr(0, end)); !taken) return taken;
      text.remove_prefix(end + 1);
    }
    number_ = 0;
    if (!quorum_line_) {
      return malformed("no line says which quorum is asked for",
                       "add one: quorum <name of a group or witness>, or quorum none");
    }
    return {};
  }
  [[nodiscard]] Policy take() { return std::move(policy_); }

 private:
  [[nodiscard]] tl::unexpected<Error> malformed(const std::string& why, std::string remedy) const {
    std::string where = file_;
    if (number_ != 0) where += (file_.empty() ? "line " : ":") + std::to_string(number_);
    return fail(ErrorKind::kMalformed, "not a policy: " + why, where, std::move(remedy));
  }

  Status line(std::string_view text) {
    if (!std::ranges::all_of(text, is_allowed)) {
      return malformed("a control character other than tab and newline",
                       "lines end in a newline alone, and are plain text");
    }
    const Words words = words_of(text);
    if (words.empty() || words.front().front() == '#') return {};
    if (words.front() == "log") return log(words);
    if (words.front() == "witness") return witness(words);
    if (words.front() == "group") return group(words);
    if (words.front() == "quorum") return quorum(words);
    return malformed(quoted(words.front()) + " begins no line of one",
                     "lines begin with log, witness, group, quorum or #");
  }

  Status log(const Words& words) {
    if (words.size() < 2 || words.size() > 3) return malformed("not a line for a log", kLogForm);
    if (policy_.logs_.size() == limits::kPolicyLogs) {
      return malformed("too many logs", at_most(limits::kPolicyLogs));
    }
    auto key = notes::VerifierKey::parse(words[1]);
    if (!key) return malformed(key.error().what, kLogForm);
    if (key->type != notes::KeyType::kEd25519) {
      return malformed("the key is not one of a log",
                       "the hub's public file has it, as log_verifier_key");
    }
    for (const Log& other : policy_.logs_) {
      if (other.key.key == key->key) {
        return malformed("the key is another log's too", "name each log once");
      }
    }
    policy_.logs_.push_back({std::move(*key), std::string(words.size() == 3 ? words[2] : "")});
    return {};
  }

  Status witness(const Words& words) {
    if (words.size() < 3 || words.size() > 4) {
      return malformed("not a line for a witness", kWitnessForm);
    }
    if (policy_.witnesses_.size() == limits::kPolicyWitnesses) {
      return malformed("too many witnesses", at_most(limits::kPolicyWitnesses));
    }
    const auto encoded = notes::EncodedKey::parse(words[2]);
    if (!encoded) return malformed(encoded.error().what, kWitnessForm);
    if (std::ranges::find(witness_keys_, encoded->key) != witness_keys_.end()) {
      return malformed("the key is another witness's too", "name each witness once");
    }
    Witness added{std::string(words[1]), std::nullopt,
                  std::string(words.size() == 4 ? words[3] : "")};
    const bool unverifiable =
        encoded->type == notes::kMlDsa44Type && encoded->key.size() == notes::kMlDsa44KeyBytes;
    if (!unverifiable) {
      auto key = notes::VerifierKey::parse(words[2]);
      if (!key) return malformed(key.error().what, kWitnessForm);
      if (key->type != notes::KeyType::kCosignatureV1) {
        return malformed("the key is not one of a witness",
                         "the witness's operator has it: rapporteur witness show");
      }
      added.key = std::move(*key);
    }
    if (auto named = name(words[1]); !named) return named;
    policy_.voters_.push_back({added.name, policy_.witnesses_.size(), 0, {}, false});
    policy_.witnesses_.push_back(std::move(added));
    witness_keys_.push_back(encoded->key);
    return {};
  }

  Status group(const Words& words) {
    if (words.size() < 4) return malformed("not a line for a group", kGroupForm);
    if (groups_ == limits::kPolicyGroups) {
      return malformed("too many groups", at_most(limits::kPolicyGroups));
    }
    if (auto named = name(words[1]); !named) return named;
    Voter added{std::string(words[1]), std::nullopt, 0, {}, false};
    for (const std::string_view member : std::span(words).subspan(3)) {
      const auto known = find(member);
      if (!known) return malformed("no line above defines " + quoted(member), kAbove);
      if (policy_.voters_[*known].taken) {
        return malformed(quoted(member) + " is a member already",
                         "each witness or group is a member of one group, once");
      }
      policy_.voters_[*known].taken = true;
      added.members.push_back(*known);
    }
    const std::uint64_t most = added.members.size();
    const auto threshold = words[2] == "all"   ? most
                           : words[2] == "any" ? std::optional<std::uint64_t>(1)
                                               : parse_whole_number(words[2]);
    if (!threshold || *threshold < 1 || *threshold > most) {
      return malformed(quoted(words[2]) + " is no number of its members",
                       "all, any, or 1 to " + std::to_string(most));
    }
    added.threshold = static_cast<std::size_t>(*threshold);
    policy_.voters_.push_back(std::move(added));
    ++groups_;
    return {};
  }

  Status quorum(const Words& words) {
    if (words.size() != 2) return malformed("not a line for the quorum", kQuorumForm);
    if (quorum_line_) return malformed("a second quorum line", "leave one of them out");
    quorum_line_ = true;
    if (words[1] == kNone) return {};
    policy_.quorum_ = find(words[1]);
    if (!policy_.quorum_) return malformed("no line above defines " + quoted(words[1]), kAbove);
    return {};
  }

  // A name that is free.
  [[nodiscard]] Status name(std::string_view wanted) const {
    if (wanted == kNone) return malformed("'none' is no name to give", "give another name");
    if (find(wanted)) return malformed(quoted(wanted) + " is defined above", "give another name");
    return {};
  }

  [[nodiscard]] std::optional<std::size_t> find(std::string_view wanted) const {
    const auto found = std::ranges::find(policy_.voters_, wanted, &Voter::name);
    if (found == policy_.voters_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - policy_.voters_.begin());
  }

  static std::string at_most(std::size_t most) { return "at most " + std::to_string(most); }

  std::string file_;  // for messages; may be empty
  Policy policy_;
  std::vector<std::string> witness_keys_;
  std::size_t groups_ = 0;
  std::size_t number_ = 0;
  bool quorum_line_ = false;
};

Result<Policy> Policy::parse(std::string_view text, const std::string& file) {
  Reader reader(file);
  if (auto read = reader.read(text); !read) return tl::unexpected(read.error());
  return reader.take();
}

Result<Policy> Policy::read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(limits::kPolicyBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (!in.is_open() || in.bad()) {
    return fail(ErrorKind::kConfiguration,
                "cannot read the policy of witnesses: " + std::generic_category().message(errno),
                file.string(), "name a C2SP tlog-policy: lines log, witness, group, quorum");
  }
  auto policy = parse(text, file.string());
  if (!policy) policy.error().kind = ErrorKind::kConfiguration;
  return policy;
}

Policy Policy::of_log(notes::VerifierKey log) {
  Policy policy;
  policy.logs_.push_back({std::move(log), {}});
  return policy;
}

Result<TrustedHead> Policy::open(std::string_view note_bytes) const {
  const auto note = notes::Note::parse(note_bytes);
  if (!note) return tl::unexpected(note.error());
  std::vector<notes::VerifierKey> known;
  for (const Log& log : logs_) known.push_back(log.key);
  for (const Witness& witness : witnesses_) {
    if (witness.key) known.push_back(*witness.key);
  }
  const auto signatures = notes::verify(*note, known);
  if (!signatures) return tl::unexpected(signatures.error());
  auto checkpoint = notes::Checkpoint::parse(note->text);
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  // A log speaks for its own origin only.
  const auto by_log = std::ranges::find_if(*signatures, [&](const auto& one) {
    return one.key.type == notes::KeyType::kEd25519 && one.key.name == checkpoint->origin;
  });
  if (by_log == signatures->end()) {
    return fail(ErrorKind::kNotVerified,
                "checkpoint of " + checkpoint->origin + ", signed by no known log of this name");
  }
  TrustedHead head{std::move(*checkpoint), by_log->key, cosigned(*signatures)};
  if (auto met = check_quorum(head.witnesses); !met) return tl::unexpected(met.error());
  return head;
}

std::vector<Witnessed> Policy::cosigned(
    std::span<const notes::VerifiedSignature> signatures) const {
  // Groups stand behind their members: from the quorum down each asks for its own.
  std::vector<bool> asked(voters_.size(), false);
  for (std::size_t i = voters_.size(); i-- > 0;) {
    if (quorum_ == i) asked[i] = true;
    for (const std::size_t member : voters_[i].members) asked[member] = asked[i];
  }
  std::vector<Witnessed> out;
  for (std::size_t i = 0; i < voters_.size(); ++i) {
    if (!voters_[i].witness) continue;
    const Witness& witness = witnesses_[*voters_[i].witness];
    const auto by_witness = std::ranges::find_if(
        signatures, [&](const auto& one) { return witness.key && one.key == *witness.key; });
    if (by_witness == signatures.end()) continue;
    out.push_back({witness.name, by_witness->time.value(), asked[i]});
  }
  return out;
}

Status Policy::check_quorum(std::span<const Witnessed> witnesses) const {
  if (!quorum_ || sabotaged("quorum-ignored")) return {};
  std::vector<bool> witnessed;
  for (const Voter& voter : voters_) {
    const auto count =
        std::ranges::count_if(voter.members, [&](std::size_t member) { return witnessed[member]; });
    const bool cosigned =
        std::ranges::find(witnesses, voter.name, &Witnessed::name) != witnesses.end();
    witnessed.push_back(voter.witness ? cosigned
                                      : static_cast<std::size_t>(count) >= voter.threshold);
  }
  if (witnessed[*quorum_]) return {};
  std::string by;
  for (const Witnessed& one : witnesses) {
    if (one.in_quorum) by += (by.empty() ? "only " : ", ") + one.name;
  }
  const Voter& asked = voters_[*quorum_];
  std::string needed;
  for (const std::size_t member : asked.members) {
    needed += (needed.empty() ? " (" + std::to_string(asked.threshold) + " of " : ", ") +
              voters_[member].name;
  }
  return fail(ErrorKind::kNotVerified,
              "the quorum " + asked.name + (needed.empty() ? "" : needed + ")") +
                  " is not met: " + (by.empty() ? "nobody" : by) + " cosigned",
              {}, "a later checkpoint that covers the entry may have more cosignatures");
}

}  // namespace rapporteur::verify
