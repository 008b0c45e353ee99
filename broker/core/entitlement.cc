#include "broker/core/entitlement.h"

#include <algorithm>

#include "proto/base/sabotage.h"

namespace rapporteur::core {
namespace {

constexpr std::size_t kRoutesCached = 4'096;

bool area_admits(const std::string& pattern, const Item& item) {
  if (pattern.empty() || pattern == "*") return true;
  return std::ranges::any_of(item.areas,
                             [&](const auto& area) { return matches_pattern(pattern, area); });
}

bool route_admits(const v1::SubscriptionFilter& filter, const Item& item) {
  return matches_pattern(filter.dataflow(), item.dataflow) &&
         matches_pattern(filter.indicator(), item.indicator) &&
         matches_pattern(filter.sender(), item.sender);
}

std::optional<LogIndex> receives_from(const directory::Directory& directory,
                                      std::string_view participant, const Item& item) {
  if (sabotaged("receive-rights-off")) return LogIndex{0};
  return directory.may_receive_from(participant, item.dataflow, item.indicator, item.sender);
}

bool released(const directory::Directory& directory, std::string_view participant,
              const Item& item) {
  if (sabotaged("released-to-all")) return true;
  const auto* receiver = directory.participant(participant);
  return receiver != nullptr && directory::released_to(item.releasability, *receiver);
}

}  // namespace

bool filter_admits(const v1::SubscriptionFilter& filter, const Item& item) {
  return route_admits(filter, item) && area_admits(filter.area(), item);
}

bool entitled(const directory::Directory& directory, std::string_view participant,
              const Item& item) {
  if (!directory.active(participant)) return false;
  const auto from = receives_from(directory, participant, item);
  return from && item.index >= *from && released(directory, participant, item);
}

bool rights_admit(const std::vector<v1::ReceiveRight>& rights, const Item& item) {
  return std::ranges::any_of(rights, [&](const v1::ReceiveRight& right) {
    return item.index.value >= right.from_index() &&
           matches_pattern(right.dataflow(), item.dataflow) &&
           matches_pattern(right.indicator(), item.indicator) &&
           matches_pattern(right.sender(), item.sender);
  });
}

std::vector<v1::ReceiveRight> rights_of(const directory::Directory& directory,
                                        std::string_view participant) {
  std::vector<v1::ReceiveRight> rights;
  if (!directory.active(participant)) return rights;
  for (const auto& grant : directory.state().grants()) {
    if (grant.participant() == participant && grant.has_receive()) {
      rights.push_back(grant.receive());
    }
  }
  return rights;
}

const RouteCache::Route& RouteCache::route(const directory::Directory& directory,
                                           std::string_view participant,
                                           const v1::SubscriptionFilter& filter, const Item& item) {
  if (version_ != directory.version() || routes_.size() >= kRoutesCached) {
    routes_.clear();
    version_ = directory.version();
  }
  auto& route = routes_[item.route_hash];
  if (route.sender != item.sender || route.indicator != item.indicator ||
      route.dataflow != item.dataflow) {
    route = {item.dataflow, item.indicator, item.sender, std::nullopt};
    if (route_admits(filter, item) && directory.active(participant)) {
      route.from = receives_from(directory, participant, item);
    }
  }
  return route;
}

bool RouteCache::admits(const directory::Directory& directory, std::string_view participant,
                        const v1::SubscriptionFilter& filter, const Item& item) {
  const Route& known = route(directory, participant, filter, item);
  return known.from && item.index >= *known.from && area_admits(filter.area(), item) &&
         released(directory, participant, item);
}

}  // namespace rapporteur::core
