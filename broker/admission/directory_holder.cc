#include "broker/admission/directory_holder.h"

namespace rapporteur::admission {

DirectoryHolder::DirectoryHolder(const journal::JournalReader& reader,
                                 std::shared_ptr<const directory::Directory> directory)
    : reader_(reader), directories_{std::move(directory)} {}

std::shared_ptr<const directory::Directory> DirectoryHolder::get() const {
  const TreeSize size = reader_.size();
  const std::lock_guard lock(mutex_);
  while (directories_.size() > 1 && directories_[1]->version() <= size.value) {
    directories_.pop_front();
  }
  return directories_.front();
}

void DirectoryHolder::stage(std::shared_ptr<const directory::Directory> directory) {
  const std::lock_guard lock(mutex_);
  directories_.push_back(std::move(directory));
}

}  // namespace rapporteur::admission
