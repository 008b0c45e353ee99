// What to do when the system could not make, read or write a file.
#pragma once

#include <cerrno>

namespace rapporteur {

// `error` is an errno.
[[nodiscard]] inline const char* disk_remedy(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "run as somebody who may, such as its owner";
    case ENOSPC:
    case EDQUOT:
      return "make room on this file system";
    case EROFS:
      return "this file system takes no writes: name a place on another, or mount it for writing";
    case ENOENT:
    case ENOTDIR:
      return "make the folders above it, or name another place";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files";
    default:
      return "look at the disk and the system's log";
  }
}

}  // namespace rapporteur
