// What the gate itself may find wrong with a signed message, beside the rule book.
//
// Threads: any. Source: PROTOCOL.md, rule table (generated from `gate_rules()` too).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/rules/rule_book.h"

namespace rapporteur::admission {

namespace code {
inline constexpr std::string_view kBody = "BODY";
inline constexpr std::string_view kTableFull = "TABLE_FULL";
inline constexpr std::string_view kErased = "ERASED";
inline constexpr std::string_view kNotFound = "NOT_FOUND";
inline constexpr std::string_view kConflict = "CONFLICT";
inline constexpr std::string_view kWithdrawn = "WITHDRAWN";
inline constexpr std::string_view kNotEmpty = "NOT_EMPTY";
inline constexpr std::string_view kReleasability = "RELEASABILITY";
inline constexpr std::string_view kCertificate = "CERTIFICATE";
}  // namespace code

[[nodiscard]] std::span<const rules::Rule> gate_rules();

struct Detail {
  std::string en;
  std::string fr;
};
struct Place {
  std::string_view field;
  std::uint32_t row = 0;  // from 1; 0 is the whole
  std::string key = {};
};

// Collects what the gate, the rule book and disclosure control find. One thread.
class FindingList {
 public:
  // `make_detail` is called only for a finding that may be kept.
  template <typename MakeDetail>
  void add(std::string_view rule, const Place& place, const MakeDetail& make_detail) {
    if (findings_.size() < limit()) {
      put(rule, place, make_detail());
    } else {
      ++left_out_;
    }
  }
  void add_all(std::vector<rules::Finding> findings);

  // Ordered by (row, field, code), at most limits::kFindings, errors before warnings;
  // MORE_FINDINGS says how many were left out.
  [[nodiscard]] std::vector<rules::Finding> take() &&;

 private:
  [[nodiscard]] static std::size_t limit();
  void put(std::string_view rule, Place place, Detail detail);

  std::vector<rules::Finding> findings_;
  std::size_t left_out_ = 0;
};

}  // namespace rapporteur::admission
