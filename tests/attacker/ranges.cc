#include "tests/attacker/ranges.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <glpk.h>

namespace rapporteur::attacker {
namespace {

constexpr double kEndless = std::numeric_limits<double>::infinity();

}  // namespace

// GLPK counts from 1.
struct Ranges::Program {
  Program() : problem(glp_create_prob()) {
    glp_term_out(GLP_OFF);
    glp_init_smcp(&options);
    options.msg_lev = GLP_MSG_OFF;
  }
  ~Program() { glp_delete_prob(problem); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void add(const Known& known, int kind) {
    const int row = glp_add_rows(problem, 1);
    glp_set_row_bnds(problem, row, kind, static_cast<double>(known.value), 0);
    std::vector<int> places{0};
    std::vector<double> factors{0};
    for (const Term& term : known.sum) {
      places.push_back(static_cast<int>(term.unknown) + 1);
      factors.push_back(static_cast<double>(term.factor));
    }
    glp_set_mat_row(problem, row, static_cast<int>(known.sum.size()), places.data(),
                    factors.data());
  }

  // In floating point first: the exact program then begins where that one ended.
  int solve() {
    if (glp_simplex(problem, &options) != 0) glp_std_basis(problem);
    if (glp_exact(problem, &options) != 0) {
      glp_std_basis(problem);
      if (glp_exact(problem, &options) != 0) throw std::runtime_error("GLPK gave up");
    }
    return glp_get_status(problem);
  }

  glp_prob* problem;
  glp_smcp options{};
};

Ranges::Ranges(const Puzzle& puzzle)
    : program_(std::make_unique<Program>()), unknowns_(puzzle.least.size()) {
  glp_prob* problem = program_->problem;
  if (unknowns_ == 0) {
    contradictory_ = std::any_of(puzzle.equal.begin(), puzzle.equal.end(),
                                 [](const Known& known) { return known.value != 0; });
    return;
  }
  glp_add_cols(problem, static_cast<int>(unknowns_));
  for (std::size_t i = 0; i < unknowns_; ++i) {
    glp_set_col_bnds(problem, static_cast<int>(i) + 1, GLP_LO, static_cast<double>(puzzle.least[i]),
                     0);
  }
  for (const Known& known : puzzle.equal) program_->add(known, GLP_FX);
  for (const Known& known : puzzle.at_least) program_->add(known, GLP_LO);
  if (glp_get_num_rows(problem) == 0) glp_add_rows(problem, 1);
  contradictory_ = program_->solve() == GLP_NOFEAS;
}

Ranges::~Ranges() = default;

Ranges::Solution Ranges::solve(const Sum& sum, bool most) {
  if (contradictory_) throw std::runtime_error("no counts fit");
  Solution out;
  if (sum.empty()) return out;
  glp_prob* problem = program_->problem;
  glp_set_obj_dir(problem, most ? GLP_MAX : GLP_MIN);
  for (std::size_t i = 0; i < unknowns_; ++i) glp_set_obj_coef(problem, static_cast<int>(i) + 1, 0);
  for (const Term& term : sum) {
    glp_set_obj_coef(problem, static_cast<int>(term.unknown) + 1, static_cast<double>(term.factor));
  }
  const int status = program_->solve();
  if (status == GLP_UNBND) {
    out.endless = true;
    return out;
  }
  if (status != GLP_OPT) throw std::runtime_error("GLPK came to no end");
  out.value = glp_get_obj_val(problem);
  for (std::size_t i = 0; i < unknowns_; ++i) {
    out.unknowns.push_back(glp_get_col_prim(problem, static_cast<int>(i) + 1));
  }
  return out;
}

void Found::see(double value) {
  least = std::min(least, value);
  most = std::max(most, value);
}

Found nothing_found() {
  return {kEndless, -kEndless, false};
}

bool is_safe(const Found& found, const Target& target, const Rule& rule) {
  const double whole = target.whole ? static_cast<double>(*target.whole) : kEndless;
  if (whole < rule.width) return found.least < kApart && found.most > whole - kApart;
  return found.most - found.least > rule.width - kApart &&
         (found.least < kApart || (!target.whole && found.most > rule.k - kApart));
}

std::vector<Found> attack(Ranges& ranges, const std::vector<Target>& targets, const Rule& rule) {
  std::vector<Found> found(targets.size(), nothing_found());
  // A table that shows one sum to be open shows it of others, too.
  const auto see = [&](const std::vector<double>& unknowns) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      double value = 0;
      for (const Term& term : targets[i].sum) {
        value += static_cast<double>(term.factor) * unknowns[term.unknown];
      }
      found[i].see(value);
      found[i].safe = is_safe(found[i], targets[i], rule);
    }
  };
  for (std::size_t i = 0; i < targets.size(); ++i) {
    for (const bool most : {true, false}) {
      if (found[i].safe) break;
      const auto end = most ? ranges.most(targets[i].sum) : ranges.least(targets[i].sum);
      if (!end.endless) {
        see(end.unknowns);
        continue;
      }
      (most ? found[i].most : found[i].least) = most ? kEndless : -kEndless;
      found[i].safe = is_safe(found[i], targets[i], rule);
    }
  }
  return found;
}

}  // namespace rapporteur::attacker
