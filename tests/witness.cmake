rapporteur_test(unit_witness LABELS unit threads
  SOURCES unit/witness_test.cc
  LINKS rapporteur::adapters_witness rapporteur::test_fakes_hub)
rapporteur_test(unit_witness_book LABELS unit
  SOURCES unit/witness_book_test.cc
  LINKS rapporteur::ops_publisher rapporteur::test_fakes_hub)
rapporteur_fuzz(add_checkpoint SOURCES fuzz/add_checkpoint_fuzz.cc LINKS rapporteur::adapters_witness)
rapporteur_test(unit_cosigning LABELS unit
  SOURCES unit/cosigning_test.cc
  LINKS rapporteur::broker_admission_workers rapporteur::test_fakes_hub)
rapporteur_test(unit_client_quorum LABELS unit
  SOURCES unit/client_quorum_test.cc
  LINKS rapporteur::test_fakes_hub)
rapporteur_test(e2e_client_quorum LABELS e2e
  SOURCES e2e/client_quorum_test.cc
  LINKS rapporteur::test_fakes_hub)
rapporteur_test(crash_witness_kill LABELS crash TIMEOUT 600
  SOURCES crash/witness_kill_test.cc
  LINKS rapporteur::adapters_witness rapporteur::test_fakes_hub PkgConfig::httplib)
add_dependencies(test_crash_witness_kill rapporteur)
rapporteur_scenario(witness TIMEOUT 300)

rapporteur_sabotage(witness-checks-nothing unit_witness WitnessTest.AForkIsNotCosigned)
rapporteur_sabotage(witness-forgets unit_witness WitnessTest.WhatWasCosignedIsKnownAfterARestart)
rapporteur_sabotage(witness-forgets crash_witness_kill WitnessKill.NeverCosignsTwoHistories
  NAME witness-forgets-under-kills)
