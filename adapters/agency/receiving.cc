#include "adapters/agency/receiving.h"

namespace rapporteur::agency {
namespace {

constexpr std::string_view kDefaultSubscription = "default";

Status ensure_subscription(client::Received& received, const std::string& name) {
  auto known = received.find(name);
  if (known || known.error().kind != ErrorKind::kNotFound) {
    return known ? Status() : Status(tl::unexpected(known.error()));
  }
  if (name != kDefaultSubscription) {
    return fail(ErrorKind::kUsage, "there is no subscription '" + printable(name, 64) + "'", {},
                "make it with 'subscription add'; 'subscription list' shows those there are");
  }
  client::LocalSubscription fresh;
  fresh.name = name;
  return received.add(fresh);
}

}  // namespace

tl::unexpected<Error> in_use(const std::string& what) {
  return fail(ErrorKind::kOverloaded, "another process of this folder " + what, {},
              "wait until it has ended");
}

Result<client::FileLock> take_subscription(Desk& desk, const std::string& name) {
  if (auto there = ensure_subscription(desk.received, name); !there) {
    return tl::unexpected(there.error());
  }
  auto lock = client::FileLock::try_take(desk.agency.lock_file("subscription-" + name));
  if (!lock) return tl::unexpected(lock.error());
  if (!*lock) return in_use("receives this subscription");
  return std::move(**lock);
}

}  // namespace rapporteur::agency
