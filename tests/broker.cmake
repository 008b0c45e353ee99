rapporteur_library(test_core_stage
  SOURCES fakes/core_stage.cc
  LINKS rapporteur::broker_core)

rapporteur_test(unit_core LABELS unit
  SOURCES unit/core_backup_test.cc unit/core_cosigned_test.cc unit/core_delivery_test.cc
    unit/core_intake_test.cc unit/core_line_test.cc unit/core_retention_test.cc unit/feed_test.cc
    unit/subscription_test.cc
  LINKS rapporteur::test_core_stage rapporteur::store_merkle rapporteur::store_notes)
rapporteur_sabotage(later-rights-dropped unit_core
  Subscription.ALaterRightSurvivesARestartBetweenTwoChanges)
rapporteur_test(property_subscription_rights LABELS property
  SOURCES property/subscription_rights_test.cc
  LINKS rapporteur::broker_core)
rapporteur_test(unit_commit_host LABELS unit
  SOURCES unit/commit_host_test.cc
  LINKS rapporteur::broker_admission_workers rapporteur::test_gate_stage)
rapporteur_test(unit_config LABELS unit
  SOURCES unit/config_test.cc
  LINKS rapporteur::broker_config)
rapporteur_test(unit_monitor LABELS unit threads
  SOURCES unit/monitor_test.cc
  LINKS rapporteur::broker_monitor rapporteur::test_fakes_hub PkgConfig::httplib spdlog::spdlog
    nlohmann_json::nlohmann_json)

# A whole hub in the test's process.
rapporteur_library(test_hub_stage
  SOURCES fakes/hub_stage.cc fakes/raw_peer.cc
  LINKS rapporteur::broker_hub rapporteur::store_rocks rapporteur::proto_statistics
    rapporteur::test_support
  PRIVATE_LINKS cppzmq)

rapporteur_test(e2e_hub LABELS e2e threads TIMEOUT 240
  SOURCES e2e/hub_erasure_test.cc e2e/hub_test.cc
  LINKS rapporteur::test_hub_stage rapporteur::store_merkle rapporteur::store_notes)
rapporteur_test(e2e_hub_group LABELS e2e threads
  SOURCES e2e/hub_group_test.cc
  LINKS rapporteur::test_hub_stage rapporteur::test_fakes)
rapporteur_test(e2e_line LABELS e2e threads TIMEOUT 240
  SOURCES e2e/line_test.cc
  LINKS rapporteur::test_hub_stage cppzmq)

rapporteur_sabotage(zap-off e2e_line ZapGuard.AKeyThatNobodyEnrolledIsTurnedAwayAtTheDoor)
rapporteur_sabotage(mandatory-off e2e_line Sending.NothingIsDroppedWhenThePeerReadsSlowly)
rapporteur_sabotage(identity-from-routing-id e2e_line
  Identity.ComesFromTheKeyNeverFromTheRoutingId)
rapporteur_sabotage(erased-still-delivered unit_core Feed.AnErasedBodyIsNotShownAnyMore)
rapporteur_sabotage(checked-at-the-door-only unit_core CoreLine.ARevokedKeyIsRefusedOnALiveLine)
rapporteur_sabotage(receive-rights-off unit_core
  CoreDelivery.EveryEntitledSubscriberGetsWhatItIsEntitledToInOrder)
rapporteur_sabotage(released-to-all unit_core CoreDelivery.ListedReleasabilityIsRespected)
rapporteur_sabotage(credit-ignored unit_core CoreDelivery.NothingIsSentWithoutCredit)
rapporteur_sabotage(delivery-lost unit_commit_host
  CommitHostTest.AGroupInSeveralCallsIsDeliveredWhole)
rapporteur_sabotage(refusals-pile-up unit_core
  CoreLine.WhatIsRefusedToAPeerWithoutAConnectionNeverWaits)
rapporteur_sabotage(removed-comes-back unit_core
  CoreDelivery.ARemovedSubscriptionIsNotWrittenBackByWhatWasUnderWay)
rapporteur_sabotage(backfills-mixed unit_core
  Subscription.ARightThatComesDuringABackfillWaitsForItsTurn)
rapporteur_sabotage(position-not-durable unit_core
  CoreDelivery.ThePositionThatAnswersAnAcknowledgementIsDurable)
rapporteur_sabotage(lag-ignored unit_core
  CoreIntake.SlowsForASubscriberWhoseLineIsFullOnlyWhileItKeepsAsking)
