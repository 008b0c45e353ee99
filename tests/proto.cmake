rapporteur_test(unit_decimal LABELS unit
  SOURCES unit/decimal_test.cc
  LINKS rapporteur::proto_base)
