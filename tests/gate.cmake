rapporteur_test(unit_directory LABELS unit
  SOURCES unit/directory_test.cc
  LINKS rapporteur::broker_directory rapporteur::proto_codelists rapporteur::proto_crypto)
rapporteur_test(property_directory PROPERTIES LABELS property
  SOURCES property/directory_property_test.cc
  LINKS rapporteur::broker_directory rapporteur::proto_crypto)

# A journal in memory, for tests of what stands on the journal.
rapporteur_library(test_fakes
  SOURCES fakes/memory_journal.cc
  LINKS rapporteur::proto_base rapporteur::store_journal_interface
  PRIVATE_LINKS rapporteur::proto_crypto rapporteur::proto_messages)
