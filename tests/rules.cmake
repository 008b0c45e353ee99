add_library(rapporteur_test_figures STATIC support/figures_csv.cc)
add_library(rapporteur::test_figures ALIAS rapporteur_test_figures)
target_link_libraries(rapporteur_test_figures
  PUBLIC rapporteur::broker_disclosure rapporteur::test_support
  PRIVATE rapporteur_options)

rapporteur_test(unit_facts_2008_rules LABELS unit
  SOURCES unit/facts_2008_rules_test.cc
  LINKS rapporteur::test_figures)
