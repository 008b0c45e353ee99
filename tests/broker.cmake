rapporteur_library(test_core_stage
  SOURCES fakes/core_stage.cc
  LINKS rapporteur::broker_core)

rapporteur_test(unit_core_delivery LABELS unit
  SOURCES unit/core_delivery_test.cc
  LINKS rapporteur::test_core_stage)
rapporteur_test(unit_config LABELS unit
  SOURCES unit/config_test.cc
  LINKS rapporteur::broker_config)

# A whole hub in the test's process.
rapporteur_library(test_hub_stage
  SOURCES fakes/hub_stage.cc fakes/raw_peer.cc
  LINKS rapporteur::broker_hub rapporteur::store_rocks rapporteur::proto_statistics
    rapporteur::test_support
  PRIVATE_LINKS cppzmq)

rapporteur_test(e2e_hub LABELS e2e threads TIMEOUT 240
  SOURCES e2e/hub_test.cc
  LINKS rapporteur::test_hub_stage rapporteur::store_merkle rapporteur::store_notes)
