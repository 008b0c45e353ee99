#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "store/notes/checkpoint.h"

namespace rapporteur::notes {
namespace {

rc::Gen<std::string> key_name() {
  return rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcxyz019./-_ABZ"))));
}

rc::Gen<std::string> note_text() {
  const std::vector<std::string> pieces{"a", "b", " ", "1", "+", "\u2014", "\n", "\n"};
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces)),
                      [](const std::vector<std::string>& chosen) {
                        std::string text;
                        for (const std::string& piece : chosen) text += piece;
                        return text + "\n";
                      });
}

RC_GTEST_PROP(NoteProperty, WhatIsWrittenIsReadAndVerifies, ()) {
  const auto text = *note_text();
  const auto name = *key_name();
  const auto key = crypto::SigningKey::generate();
  Note note{text, {sign(text, name, key)}};
  for (const auto& blob : *rc::gen::container<std::vector<std::string>>(
           rc::gen::nonEmpty(rc::gen::arbitrary<std::string>()))) {
    if (note.signatures.size() < 60) note.signatures.push_back({*key_name(), 7, blob});
  }
  const auto read = Note::parse(note.bytes());
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->text == note.text);
  RC_ASSERT(read->signatures == note.signatures);
  const VerifierKey known{name, KeyType::kEd25519, key.public_key()};
  RC_ASSERT(verify(*read, std::span(&known, 1)).has_value());
}

RC_GTEST_PROP(NoteProperty, ATextThatIsNoUtf8IsRefused, ()) {
  // A byte that only goes on with a character, behind one that is whole.
  const std::string text = *note_text();
  const auto key = crypto::SigningKey::generate();
  const std::string cut = text + "a\x94\n";
  RC_ASSERT(!Note::parse(Note{cut, {sign(cut, "k", key)}}.bytes()).has_value());
}

RC_GTEST_PROP(NoteProperty, AFlippedBitIsNoticed, ()) {
  const auto key = crypto::SigningKey::generate();
  const std::string name = "hub.example/log";
  const Checkpoint checkpoint{name, TreeSize{*rc::gen::arbitrary<std::uint64_t>()}, {}};
  std::string bytes = sign_checkpoint(checkpoint, key);
  const VerifierKey log{name, KeyType::kEd25519, key.public_key()};
  RC_ASSERT(open_checkpoint(bytes, log).value() == checkpoint);
  const auto at = *rc::gen::resize(1000, rc::gen::inRange<std::size_t>(0, bytes.size()));
  bytes[at] = static_cast<char>(bytes[at] ^ (1 << *rc::gen::inRange(0, 8)));
  RC_ASSERT(!open_checkpoint(bytes, log).has_value());
}

RC_GTEST_PROP(NoteProperty, VerifierKeysGoRound, ()) {
  const VerifierKey key{*key_name(), *rc::gen::element(KeyType::kEd25519, KeyType::kCosignatureV1),
                        crypto::SigningKey::generate().public_key()};
  RC_ASSERT(VerifierKey::parse(key.text()).value() == key);
}

RC_GTEST_PROP(NoteProperty, CheckpointsGoRound, ()) {
  Checkpoint checkpoint{*key_name(), TreeSize{*rc::gen::arbitrary<std::uint64_t>()}, {}};
  for (auto& byte : checkpoint.root.bytes) byte = std::byte(*rc::gen::arbitrary<unsigned char>());
  RC_ASSERT(Checkpoint::parse(checkpoint.text()).value() == checkpoint);
}

}  // namespace
}  // namespace rapporteur::notes
