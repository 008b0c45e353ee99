# What `cmake --install` installs: the verifier as a library, with a package for find_package.
# store/verify/README.md says how it is used.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(verify_headers "${CMAKE_INSTALL_INCLUDEDIR}/rapporteur")
set(verify_package "${CMAKE_INSTALL_LIBDIR}/cmake/RapporteurVerify")

# The library that is asked for, and what it stands on.
set(verify_libraries store_verify store_notes store_merkle proto_messages proto_directory
  proto_statements proto_crypto proto_base)
foreach(library IN LISTS verify_libraries)
  string(REGEX REPLACE "^(store|proto)_" "" exported_name "${library}")
  set_target_properties(rapporteur_${library} PROPERTIES EXPORT_NAME "${exported_name}")
  target_include_directories(rapporteur_${library} INTERFACE
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>" "$<INSTALL_INTERFACE:${verify_headers}>")
  install(TARGETS rapporteur_${library} EXPORT RapporteurVerifyTargets COMPONENT verify
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
endforeach()
target_compile_features(rapporteur_store_verify INTERFACE cxx_std_20)
install(EXPORT RapporteurVerifyTargets COMPONENT verify NAMESPACE Rapporteur::
  DESTINATION "${verify_package}")

# `#include <rapporteur/verify.h>`; the headers behind it keep the names they have here.
install(FILES store/verify/verify.h COMPONENT verify DESTINATION "${verify_headers}")
install(DIRECTORY store/verify store/notes store/merkle COMPONENT verify
  DESTINATION "${verify_headers}/store" FILES_MATCHING PATTERN "*.h")
install(DIRECTORY proto/base proto/crypto COMPONENT verify
  DESTINATION "${verify_headers}/proto" FILES_MATCHING PATTERN "*.h")
install(DIRECTORY "${PROJECT_BINARY_DIR}/proto/generated/rapporteur" COMPONENT verify
  DESTINATION "${verify_headers}" FILES_MATCHING PATTERN "*.pb.h")

configure_package_config_file(ops/cmake/RapporteurVerifyConfig.cmake.in
  "${PROJECT_BINARY_DIR}/RapporteurVerifyConfig.cmake" INSTALL_DESTINATION "${verify_package}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/RapporteurVerifyConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/RapporteurVerifyConfig.cmake"
  "${PROJECT_BINARY_DIR}/RapporteurVerifyConfigVersion.cmake"
  COMPONENT verify DESTINATION "${verify_package}")
