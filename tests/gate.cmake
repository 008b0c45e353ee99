rapporteur_test(unit_directory LABELS unit
  SOURCES unit/directory_test.cc
  LINKS rapporteur::broker_directory rapporteur::proto_codelists rapporteur::proto_crypto)
rapporteur_test(property_directory PROPERTIES LABELS property
  SOURCES property/directory_property_test.cc
  LINKS rapporteur::broker_directory rapporteur::proto_crypto)

# A journal in memory, for tests of what stands on the journal; and a gate on it.
rapporteur_library(test_fakes
  SOURCES fakes/memory_journal.cc
  LINKS rapporteur::proto_base rapporteur::store_journal_interface
  PRIVATE_LINKS rapporteur::proto_crypto rapporteur::proto_messages)
rapporteur_library(test_gate_stage
  SOURCES fakes/gate_stage.cc
  LINKS rapporteur::broker_admission rapporteur::proto_crypto rapporteur::test_fakes)

rapporteur_test(unit_gate LABELS unit
  SOURCES unit/gate_test.cc unit/gate_chain_test.cc
  LINKS rapporteur::test_gate_stage)

if(RAPPORTEUR_SABOTAGE)
  # Each switch breaks one promise of the gate, and the test named for it must go red.
  function(gate_sabotage switch test)
    string(REPLACE "-" "_" name "${switch}")
    add_test(NAME sabotage_${name} COMMAND test_unit_gate --gtest_filter=${test})
    set_tests_properties(sabotage_${name} PROPERTIES
      LABELS sabotage ENVIRONMENT "RAPPORTEUR_SABOTAGE=${switch}" WILL_FAIL TRUE)
  endfunction()
  gate_sabotage(dedup-off GateTest.RepeatedMessageIsAnsweredWithItsEntry)
  gate_sabotage(rights-off GateTest.EveryAreaNeedsARight)
  gate_sabotage(signature-off GateTest.SignatureMustHold)
  gate_sabotage(identity-off GateTest.SenderIsWhoSignedAndWhoIsOnTheLine)
endif()
