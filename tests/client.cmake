add_library(rapporteur_test_fakes_hub STATIC
  fakes/enrolled_agency.cc fakes/fake_hub.cc fakes/fake_hub_answers.cc fakes/fake_log.cc)
add_library(rapporteur::test_fakes_hub ALIAS rapporteur_test_fakes_hub)
target_link_libraries(rapporteur_test_fakes_hub
  PUBLIC rapporteur::adapters_client rapporteur::test_support
  PRIVATE rapporteur_test_options rapporteur::proto_statements cppzmq)

rapporteur_test(unit_client_envelope LABELS unit
  SOURCES unit/client_envelope_test.cc
  LINKS rapporteur::test_fakes_hub)
rapporteur_test(e2e_client_line LABELS e2e
  SOURCES e2e/client_line_test.cc
  LINKS rapporteur::test_fakes_hub cppzmq)
rapporteur_test(unit_client_outbox LABELS unit property PROPERTIES
  SOURCES unit/client_outbox_test.cc
  LINKS rapporteur::test_fakes_hub)
rapporteur_test(e2e_client_courier LABELS e2e
  SOURCES e2e/client_courier_test.cc
  LINKS rapporteur::test_fakes_hub)
rapporteur_test(e2e_client_subscriber LABELS e2e
  SOURCES e2e/client_subscriber_test.cc
  LINKS rapporteur::test_fakes_hub)
if(RAPPORTEUR_SABOTAGE)
  function(client_sabotage switch test filter)
    add_test(NAME sabotage_${switch} COMMAND test_${test} --gtest_filter=${filter})
    set_tests_properties(sabotage_${switch} PROPERTIES LABELS sabotage TIMEOUT 120
      ENVIRONMENT RAPPORTEUR_SABOTAGE=${switch} WILL_FAIL TRUE)
  endfunction()
  client_sabotage(fixed-salt unit_client_envelope ClientEnvelope.SaltIsFreshEachTime)
  client_sabotage(outbox-not-durable unit_client_outbox
    ClientOutbox.WhatWasAddedIsThereForAnotherProcess)
endif()
