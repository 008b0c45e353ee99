add_library(rapporteur_test_fakes_hub STATIC
  fakes/enrolled_agency.cc fakes/fake_hub.cc fakes/fake_hub_answers.cc fakes/fake_log.cc)
add_library(rapporteur::test_fakes_hub ALIAS rapporteur_test_fakes_hub)
target_link_libraries(rapporteur_test_fakes_hub
  PUBLIC rapporteur::adapters_client rapporteur::test_support
  PRIVATE rapporteur_test_options rapporteur::proto_statements cppzmq)

rapporteur_test(unit_client_envelope LABELS unit
  SOURCES unit/client_envelope_test.cc
  LINKS rapporteur::test_fakes_hub)
rapporteur_test(unit_client_waivers LABELS unit
  SOURCES unit/client_waivers_test.cc
  LINKS rapporteur::adapters_client rapporteur::store_merkle)
rapporteur_test(e2e_client_line LABELS e2e
  SOURCES e2e/client_line_test.cc
  LINKS rapporteur::test_fakes_hub cppzmq)
rapporteur_test(unit_client_outbox LABELS unit property PROPERTIES
  SOURCES unit/client_login_test.cc unit/client_outbox_test.cc
  LINKS rapporteur::test_fakes_hub)
rapporteur_test(e2e_client_courier LABELS e2e
  SOURCES e2e/client_courier_test.cc
  LINKS rapporteur::test_fakes_hub)
rapporteur_test(e2e_client_subscriber LABELS e2e
  SOURCES e2e/client_subscriber_test.cc
  LINKS rapporteur::test_fakes_hub)
rapporteur_test(e2e_carry LABELS e2e
  SOURCES e2e/carry_test.cc
  LINKS rapporteur::adapters_agency rapporteur::test_fakes_hub)
rapporteur_test(unit_findings_report LABELS unit
  SOURCES unit/findings_report_test.cc
  LINKS rapporteur::adapters_agency)
rapporteur_test(unit_replacing LABELS unit
  SOURCES unit/replacing_test.cc
  LINKS rapporteur::adapters_agency)
rapporteur_test(unit_watch_folder LABELS unit
  SOURCES unit/watch_folder_test.cc
  LINKS rapporteur::adapters_agency rapporteur::test_fakes_hub)
# The shipped broker, killed under the load of several agencies.
rapporteur_test(crash_broker_kill LABELS crash TIMEOUT 900
  SOURCES crash/broker_kill_test.cc crash/loaded_parties.cc crash/program_hub.cc
  LINKS rapporteur::adapters_agency rapporteur::proto_statistics rapporteur::store_rocks
    rapporteur::store_verify rapporteur::test_fakes_hub)
add_dependencies(test_crash_broker_kill rapporteur rapporteur-broker)
# One agency means harm, in the shipped broker, beside others that do not.
rapporteur_test(e2e_hostile_sender LABELS e2e TIMEOUT 240
  SOURCES e2e/hostile_sender_test.cc crash/loaded_parties.cc crash/program_hub.cc
  LINKS rapporteur::adapters_agency rapporteur::proto_statistics rapporteur::store_rocks
    rapporteur::store_verify rapporteur::test_fakes_hub)
add_dependencies(test_e2e_hostile_sender rapporteur rapporteur-adapter rapporteur-broker)

rapporteur_sabotage(older-checkpoint-taken e2e_client_courier
  ClientCourier.ACheckpointOlderThanTheOneSeenIsRefused)
rapporteur_sabotage(ledger-as-synced e2e_client_courier
  ClientCourier.TheLedgerKnowsWhatWasAcceptedBeforeTheNextSync)
rapporteur_sabotage(second-signature-unchecked unit_client_envelope
  ClientDelivery.ASecondSignatureIsTheDataOfficersOrNothingIsTaken)
rapporteur_sabotage(certificate-unchecked e2e_hostile_sender
  Hostile.EachForgeryIsRefusedByItsOwnRuleAndDisturbsNobody NAME certificate-unchecked-in-a-hub)
rapporteur_sabotage(fixed-salt unit_client_envelope ClientEnvelope.SaltIsFreshEachTime)
rapporteur_sabotage(outbox-not-durable unit_client_outbox
  ClientOutbox.WhatWasAddedIsThereForAnotherProcess)
rapporteur_sabotage(outbox-not-durable crash_broker_kill
  BrokerKill.WhateverWasReceiptedIsThereAndArrivesOnce NAME outbox-not-durable-under-kills)
rapporteur_sabotage(ack-before-store e2e_client_subscriber
  ClientSubscriber.NothingIsAcknowledgedThatIsNotStored)
rapporteur_sabotage(ack-before-store crash_broker_kill
  BrokerKill.WhateverWasReceiptedIsThereAndArrivesOnce NAME ack-before-store-under-kills)
rapporteur_sabotage(entries-known-by-number e2e_client_subscriber
  ClientSubscriberRenumbered.WhatIsNewIsStored)
rapporteur_sabotage(receive-twice e2e_client_subscriber
  ClientSubscriberRenumbered.WhatIsKnownIsNotDoubled)
rapporteur_sabotage(watched-not-stored unit_watch_folder
  WatchFolderTest.AKillBetweenTakingAndAnsweringSendsNothingTwice)
rapporteur_sabotage(second-person-off unit_client_outbox
  ClientOutboxWithApproval.OnePersonAloneCannotRelease)
rapporteur_sabotage(outbox-forgets-at-receipt unit_client_outbox
  ClientOutbox.WhatNoBackupCoversIsOfferedAgainAsItWas NAME outbox-forgets-at-receipt-alone)
