add_library(rapporteur_test_naive_merkle STATIC support/naive_merkle.cc)
add_library(rapporteur::test_naive_merkle ALIAS rapporteur_test_naive_merkle)
target_link_libraries(rapporteur_test_naive_merkle
  PUBLIC rapporteur::store_merkle PRIVATE rapporteur_test_options)

rapporteur_test(unit_merkle LABELS unit
  SOURCES unit/merkle_test.cc unit/merkle_vectors_test.cc
  LINKS rapporteur::test_naive_merkle rapporteur::proto_crypto nlohmann_json::nlohmann_json)
rapporteur_test(property_merkle LABELS property PROPERTIES TIMEOUT 300
  SOURCES property/merkle_property_test.cc
  LINKS rapporteur::test_naive_merkle)
rapporteur_fuzz(merkle_proof SOURCES fuzz/merkle_proof_fuzz.cc LINKS rapporteur::store_merkle)

rapporteur_test(unit_notes LABELS unit
  SOURCES unit/checkpoint_test.cc unit/signed_note_test.cc
  LINKS rapporteur::store_notes)
rapporteur_test(property_notes LABELS property PROPERTIES
  SOURCES property/notes_property_test.cc
  LINKS rapporteur::store_notes)
rapporteur_fuzz(signed_note SOURCES fuzz/signed_note_fuzz.cc LINKS rapporteur::store_notes)

rapporteur_test(unit_receipt LABELS unit
  SOURCES unit/receipt_test.cc
  LINKS rapporteur::store_verify rapporteur::proto_crypto rapporteur::proto_statements)
rapporteur_test(unit_policy LABELS unit
  SOURCES unit/policy_test.cc
  LINKS rapporteur::store_verify rapporteur::proto_crypto)
rapporteur_test(property_policy LABELS property PROPERTIES
  SOURCES property/policy_property_test.cc
  LINKS rapporteur::store_verify rapporteur::proto_crypto)
rapporteur_fuzz(policy SOURCES fuzz/policy_fuzz.cc LINKS rapporteur::store_verify
  rapporteur::proto_crypto)
rapporteur_fuzz(proof_file SOURCES fuzz/proof_file_fuzz.cc LINKS rapporteur::store_verify)

add_library(rapporteur_test_little_log STATIC support/little_log.cc)
add_library(rapporteur::test_little_log ALIAS rapporteur_test_little_log)
target_link_libraries(rapporteur_test_little_log
  PUBLIC rapporteur::store_verify rapporteur::proto_crypto PRIVATE rapporteur_test_options)

rapporteur_test(unit_log_audit LABELS unit
  SOURCES unit/erasure_audit_test.cc unit/log_audit_test.cc
  LINKS rapporteur::test_little_log)
rapporteur_test(unit_continued_log LABELS unit
  SOURCES unit/continued_log_test.cc
  LINKS rapporteur::test_little_log)
rapporteur_test(property_log_audit LABELS property PROPERTIES
  SOURCES property/log_audit_property_test.cc
  LINKS rapporteur::test_little_log)

rapporteur_sabotage(erasures-unchecked unit_log_audit
  ErasureAudit.ABodyThatIsGoneWithoutAnEntryIsWrong)
rapporteur_sabotage(proof-check-skipped unit_receipt ReceiptTest.AForgedProofIsRefused)
rapporteur_sabotage(quorum-ignored unit_policy Policy.TheQuorumDecidesOverEveryLevel)

find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME tidy_house
  COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tests/tidy/tidy_test.py")
set_tests_properties(tidy_house PROPERTIES LABELS "tidy;programs" TIMEOUT 60)

# Not a test: numbers for people, from a release build with -DRAPPORTEUR_TESTS=ON.
find_package(benchmark REQUIRED)
add_executable(bench_log EXCLUDE_FROM_ALL bench/log_bench.cc)
target_link_libraries(bench_log PRIVATE rapporteur_options rapporteur::store_verify
  rapporteur::proto_crypto benchmark::benchmark)
