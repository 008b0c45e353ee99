// Prints a rule table as PROTOCOL.md carries it: of the content, or, with an argument, of the gate.
#include <cstdio>

#include "broker/admission/gate_rules.h"

int main(int count, char**) {
  using namespace rapporteur;
  const std::string table =
      rules::rule_table_markdown(count > 1 ? admission::gate_rules() : rules::rules());
  return std::fwrite(table.data(), 1, table.size(), stdout) == table.size() ? 0 : 1;
}
