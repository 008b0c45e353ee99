rapporteur_test(unit_decimal LABELS unit
  SOURCES unit/decimal_test.cc
  LINKS rapporteur::proto_base)
rapporteur_test(unit_time_period LABELS unit
  SOURCES unit/time_period_test.cc
  LINKS rapporteur::proto_statistics)
rapporteur_test(property_body_codec LABELS property PROPERTIES
  SOURCES property/body_codec_test.cc
  LINKS rapporteur::proto_statistics rapporteur::proto_messages)
rapporteur_test(unit_code_lists LABELS unit
  SOURCES unit/code_lists_test.cc
  LINKS rapporteur::proto_codelists)
