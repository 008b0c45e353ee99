add_library(rapporteur_test_figures STATIC support/figures_csv.cc)
add_library(rapporteur::test_figures ALIAS rapporteur_test_figures)
target_link_libraries(rapporteur_test_figures
  PUBLIC rapporteur::broker_disclosure rapporteur::test_support
  PRIVATE rapporteur_test_options)

rapporteur_test(unit_facts_2008_rules LABELS unit
  SOURCES unit/facts_2008_rules_test.cc
  LINKS rapporteur::test_figures)
rapporteur_test(unit_rule_fixtures LABELS unit
  SOURCES unit/rule_fixtures_test.cc
  LINKS rapporteur::test_figures rapporteur::adapters_anonymise)
rapporteur_test(unit_total_rules LABELS unit
  SOURCES unit/total_rules_test.cc
  LINKS rapporteur::test_figures)
rapporteur_test(unit_rule_book LABELS unit tidy
  SOURCES unit/rule_book_test.cc
  LINKS rapporteur::test_figures rapporteur::broker_admission)
rapporteur_test(unit_small_cell LABELS unit
  SOURCES unit/small_cell_test.cc
  LINKS rapporteur::test_figures)

add_executable(print_rule_table support/print_rule_table.cc)
target_link_libraries(print_rule_table PRIVATE rapporteur_options rapporteur::broker_admission)
rapporteur_test(property_personal_text LABELS property PROPERTIES
  SOURCES property/personal_text_test.cc
  LINKS rapporteur::test_figures)
rapporteur_test(property_rule_book LABELS property PROPERTIES
  SOURCES property/rule_book_test.cc
  LINKS rapporteur::test_figures)

rapporteur_sabotage(rules-off unit_rule_fixtures
  Rules/RuleFixture.FailingFileRaisesItWithPlaceAndWords/UNKNOWN_CODE)
rapporteur_sabotage(small-cell-off unit_rule_fixtures
  Rules/RuleFixture.FailingFileRaisesItWithPlaceAndWords/SMALL_CELL)
rapporteur_sabotage(linear-exact-off unit_rule_fixtures
  Rules/RuleFixture.FailingFileRaisesItWithPlaceAndWords/LINEAR_EXACT)
rapporteur_sabotage(ledger-forgotten unit_rule_fixtures
  Rules/RuleFixture.FailingFileRaisesItWithPlaceAndWords/DIFFERENCE_WITH)
rapporteur_sabotage(small-change-off unit_rule_fixtures
  Rules/RuleFixture.FailingFileRaisesItWithPlaceAndWords/SMALL_CHANGE)
rapporteur_sabotage(certificate-unchecked unit_rule_fixtures
  Rules/RuleFixture.FailingFileRaisesItWithPlaceAndWords/BAD_CERTIFICATE)
