rapporteur_test(unit_directory LABELS unit
  SOURCES unit/directory_test.cc
  LINKS rapporteur::broker_directory rapporteur::proto_codelists rapporteur::proto_crypto)
rapporteur_test(property_directory PROPERTIES LABELS property
  SOURCES property/directory_property_test.cc
  LINKS rapporteur::broker_directory rapporteur::proto_crypto)
