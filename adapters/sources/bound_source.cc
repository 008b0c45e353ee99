#include "adapters/sources/bound_source.h"

#include <algorithm>
#include <utility>

#include "adapters/sources/limits.h"
#include "adapters/sources/sdmx_csv/columns.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::sources {
namespace {

void name_codes(Dataset& dataset) {
  const auto take = [&](std::string_view component, codelists::ListId list) {
    const auto found = std::ranges::find(dataset.components, component, &Component::id);
    for (const auto& code : codelists::list(list)) {
      found->code_labels.emplace(code.code, code.label_en);
    }
  };
  for (std::size_t d = 0; d < kDimensions; ++d) {
    const auto dimension = static_cast<Dimension>(d);
    if (const auto list = codelists::list_of(dimension)) take(rapporteur::name(dimension), *list);
  }
  for (std::size_t a = 0; a < kAttributes; ++a) {
    const auto attribute = static_cast<Attribute>(a);
    if (const auto list = codelists::list_of(attribute)) take(rapporteur::name(attribute), *list);
  }
}

class BoundSource final : public Source {
 public:
  BoundSource(BoundFigures figures, CodesNamed named)
      : figures_(std::move(figures)), dataset_(hub_dataset()) {
    if (named == CodesNamed::kYes) name_codes(dataset_);
    dataset_.file = figures_.file();
    add_component(dataset_, sdmx_csv::kReleasability, ComponentRole::kCustom);
    left_out_.reserve(figures_.unbound().size());
    for (const UnboundRow& row : figures_.unbound()) left_out_.push_back({row.line});
  }

  const Dataset& dataset() const override { return dataset_; }
  std::span<const LeftOutRow> left_out() const override { return left_out_; }

  Result<bool> read(RowBlock& block, FindingLog&) override {
    block.clear(dataset_.components.size());
    for (; next_row_ < figures_.rows() && block.rows() < limits::kBlockRows; ++next_row_) {
      add_figure(next_row_, block);
    }
    const auto& deletions = figures_.deletions();
    for (; next_deletion_ < deletions.size() && block.rows() < limits::kBlockRows;
         ++next_deletion_) {
      add_deletion(deletions[next_deletion_], block);
    }
    return block.rows() > 0;
  }

 private:
  void add_figure(std::size_t row, RowBlock& block) {
    for (std::size_t d = 0; d < kDimensions; ++d) {
      block.add_cell(figures_.code(static_cast<Dimension>(d), row));
    }
    block.add_cell(figures_.value(row) ? figures_.value(row)->text() : "");
    for (std::size_t a = 0; a < kAttributes; ++a) {
      block.add_cell(figures_.code(static_cast<Attribute>(a), row));
    }
    block.add_cell(figures_.releasability(row).text());
    block.keep_row(figures_.line(row), Action::kInformation, structure_of(figures_.dataflow(row)));
  }
  void add_deletion(const BoundDeletion& deletion, RowBlock& block) {
    for (const std::string& code : deletion.key) block.add_cell(code);
    for (std::size_t i = 0; i < 2 + kAttributes; ++i) block.add_cell({});
    block.keep_row(deletion.line, Action::kDelete, structure_of(deletion.dataflow));
  }

  std::uint32_t structure_of(const std::string& dataflow) {
    auto& structures = dataset_.structures;
    const auto found = std::ranges::find(structures, dataflow, &StructureReference::id);
    const auto index = static_cast<std::uint32_t>(found - structures.begin());
    if (found == structures.end()) structures.push_back({StructureKind::kDataflow, dataflow, {}});
    return index;
  }

  BoundFigures figures_;
  Dataset dataset_;
  std::vector<LeftOutRow> left_out_;
  std::size_t next_row_ = 0;
  std::size_t next_deletion_ = 0;
};

}  // namespace

void add_component(Dataset& dataset, std::string_view id, ComponentRole role) {
  const bool attribute = role == ComponentRole::kAttribute;
  dataset.components.push_back(
      {.id = std::string(id),
       .role = role,
       .attachment = attribute ? Attachment::kObservation : Attachment::kUnknown,
       .column = dataset.components.size()});
}

Dataset hub_dataset() {
  Dataset out;
  for (const auto id : kDimensionNames) add_component(out, id, ComponentRole::kDimension);
  add_component(out, sdmx_csv::kObsValue, ComponentRole::kMeasure);
  for (const auto id : kAttributeNames) add_component(out, id, ComponentRole::kAttribute);
  return out;
}

std::unique_ptr<Source> make_bound(BoundFigures figures, CodesNamed named) {
  return std::make_unique<BoundSource>(std::move(figures), named);
}

}  // namespace rapporteur::sources
