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
  SOURCES unit/gate_test.cc unit/gate_chain_test.cc unit/gate_erasure_test.cc
    unit/gate_fault_test.cc
  LINKS rapporteur::test_gate_stage)

rapporteur_test(unit_gate_waiver LABELS unit
  SOURCES unit/gate_waiver_test.cc
  LINKS rapporteur::test_gate_stage rapporteur::store_merkle)
rapporteur_sabotage(waiver-any-value unit_gate_waiver GateWaiver.OneDigitChangedIsNotWaived)

rapporteur_test(unit_gate_certificate LABELS unit
  SOURCES unit/gate_certificate_test.cc
  LINKS rapporteur::test_gate_stage rapporteur::adapters_anonymise)
rapporteur_test(property_gate_refusal PROPERTIES LABELS property
  SOURCES property/gate_refusal_test.cc
  LINKS rapporteur::test_gate_stage)
rapporteur_fuzz(gate SOURCES fuzz/gate_fuzz.cc LINKS rapporteur::test_gate_stage)
rapporteur_test(unit_gate_pairs LABELS unit threads TIMEOUT 300
  SOURCES unit/gate_pairs_test.cc
  LINKS rapporteur::store_journal rapporteur::store_rocks rapporteur::test_gate_stage)

# The real core over a net, a disk and a clock made of chance.
rapporteur_test(sim_core LABELS sim TIMEOUT 7200
  SOURCES sim/core_sim_test.cc sim/sim_clients.cc sim/sim_hub.cc
  LINKS rapporteur::broker_admission_workers rapporteur::test_fakes)
rapporteur_sabotage(credit-ignored sim_core
  Changes/CoreSim.EverybodyGetsWhatIsTheirsAndNothingElse/NoRightChanges
  NAME credit-ignored-by-chance)

rapporteur_sabotage(hold-ignored unit_gate GateErasureTest.AHoldKeepsWhatItCovers)
rapporteur_sabotage(disclosure-off unit_gate GateTest.SmallCellOfLatviaIsRefused)
rapporteur_sabotage(dedup-off unit_gate GateTest.RepeatedMessageIsAnsweredWithItsEntry)
rapporteur_sabotage(rights-off unit_gate GateTest.EveryAreaNeedsARight)
rapporteur_sabotage(signature-off unit_gate GateTest.SignatureMustHold)
rapporteur_sabotage(identity-off unit_gate GateTest.SenderIsWhoSignedAndWhoIsOnTheLine)
rapporteur_sabotage(in-future-off unit_gate GateTest.HeaderIsForThisHubAndNotFromTheFuture)
rapporteur_sabotage(commitment-off unit_gate GateTest.BodyAndSaltAreThoseThatWereSigned)
rapporteur_sabotage(refused-body-stored unit_gate GateTest.SmallCellOfLatviaIsRefused)
rapporteur_sabotage(read-set-ignored unit_gate_pairs GatePairs.TwoNewOfOneKeyAreNeverBothAccepted)
