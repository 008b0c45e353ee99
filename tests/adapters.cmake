rapporteur_test(unit_sources_example LABELS unit
  SOURCES unit/sources_example_test.cc
  LINKS rapporteur::adapters_sources)
rapporteur_test(property_sdmx_csv_round_trip LABELS property PROPERTIES
  SOURCES property/sdmx_csv_round_trip_test.cc
  LINKS rapporteur::adapters_sinks)
rapporteur_test(unit_sdmx_csv_source LABELS unit
  SOURCES unit/sdmx_csv_source_test.cc
  LINKS rapporteur::adapters_sources)
rapporteur_test(property_format_round_trip LABELS property PROPERTIES
  SOURCES property/format_round_trip_test.cc
  LINKS rapporteur::adapters_sinks)
rapporteur_test(unit_eurostat LABELS unit
  SOURCES unit/eurostat_test.cc
  LINKS rapporteur::adapters_sources)
rapporteur_test(property_csv_lines LABELS property PROPERTIES
  SOURCES property/csv_lines_test.cc
  LINKS rapporteur::adapters_sources)
rapporteur_test(unit_csv_bad_input LABELS unit
  SOURCES unit/csv_bad_input_test.cc
  LINKS rapporteur::adapters_sources)
rapporteur_test(unit_glotip LABELS unit
  SOURCES unit/glotip_test.cc unit/glotip_editions_test.cc
  LINKS rapporteur::adapters_sources)
rapporteur_test(unit_mapping LABELS unit
  SOURCES unit/mapping_test.cc
  LINKS rapporteur::adapters_sources)
rapporteur_test(unit_binding LABELS unit
  SOURCES unit/binding_test.cc
  LINKS rapporteur::adapters_sources)
rapporteur_test(unit_sinks LABELS unit
  SOURCES unit/sinks_test.cc
  LINKS rapporteur::adapters_sinks)

rapporteur_fuzz(csv SOURCES fuzz/csv_fuzz.cc LINKS rapporteur::adapters_sources)
rapporteur_fuzz(glotip SOURCES fuzz/glotip_fuzz.cc LINKS rapporteur::adapters_sources)
rapporteur_fuzz(sdmx_csv SOURCES fuzz/sdmx_csv_fuzz.cc LINKS rapporteur::adapters_sources)
rapporteur_fuzz(mapping SOURCES fuzz/mapping_fuzz.cc LINKS rapporteur::adapters_sources)

rapporteur_sabotage(sink-in-place unit_sinks AtomicFile.WhatIsNotCommittedIsNotThere)
rapporteur_sabotage(blank-is-zero unit_binding Binding.BlankZeroAndMarkersStayDifferentThings)
