// Which variables of a system follow exactly from its equations, and how.
//
// Bounds are not looked at: what follows only because counts are not negative is for witness.h and
// bounds.h. Equations with one unknown are solved one after the other; what is left is eliminated
// modulo 2^61-1. A proof is verified in integers before it is given.
//
// Threads: any; pure, the same everywhere. Cost: bounded by `multiplications`, not by time.
// Errors: kTooComplex when the bound is exceeded; kContradiction, with the equations that
// contradict each other. What was derived until then is not given.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "broker/disclosure/linear_system.h"

namespace rapporteur::disclosure {

// An equation, multiplied.
struct ProofTerm {
  std::uint32_t equation = 0;
  std::int64_t multiplier = 1;
  bool operator==(const ProofTerm&) const = default;
};

// divisor * variable = the sum of the multiplied equations' constants; all other terms cancel out.
struct Derived {
  Variable variable = 0;
  std::int64_t value = 0;
  std::int64_t divisor = 1;
  // Ascending equations; empty if nobody wanted it or its multipliers do not fit.
  std::vector<ProofTerm> proof;
};

struct Derivation {
  enum class Outcome { kDone, kTooComplex, kContradiction };
  Outcome outcome = Outcome::kDone;
  std::vector<Derived> derived;  // ascending variables
  // Adds up to 0 = something else, or to a count that would not be whole; empty if its multipliers
  // do not fit.
  std::vector<ProofTerm> contradiction;
  std::uint64_t multiplications = 0;
};

struct DerivationBound {
  std::uint64_t multiplications = 0;
};

// Whether anybody will read the proof of a variable with that value: proofs are what costs where
// much follows. Not set: all are made.
using WantsProof = std::function<bool(Variable variable, std::int64_t value)>;

[[nodiscard]] Derivation derive(const LinearSystem& system, DerivationBound bound,
                                const WantsProof& wants_proof = nullptr);

}  // namespace rapporteur::disclosure
