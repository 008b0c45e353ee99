// Who may get an item: rights of today, releasability at acceptance, and what the subscription asks
// for.
//
// Threads: the functions any; a RouteCache belongs to one thread.
// Source: PROTOCOL.md, "Delivery".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/core/item.h"
#include "broker/directory/directory.h"
#include "rapporteur/v1/audit.pb.h"
#include "rapporteur/v1/directory.pb.h"

namespace rapporteur::core {

[[nodiscard]] bool filter_admits(const v1::SubscriptionFilter& filter, const Item& item);
[[nodiscard]] bool entitled(const directory::Directory& directory, std::string_view participant,
                            const Item& item);
// Whether one of the rights admits the item.
[[nodiscard]] bool rights_admit(const std::vector<v1::ReceiveRight>& rights, const Item& item);
// The participant's rights to receive, in the directory's order; none unless it is active.
[[nodiscard]] std::vector<v1::ReceiveRight> rights_of(const directory::Directory& directory,
                                                      std::string_view participant);

// Remembers per (dataflow, indicator, sender) what directory and filter say, for one subscription
// and one version of the directory.
class RouteCache {
 public:
  [[nodiscard]] bool admits(const directory::Directory& directory, std::string_view participant,
                            const v1::SubscriptionFilter& filter, const Item& item);

 private:
  struct Route {
    std::string dataflow;
    std::string indicator;
    std::string sender;
    std::optional<LogIndex> from;  // empty: not at all
  };
  [[nodiscard]] const Route& route(const directory::Directory& directory,
                                   std::string_view participant,
                                   const v1::SubscriptionFilter& filter, const Item& item);

  std::uint64_t version_ = 0;
  std::unordered_map<std::size_t, Route> routes_;
};

}  // namespace rapporteur::core
