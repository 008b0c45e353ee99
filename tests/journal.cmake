rapporteur_test(property_tables PROPERTIES LABELS property
  SOURCES property/tables_test.cc
  LINKS rapporteur::store_tables)
