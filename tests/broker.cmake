rapporteur_library(test_core_stage
  SOURCES fakes/core_stage.cc
  LINKS rapporteur::broker_core)

rapporteur_test(unit_core_delivery LABELS unit
  SOURCES unit/core_delivery_test.cc
  LINKS rapporteur::test_core_stage)
rapporteur_test(unit_config LABELS unit
  SOURCES unit/config_test.cc
  LINKS rapporteur::broker_config)
