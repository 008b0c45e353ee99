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

rapporteur_fuzz(bundle SOURCES fuzz/bundle_fuzz.cc LINKS rapporteur::store_export)
