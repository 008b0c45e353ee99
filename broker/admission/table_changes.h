// What a submission does to the published view: the tables it touches, the keys it may not take,
// and the values the tables get.
//
// Threads: one. Lifetime: borrows the view, the message and the observation sets.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/admission/published_view.h"

namespace rapporteur::admission {

class TableChanges {
 public:
  TableChanges(const PublishedView& view, std::string_view dataflow, std::string_view sender)
      : view_(view), dataflow_(dataflow), sender_(sender) {}

  void add(const ObservationSet& observations);
  void remove(const ObservationSet& observations);

  // A row whose key a live submission holds already.
  struct TakenKey {
    std::size_t row = 0;
    const Holder* holder = nullptr;
  };
  // By row.
  [[nodiscard]] Result<std::vector<TakenKey>> taken_keys() const;
  // Live submissions in the tables touched of which nothing is known any more, but the one that is
  // replaced.
  [[nodiscard]] Result<std::vector<const Holder*>> erased() const;
  // Empty, when a table would hold more than limits::kCellsPerTable cells.
  [[nodiscard]] Result<std::optional<std::vector<journal::TableWrite>>> writes() const;

 private:
  struct Touched {
    std::vector<std::size_t> rows;  // added
    std::vector<std::uint64_t> hashes;
  };
  [[nodiscard]] Status add_ended(std::vector<journal::TableWrite>& writes) const;

  const PublishedView& view_;
  std::string_view dataflow_;
  std::string_view sender_;
  const ObservationSet* added_ = nullptr;
  std::map<journal::ResourceId, Touched> tables_;
  std::map<journal::ResourceId, std::vector<std::uint64_t>> ended_;  // keys whose counts end
};

// The tables of submissions that are erased, as they become.
class ErasedTables {
 public:
  explicit ErasedTables(const PublishedView& view) : view_(view) {}
  // `observations` are those of the submission at `index`.
  [[nodiscard]] Status add(const v1::Header& header, const ObservationSet& observations,
                           LogIndex index);
  [[nodiscard]] std::vector<journal::TableWrite> writes() const;

 private:
  const PublishedView& view_;
  std::map<journal::ResourceId, tables::Table> tables_;
};

}  // namespace rapporteur::admission
