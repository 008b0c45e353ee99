# Scenarios with real processes, written in Python's standard library. The label `programs` marks
# what needs the shipped programs alone.
function(rapporteur_scenario name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "" ${ARGN})
  add_test(NAME e2e_${name} COMMAND python3 "${PROJECT_SOURCE_DIR}/tests/e2e/${name}_test.py")
  set_tests_properties(e2e_${name} PROPERTIES LABELS "e2e;programs" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "RAPPORTEUR_BIN=${CMAKE_BINARY_DIR}/bin;PYTHONDONTWRITEBYTECODE=1")
endfunction()

rapporteur_scenario(startup TIMEOUT 240)
rapporteur_scenario(exchange TIMEOUT 300)
rapporteur_scenario(adapter TIMEOUT 240)
rapporteur_scenario(certificate TIMEOUT 240)
rapporteur_scenario(waiver TIMEOUT 400)
rapporteur_scenario(editions TIMEOUT 900)
rapporteur_scenario(second_signature TIMEOUT 300)
rapporteur_scenario(anonymise TIMEOUT 240)
rapporteur_scenario(agreement TIMEOUT 400)
rapporteur_scenario(convert TIMEOUT 240)
rapporteur_scenario(published_sums TIMEOUT 300)
rapporteur_scenario(demo TIMEOUT 240)
rapporteur_scenario(readme TIMEOUT 120)

rapporteur_test(unit_record_view LABELS unit
  SOURCES unit/record_view_test.cc
  LINKS rapporteur::ops_record_view)

# Verifiers in other languages, on what this program makes and on a hub's own export.
add_executable(make_export support/make_export.cc crash/signed_script.cc)
target_link_libraries(make_export PRIVATE rapporteur_options rapporteur::broker_admission_workers
  rapporteur::crash_support rapporteur::store_export rapporteur::store_rocks
  rapporteur::test_gate_stage)
rapporteur_scenario(independent TIMEOUT 200)
set_tests_properties(e2e_independent PROPERTIES LABELS e2e ENVIRONMENT
  "RAPPORTEUR_BIN=${CMAKE_BINARY_DIR}/bin;RAPPORTEUR_MAKE_EXPORT=$<TARGET_FILE:make_export>;PYTHONDONTWRITEBYTECODE=1")

rapporteur_scenario(disk_full TIMEOUT 300)
rapporteur_scenario(operator TIMEOUT 200)
rapporteur_scenario(backup TIMEOUT 300)
rapporteur_scenario(erasure TIMEOUT 240)

# Builds a project of its own with the flags of this build, so that sanitized libraries link.
set(outside_flags "${CMAKE_CXX_FLAGS}")
if(RAPPORTEUR_UBSAN)
  string(APPEND outside_flags " -fsanitize=undefined")
endif()
if(NOT RAPPORTEUR_FUZZ)
  add_test(NAME e2e_verify_package
    COMMAND python3 "${PROJECT_SOURCE_DIR}/tests/e2e/verify_package_test.py")
  set_tests_properties(e2e_verify_package PROPERTIES LABELS e2e TIMEOUT 300 ENVIRONMENT
    "RAPPORTEUR_BUILD=${CMAKE_BINARY_DIR};RAPPORTEUR_BIN=${CMAKE_BINARY_DIR}/bin;RAPPORTEUR_CXX=${CMAKE_CXX_COMPILER};RAPPORTEUR_CXX_FLAGS=${outside_flags};PYTHONDONTWRITEBYTECODE=1")
endif()

# The ctest entry sabotage_<switch> passes when the scenario's case fails with the switch.
function(rapporteur_sabotaged_scenario switch scenario case)
  if(NOT RAPPORTEUR_SABOTAGE)
    return()
  endif()
  add_test(NAME sabotage_${switch}
    COMMAND python3 "${PROJECT_SOURCE_DIR}/tests/e2e/${scenario}_test.py" ${case})
  set_tests_properties(sabotage_${switch} PROPERTIES LABELS sabotage TIMEOUT 120 WILL_FAIL TRUE
    ENVIRONMENT
    "RAPPORTEUR_SABOTAGE=${switch};RAPPORTEUR_BIN=${CMAKE_BINARY_DIR}/bin;PYTHONDONTWRITEBYTECODE=1")
endfunction()

rapporteur_sabotaged_scenario(audit-unchecked operator OfADamagedLog)
rapporteur_sabotaged_scenario(backup-not-read-back backup
  Backups.test_a_copy_that_does_not_hold_is_not_kept)
rapporteur_sabotaged_scenario(new-log-untied backup
  Lies.test_a_log_that_continues_a_fork_of_the_one_that_was_seen_is_refused)
rapporteur_sabotaged_scenario(outbox-forgets-at-receipt backup
  Drill.test_nothing_receipted_is_missing_after_a_hub_is_lost)
