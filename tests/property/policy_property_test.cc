// Quorums of any shape against a count from the top down.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "store/verify/policy.h"
#include "tests/support/cosigner.h"

namespace rapporteur::verify {
namespace {

constexpr int kWitnesses = 6;
constexpr std::string_view kOrigin = "hub.example/log";

// A witness, or a group with its threshold.
struct Node {
  int witness = 0;
  std::size_t threshold = 0;
  std::vector<Node> members;
};

std::string witness_name(int number) {
  return "w" + std::to_string(number) + ".example";
}

bool naive(const Node& node, const std::vector<bool>& cosigned) {
  if (node.members.empty()) return cosigned[static_cast<std::size_t>(node.witness)];
  std::size_t count = 0;
  for (const Node& member : node.members) count += naive(member, cosigned) ? 1 : 0;
  return count >= node.threshold;
}

// All witnesses below one node, joined group by group.
Node any_tree() {
  std::vector<Node> roots;
  for (int i = 0; i < kWitnesses; ++i) roots.push_back({i, 0, {}});
  while (roots.size() > 1) {
    const auto width = *rc::gen::inRange<std::size_t>(2, roots.size() + 1);
    Node group;
    for (std::size_t i = 0; i < width; ++i) {
      const auto at = *rc::gen::inRange<std::size_t>(0, roots.size());
      group.members.push_back(roots[at]);
      roots.erase(roots.begin() + static_cast<std::ptrdiff_t>(at));
    }
    group.threshold = *rc::gen::inRange<std::size_t>(1, width + 1);
    // Now and then in a group of its own.
    const bool wrapped = *rc::gen::arbitrary<bool>();
    roots.push_back(wrapped ? Node{0, 1, {group}} : group);
  }
  return roots.front();
}

// The lines of groups, members before their groups; the name of the node.
std::string write_groups(const Node& node, std::string& lines, int& groups) {
  if (node.members.empty()) return "W" + std::to_string(node.witness);
  std::string members;
  for (const Node& member : node.members) members += " " + write_groups(member, lines, groups);
  std::string name = "G" + std::to_string(groups++);
  std::string threshold = std::to_string(node.threshold);
  if (node.threshold == node.members.size()) threshold = "all";
  if (node.threshold == 1 && node.members.size() > 1) threshold = "any";
  lines += "group " + name + " " + threshold + members + "\n";
  return name;
}

RC_GTEST_PROP(PolicyProperty, TheQuorumIsMetAsCountedFromTheTop, ()) {
  const auto log = testing::seeded_key(1);
  std::string text = "log " + testing::verifier(kOrigin, log).text() + "\n";
  const notes::Checkpoint checkpoint{std::string(kOrigin), TreeSize{7}, {}};
  notes::Note note{checkpoint.text(), {}};
  note.signatures.push_back(notes::sign(note.text, kOrigin, log));
  std::vector<bool> cosigned;
  for (int i = 0; i < kWitnesses; ++i) {
    const auto key = testing::seeded_key(100 + i);
    text += "witness W" + std::to_string(i) + " " +
            testing::verifier(witness_name(i), key, notes::KeyType::kCosignatureV1).text() + "\n";
    cosigned.push_back(*rc::gen::arbitrary<bool>());
    if (cosigned.back()) {
      note.signatures.push_back(testing::cosign(note.text, witness_name(i), 1, key));
    }
  }
  const Node root = any_tree();
  int groups = 0;
  const std::string quorum = write_groups(root, text, groups);
  const auto policy = Policy::parse(text + "quorum " + quorum + "\n");
  RC_ASSERT(policy.has_value());
  RC_ASSERT(policy->open(note.bytes()).has_value() == naive(root, cosigned));
}

}  // namespace
}  // namespace rapporteur::verify
