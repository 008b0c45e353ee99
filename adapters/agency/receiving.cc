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

// What to do about another process that receives the subscription.
std::string instead_of_waiting(const client::Agency& agency, const std::string& name) {
  const client::AgencySettings& settings = agency.settings();
  const std::string other = "receive another subscription beside it ('subscription add')";
  if (name != settings.run_subscription) return "wait until it has ended, or " + other;
  const std::string place = settings.run_destination.empty() ? agency.received().string() + "/"
                                                             : settings.run_destination;
  return "a running 'run' never ends by itself and writes what comes to " + place +
         ": look there, or " + other;
}

}  // namespace

tl::unexpected<Error> in_use(const std::string& what, std::string remedy) {
  return fail(ErrorKind::kOverloaded, "another process of this folder " + what, {},
              std::move(remedy));
}

Result<client::FileLock> take_subscription(Desk& desk, const std::string& name) {
  if (auto there = ensure_subscription(desk.received, name); !there) {
    return tl::unexpected(there.error());
  }
  auto lock = client::FileLock::try_take(desk.agency.lock_file("subscription-" + name));
  if (!lock) return tl::unexpected(lock.error());
  if (!*lock) return in_use("receives this subscription", instead_of_waiting(desk.agency, name));
  return std::move(**lock);
}

}  // namespace rapporteur::agency
