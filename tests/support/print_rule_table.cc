// Prints the rule table as PROTOCOL.md carries it.
#include <cstdio>

#include "broker/rules/rule_book.h"

int main() {
  const std::string table = rapporteur::rules::rule_table_markdown();
  return std::fwrite(table.data(), 1, table.size(), stdout) == table.size() ? 0 : 1;
}
