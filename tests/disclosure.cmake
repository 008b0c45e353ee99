rapporteur_test(unit_derivation LABELS unit
  SOURCES unit/derivation_test.cc
  LINKS rapporteur::broker_disclosure)
rapporteur_test(unit_disclosure_vectors LABELS unit
  SOURCES unit/disclosure_vectors_test.cc
  LINKS rapporteur::broker_disclosure nlohmann_json::nlohmann_json)
rapporteur_test(unit_table_witness LABELS unit
  SOURCES unit/table_witness_test.cc
  LINKS rapporteur::broker_disclosure)
rapporteur_test(property_derivation LABELS property PROPERTIES
  SOURCES property/derivation_test.cc
  LINKS rapporteur::broker_disclosure)
rapporteur_test(unit_table_system LABELS unit
  SOURCES unit/table_system_test.cc
  LINKS rapporteur::test_figures)
rapporteur_test(unit_published_sums LABELS unit
  SOURCES unit/published_sums_test.cc
  LINKS rapporteur::test_figures rapporteur::broker_disclosure)
rapporteur_test(unit_release_check LABELS unit
  SOURCES unit/release_check_test.cc
  LINKS rapporteur::test_figures rapporteur::adapters_anonymise)
rapporteur_test(unit_interval_check LABELS unit
  SOURCES unit/interval_check_test.cc
  LINKS rapporteur::test_figures rapporteur::adapters_anonymise)
rapporteur_test(unit_attack LABELS unit
  SOURCES unit/attack_test.cc
  LINKS rapporteur::adapters_anonymise nlohmann_json::nlohmann_json)
rapporteur_test(unit_reduced_system LABELS unit
  SOURCES unit/reduced_system_test.cc
  LINKS rapporteur::adapters_anonymise)
rapporteur_test(unit_suppression_vectors LABELS unit
  SOURCES unit/suppression_vectors_test.cc
  LINKS rapporteur::adapters_anonymise nlohmann_json::nlohmann_json)
rapporteur_test(property_protect LABELS property PROPERTIES
  SOURCES property/protect_test.cc
  LINKS rapporteur::adapters_anonymise)
rapporteur_test(unit_certificate LABELS unit
  SOURCES unit/certificate_test.cc
  LINKS rapporteur::adapters_anonymise rapporteur::proto_crypto rapporteur::proto_messages)
rapporteur_fuzz(certificate SOURCES fuzz/certificate_fuzz.cc LINKS rapporteur::broker_disclosure)
rapporteur_test(unit_anonymise_spec LABELS unit
  SOURCES unit/anonymise_spec_test.cc
  LINKS rapporteur::adapters_anonymise)
rapporteur_test(unit_anonymise_cases LABELS unit
  SOURCES unit/anonymise_cases_test.cc
  LINKS rapporteur::adapters_anonymise)
rapporteur_test(unit_perturbation_table LABELS unit
  SOURCES unit/perturbation_table_test.cc
  LINKS rapporteur::adapters_anonymise)
rapporteur_test(unit_cell_key LABELS unit
  SOURCES unit/cell_key_test.cc
  LINKS rapporteur::adapters_anonymise)
rapporteur_sabotage(perturbation-biased unit_perturbation_table
  PerturbationTable.IsUnbiasedAndKeepsItsBounds)
rapporteur_sabotage(cell-key-of-the-place unit_cell_key
  CellKeys.TheSameCellHasTheSameFigureInEveryTable)
rapporteur_sabotage(record-keys-without-secret unit_cell_key CellKeys.AnotherKeyChangesCountsOtherwise)
rapporteur_sabotage(became-nothing-told unit_cell_key CellKeys.WhatBecameNothingLooksLikeNothing)
rapporteur_sabotage(published-sums-single unit_published_sums PublishedSums.OverSeveralBreakdowns)
rapporteur_sabotage(changes-not-followed unit_release_check
  ReleaseCheck.AChangeByAFewPersonsOfWhatIsNotKnown)
rapporteur_sabotage(parts-taken-for-all unit_release_check ReleaseCheck.PartsThatWereNotAllToldNoTotal)
