// One administrative action as a change of the directory's state.
#pragma once

#include "broker/directory/directory.h"

namespace rapporteur::directory {

// The state after the action, ordered, its version not yet set. Errors: as Directory::apply.
[[nodiscard]] Result<v1::DirectoryState> changed(const Directory& directory,
                                                 const v1::AdministrativeAction& action,
                                                 std::string_view actor, LogIndex index);

}  // namespace rapporteur::directory
