# What a log gives out as files, and what an audit finds in what is damaged.
rapporteur_test(unit_tile_export LABELS unit
  SOURCES unit/tile_export_test.cc
  LINKS rapporteur::store_export rapporteur::test_naive_merkle rapporteur::proto_crypto)
rapporteur_sabotage(export-unchecked unit_tile_export TileExportTest.NeverMovesBack)
rapporteur_sabotage(export-unchecked unit_tile_export
  TileExportTest.RefusesAnotherHistoryAndLeavesTheFolderAsItWas NAME export-forked)
rapporteur_sabotage(export-checkpoint-first unit_tile_export
  TileExportTest.WhoeverReadsMeanwhileFindsAWholeTree)
rapporteur_sabotage(tiles-unchecked unit_tile_export TileExportTest.EveryFlippedByteIsNamed)

rapporteur_test(property_log_damage LABELS property TIMEOUT 6000
  SOURCES property/damaged_tables_test.cc property/log_damage_test.cc property/damage_stage.cc
    crash/signed_script.cc
  LINKS rapporteur::broker_admission_workers rapporteur::crash_support rapporteur::ops_audit
    rapporteur::store_export rapporteur::store_fsck rapporteur::store_rocks rapporteur::test_gate_stage
    RocksDB::rocksdb-shared)
rapporteur_sabotage(tables-unread property_log_damage
  LogDamage.ADamagedBlockOfEveryTableIsNamed)
rapporteur_sabotage(tables-unchecked property_log_damage
  DamagedTables.ATableOpensOnlyIfWhatDescribesItIsWhole)
rapporteur_sabotage(ends-unchecked property_log_damage LogDamage.AnEndThatLooksTornIsNamed)
rapporteur_sabotage(given-unread property_log_damage LogDamage.TwoHeadsOfOneSizeAreNamed)

rapporteur_fuzz(bundle SOURCES fuzz/bundle_fuzz.cc LINKS rapporteur::store_export)
