rapporteur_test(unit_sources_example LABELS unit
  SOURCES unit/sources_example_test.cc
  LINKS rapporteur::adapters_sources)
