// What receive and run share: whose turn it is to receive a subscription.
#pragma once

#include <string>

#include "adapters/agency/desk.h"

namespace rapporteur::agency {

[[nodiscard]] tl::unexpected<Error> in_use(const std::string& what,
                                           std::string remedy = "wait until it has ended");

// The subscription is there (the one called "default", which is everything from the beginning,
// needs no 'subscription add') and no other process of the folder receives it while the lock is
// held. Errors: kUsage, kOverloaded, kStorage.
[[nodiscard]] Result<client::FileLock> take_subscription(Desk& desk, const std::string& name);

}  // namespace rapporteur::agency
