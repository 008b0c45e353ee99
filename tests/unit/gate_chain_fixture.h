// An agency that submits, revises and withdraws figures of one indicator, at a gate.
#pragma once

#include <gtest/gtest.h>

#include "store/tables/table.h"
#include "tests/fakes/gate_stage.h"

namespace rapporteur::admission {

class GateChainFixture : public testing::Test {
 protected:
  GateChainFixture() { stage_.enrol(at_, "AT"); }

  struct Sent {
    std::string said;
    std::string id;
    LogIndex index;  // of the entry that answers it
  };
  Sent send(v1::Header header, const std::vector<Observation>& figures) {
    const std::string id = header.message_id();
    std::string said = stage_.send(at_.sealed(std::move(header), figures), at_);
    return {std::move(said), id, last()};
  }
  Sent submit(const std::vector<Observation>& figures) {
    return send(at_.header(figures), figures);
  }
  Sent revise(const std::string& id, const std::vector<Observation>& figures) {
    return send(at_.replacing(v1::KIND_REVISION, id, figures), figures);
  }
  Sent withdraw(const std::string& id) { return send(at_.replacing(v1::KIND_WITHDRAWAL, id), {}); }
  static Observation year(const std::string& period, std::int64_t value = 42) {
    return fakes::figure("VIC_REG", "AT", period, value);
  }
  // What is published of a year.
  tables::Table table(const std::string& period) {
    const auto stored =
        stage_.journal.table(tables::table_id({fakes::kDataflow, "at", "VIC_REG", "AT", period}));
    return *tables::Table::parse(*stored);
  }
  [[nodiscard]] LogIndex last() const { return LogIndex{stage_.journal.size().value - 1}; }

  fakes::GateStage stage_;
  fakes::Sender at_{"at"};
};

}  // namespace rapporteur::admission
