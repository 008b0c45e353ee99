rapporteur_test(property_tables PROPERTIES LABELS property
  SOURCES property/tables_test.cc
  LINKS rapporteur::store_tables)
rapporteur_test(unit_sequencer LABELS unit threads TIMEOUT 60
  SOURCES unit/sequencer_test.cc
  LINKS rapporteur::store_journal rapporteur::test_fakes)
rapporteur_test(unit_sequencer_threads LABELS unit threads TIMEOUT 120
  SOURCES unit/sequencer_threads_test.cc
  LINKS rapporteur::store_journal rapporteur::test_fakes)
rapporteur_test(unit_local_journal LABELS unit threads TIMEOUT 120
  SOURCES unit/journal_checkpoints_test.cc unit/local_journal_test.cc
  LINKS rapporteur::store_rocks rapporteur::store_merkle rapporteur::store_notes)
rapporteur_test(unit_erasure LABELS unit TIMEOUT 120
  SOURCES unit/body_keys_test.cc unit/erasure_test.cc
  LINKS rapporteur::adapters_client rapporteur::proto_crypto rapporteur::proto_messages
    rapporteur::store_merkle rapporteur::store_notes rapporteur::store_rocks
    RocksDB::rocksdb-shared)
rapporteur_sabotage(erasure-keeps-key unit_erasure ErasureTest.NoCopyMadeBeforeOpensTheBody)
rapporteur_sabotage(erasure-reported-early unit_erasure
  ErasureTest.BothPlacesHoldNoKeyWhenItIsReported)
rapporteur_sabotage(fixed-salt unit_erasure
  ErasureTest.NoBodyOfASmallSpaceCanBeToldFromTheOthers NAME fixed-salt-erasure)

rapporteur_fuzz(tile SOURCES fuzz/tile_fuzz.cc LINKS rapporteur::store_rocks
  rapporteur::store_merkle)
rapporteur_test(unit_succession LABELS unit
  SOURCES unit/succession_test.cc
  LINKS rapporteur::store_rocks rapporteur::store_merkle rapporteur::store_notes
    rapporteur::store_verify)

# Above the real RocksDB: nothing acknowledged is lost, whatever the disk does.
rapporteur_library(crash_support
  SOURCES crash/forgetful_file_system.cc crash/script.cc
  LINKS rapporteur::store_journal_interface
  PRIVATE_LINKS rapporteur::store_merkle rapporteur::store_notes rapporteur::store_verify
    RocksDB::rocksdb-shared)
rapporteur_test(crash_power_cut LABELS crash TIMEOUT 7200
  SOURCES crash/power_cut_test.cc crash/signed_script.cc
  LINKS rapporteur::broker_admission_workers rapporteur::crash_support rapporteur::store_rocks
    rapporteur::store_verify rapporteur::test_gate_stage RocksDB::rocksdb-shared)
rapporteur_test(crash_fsck LABELS crash TIMEOUT 1800
  SOURCES crash/fsck_test.cc crash/signed_script.cc
  LINKS rapporteur::broker_admission_workers rapporteur::crash_support rapporteur::store_fsck
    rapporteur::test_gate_stage RocksDB::rocksdb-shared)
rapporteur_sabotage(fsck-skips-tables crash_fsck Fsck.WhatFollowsFromEntriesIsNamedAndPutRight)
rapporteur_sabotage(sync-off crash_power_cut
  Faults/PowerCut.WhateverWasAcknowledgedIsThere/PowerIsCut)
rapporteur_sabotage(poison-off crash_power_cut
  Faults/PowerCut.WhateverWasAcknowledgedIsThere/DiskFails)
rapporteur_sabotage(sequence-off unit_sequencer SequencerTest.OnlyTheNextSequenceNumberIsTaken)
rapporteur_sabotage(rollback-check-off unit_local_journal
  LocalJournalTest.ACheckpointGivenOutThatIsAheadOfTheDatabaseRefuses)
rapporteur_sabotage(folder-lock-off unit_local_journal LocalJournalTest.ASecondOpenerIsRefused)
rapporteur_sabotage(checkpoint-not-synced crash_power_cut
  Faults/PowerCut.WhateverWasAcknowledgedIsThere/PowerIsCutAndTheLastWritesAreTorn)

add_executable(crash_journal_writer crash/journal_writer.cc)
target_link_libraries(crash_journal_writer PRIVATE rapporteur_options rapporteur::crash_support
  rapporteur::store_rocks rapporteur::proto_crypto)
rapporteur_test(crash_kill LABELS crash TIMEOUT 300
  SOURCES crash/kill_test.cc
  LINKS rapporteur::crash_support rapporteur::store_rocks rapporteur::proto_crypto)
add_dependencies(test_crash_kill crash_journal_writer)
