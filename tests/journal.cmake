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
  SOURCES unit/local_journal_test.cc
  LINKS rapporteur::store_rocks rapporteur::store_merkle rapporteur::store_notes)
