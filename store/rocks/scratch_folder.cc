#include "store/rocks/scratch_folder.h"

#include <cstdlib>
#include <string>
#include <system_error>

#include "store/rocks/folder.h"

namespace rapporteur::rocks {

Result<ScratchFolder> ScratchFolder::make() {
  std::error_code error;
  const std::filesystem::path place = std::filesystem::temp_directory_path(error);
  if (error) {
    return fail(ErrorKind::kStorage, "no folder for temporary files: " + error.message(), "TMPDIR",
                "let it name one");
  }
  std::string name = (place / "rapporteur-scratch-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    return system_failure("cannot make a temporary folder", name);
  }
  return ScratchFolder(name);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace rapporteur::rocks
