#include "broker/core/joined.h"

#include <iterator>
#include <utility>

namespace rapporteur::core {
namespace {

template <typename T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

bool joins(const LogGrew& before, const LogGrew& next) {
  return before.directory == nullptr && next.directory == nullptr &&
         before.added.end == next.added.first;
}

void join(LogGrew& before, LogGrew&& next) {
  before.added.end = next.added.end;
  before.added.bytes += next.added.bytes;
  append(before.added.items, std::move(next.added.items));
  if (next.checkpoint != nullptr) before.checkpoint = std::move(next.checkpoint);
  append(before.answers, std::move(next.answers));
  append(before.own, std::move(next.own));
}

}  // namespace

std::vector<Event> joined(std::vector<Event> events) {
  std::vector<Event> out;
  out.reserve(events.size());
  for (Event& event : events) {
    auto* next = std::get_if<LogGrew>(&event);
    auto* before = out.empty() ? nullptr : std::get_if<LogGrew>(&out.back());
    if (next != nullptr && before != nullptr && joins(*before, *next)) {
      join(*before, std::move(*next));
    } else {
      out.push_back(std::move(event));
    }
  }
  return out;
}

}  // namespace rapporteur::core
