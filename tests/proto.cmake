rapporteur_test(unit_decimal LABELS unit
  SOURCES unit/decimal_test.cc
  LINKS rapporteur::proto_base)
rapporteur_test(unit_statistics LABELS unit
  SOURCES unit/body_codec_test.cc unit/time_period_test.cc
  LINKS rapporteur::proto_statistics rapporteur::proto_messages)
rapporteur_test(property_body_codec LABELS property PROPERTIES
  SOURCES property/body_codec_test.cc
  LINKS rapporteur::proto_statistics rapporteur::proto_messages)
rapporteur_test(unit_code_lists LABELS unit
  SOURCES unit/code_lists_test.cc
  LINKS rapporteur::proto_codelists)
rapporteur_test(unit_base LABELS unit
  SOURCES unit/ids_test.cc unit/last_net_test.cc unit/result_test.cc
  LINKS rapporteur::proto_base)
rapporteur_test(property_base LABELS property PROPERTIES
  SOURCES property/base_test.cc
  LINKS rapporteur::proto_base)
rapporteur_test(unit_crypto LABELS unit
  SOURCES unit/crypto_test.cc unit/key_file_test.cc
  LINKS rapporteur::proto_crypto nlohmann_json::nlohmann_json)

add_library(rapporteur_golden_messages STATIC support/golden_messages.cc)
target_link_libraries(rapporteur_golden_messages
  PUBLIC rapporteur::proto_messages
  PRIVATE rapporteur_test_options rapporteur_broker_core_messages rapporteur::proto_crypto
    rapporteur::test_support)
add_executable(test_make_golden support/make_golden.cc)
target_link_libraries(test_make_golden PRIVATE
  rapporteur_test_options rapporteur_golden_messages rapporteur::test_support)
rapporteur_test(unit_golden LABELS unit
  SOURCES unit/golden_test.cc
  LINKS rapporteur_golden_messages)
rapporteur_test(unit_golden_formats LABELS unit
  SOURCES unit/golden_formats_test.cc
  LINKS rapporteur::broker_core rapporteur::proto_crypto rapporteur::store_journal
    rapporteur::store_rocks rapporteur::store_tables)
rapporteur_test(unit_worked_example LABELS unit
  SOURCES unit/worked_example_test.cc
  LINKS rapporteur::proto_statistics rapporteur::proto_statements rapporteur::proto_crypto)
rapporteur_fuzz(body SOURCES fuzz/body_fuzz.cc LINKS rapporteur::proto_statistics)
rapporteur_fuzz(code SOURCES fuzz/code_fuzz.cc
  LINKS rapporteur::proto_codelists rapporteur::proto_crypto)
rapporteur_test(unit_protocol_document LABELS unit tidy
  SOURCES unit/protocol_document_test.cc
  LINKS rapporteur::proto_statistics)

rapporteur_sabotage(key-mode-off unit_crypto KeyFile.EveryModeThatLetsOthersInIsRefused)
rapporteur_sabotage(canonical-off unit_statistics BodyCodec.NothingTravelsInFieldsNobodyKnows)
