# One way to declare a library, a program and a test, so that warnings, include root and aliases are
# the same everywhere.

add_library(rapporteur_common_options INTERFACE)
target_include_directories(rapporteur_common_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(rapporteur_common_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  # In a unity build every file is an included one, where g++ takes the members of an Impl for a
  # header's.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${CMAKE_UNITY_BUILD}>>:-Wno-subobject-linkage>
  # g++ 12 takes the bytes of moved std::string in an optional for uninitialised where none are.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<BOOL:${RAPPORTEUR_WERROR}>:-Werror>)
if(RAPPORTEUR_SABOTAGE)
  target_compile_definitions(rapporteur_common_options INTERFACE RAPPORTEUR_SABOTAGE=1)
endif()
if(RAPPORTEUR_UBSAN)
  target_link_options(rapporteur_common_options INTERFACE -fsanitize=undefined)
endif()

# What is shipped.
add_library(rapporteur_options INTERFACE)
target_link_libraries(rapporteur_options INTERFACE rapporteur_common_options)
if(RAPPORTEUR_UBSAN)
  target_compile_options(rapporteur_options INTERFACE
    -fsanitize=undefined -fno-sanitize-recover=all
    # It looks at memory through a pipe, and takes what it cannot look at for wrong: tests of a
    # process without descriptors or room would fail by it.
    -fno-sanitize=vptr)
endif()

# What tests it: half of all that is compiled, so neither optimised nor checked for undefined
# behaviour of its own.
add_library(rapporteur_test_options INTERFACE)
target_link_libraries(rapporteur_test_options INTERFACE rapporteur_common_options)
target_compile_options(rapporteur_test_options INTERFACE -O0)

# rapporteur_library(proto_base SOURCES a.cc b.cc LINKS spdlog::spdlog)
# makes the target rapporteur_proto_base with the alias rapporteur::proto_base.
function(rapporteur_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(rapporteur_${name} STATIC ${ARG_SOURCES})
  add_library(rapporteur::${name} ALIAS rapporteur_${name})
  target_link_libraries(rapporteur_${name}
    PUBLIC ${ARG_LINKS}
    # How it is compiled here is nothing that an installed library asks of its users.
    PRIVATE "$<BUILD_INTERFACE:rapporteur_options>" ${ARG_PRIVATE_LINKS})
  target_include_directories(rapporteur_${name} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>")
endfunction()

# All that is shipped to run.
add_custom_target(programs)

# rapporteur_program(rapporteur-broker SOURCES main.cc LINKS ...)
function(rapporteur_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE rapporteur_options ${ARG_LINKS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
  add_dependencies(programs ${name})
endfunction()

# rapporteur_test(unit_decimal LABELS unit SOURCES decimal_test.cc LINKS rapporteur::proto_base
#                 [TIMEOUT 60] [PROPERTIES])
# One executable of GoogleTest cases; PROPERTIES links RapidCheck. Runs as one ctest entry.
function(rapporteur_test name)
  cmake_parse_arguments(ARG "PROPERTIES" "TIMEOUT" "SOURCES;LINKS;LABELS" ${ARGN})
  add_executable(test_${name} ${ARG_SOURCES})
  target_link_libraries(test_${name} PRIVATE rapporteur_test_options ${ARG_LINKS}
    rapporteur::test_support GTest::gmock_main)
  if(ARG_PROPERTIES)
    target_link_libraries(test_${name} PRIVATE rapidcheck rapidcheck_gtest)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
  if("threads" IN_LIST ARG_LABELS)
    add_dependencies(threads_tests test_${name})
  endif()
  if(ARG_LABELS MATCHES "crash|sim|property")
    add_dependencies(long_tests test_${name})
  endif()
endfunction()

# rapporteur_fuzz(signed_note SOURCES fuzz/signed_note_fuzz.cc LINKS rapporteur::store_notes)
# The harness fuzz_signed_note with the corpus tests/fuzz/corpus/signed_note. With RAPPORTEUR_FUZZ
# it is a libFuzzer program; else it replays the corpus with fixed mutations. The ctest entry
# fuzz_signed_note, label fuzz, replays it in both.
function(rapporteur_fuzz name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINKS" ${ARGN})
  add_executable(fuzz_${name} ${ARG_SOURCES})
  target_link_libraries(fuzz_${name} PRIVATE rapporteur_test_options ${ARG_LINKS})
  if(RAPPORTEUR_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set(arguments -runs=0)
  else()
    target_sources(fuzz_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc")
    set(arguments "")
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_test(NAME fuzz_${name}
    COMMAND fuzz_${name} ${arguments} "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name}")
  set_tests_properties(fuzz_${name} PROPERTIES LABELS fuzz TIMEOUT ${ARG_TIMEOUT})
endfunction()

# rapporteur_sabotage(credit-ignored unit_core CoreDelivery.NothingIsSentWithoutCredit [NAME other])
# The switch breaks one promise. The ctest entry sabotage_<NAME, or the switch> passes when the test
# named for the promise says that it failed: not when it crashes, hangs or is not there.
function(rapporteur_sabotage switch test case)
  if(NOT RAPPORTEUR_SABOTAGE)
    return()
  endif()
  cmake_parse_arguments(ARG "" "NAME" "" ${ARGN})
  if(NOT ARG_NAME)
    set(ARG_NAME ${switch})
  endif()
  add_test(NAME sabotage_${ARG_NAME} COMMAND test_${test} --gtest_filter=${case}
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(sabotage_${ARG_NAME} PROPERTIES LABELS sabotage TIMEOUT 120
    ENVIRONMENT RAPPORTEUR_SABOTAGE=${switch} PASS_REGULAR_EXPRESSION "\\[  FAILED  \\] ${case}")
endfunction()
