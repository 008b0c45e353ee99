#include "broker/net/inbox.h"

#include <cerrno>
#include <iterator>
#include <system_error>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace rapporteur::net {

Inbox::Inbox() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Inbox::~Inbox() {
  ::close(descriptor_);
}

void Inbox::post(std::vector<core::Event> events) {
  if (events.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    const bool woken = !events_.empty();
    if (events_.empty()) {
      events_ = std::move(events);
    } else {
      events_.insert(events_.end(), std::make_move_iterator(events.begin()),
                     std::make_move_iterator(events.end()));
    }
    if (woken) return;
  }
  const std::uint64_t one = 1;
  while (::write(descriptor_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

std::vector<core::Event> Inbox::take() {
  std::uint64_t count = 0;
  while (::read(descriptor_, &count, sizeof count) < 0 && errno == EINTR) {
  }
  const std::lock_guard lock(mutex_);
  return std::exchange(events_, {});
}

}  // namespace rapporteur::net
