// What an attacker with a solver learns of hidden counts from all that is public.
//
// For each target tables are looked for that fit everything public and show that its count cannot
// be told (broker/disclosure/width.h). They are computed from the system alone, which holds no
// hidden count, and so tell nothing that the system does not. A target that no table shows to be
// safe is narrow.
//
// Threads: one at a time. Deterministic: the same system gives the same answer.
// Errors: kRefused: no counts at all fit the system, or the solver gave up. Then nothing is shown:
// no weaker answer is given. A target whose optimum cannot be made exact counts as narrow.
// Source: ADR 26.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "broker/disclosure/linear_system.h"
#include "broker/disclosure/width.h"
#include "broker/disclosure/witness.h"
#include "proto/base/result.h"

namespace rapporteur::anonymise {

struct Attack {
  std::vector<disclosure::Witness> witnesses;
  std::vector<disclosure::Variable> narrow;  // ascending
  std::size_t programs = 0;                  // solved
};

[[nodiscard]] Result<Attack> attack(const disclosure::LinearSystem& system,
                                    std::span<const disclosure::Target> targets,
                                    const disclosure::WidthRule& rule);

// The smallest and the largest count of each variable that fit, one program each way.
struct Ends {
  double least = 0;
  double most = 0;
  std::vector<std::uint32_t> equations;  // that hold it there, ascending
};
[[nodiscard]] Result<std::vector<Ends>> ends_of(const disclosure::LinearSystem& system,
                                                std::span<const disclosure::Variable> variables);

}  // namespace rapporteur::anonymise
