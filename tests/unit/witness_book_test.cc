#include "ops/publisher/witness_book.h"

#include <gmock/gmock.h>

#include "store/merkle/tree.h"
#include "tests/fakes/fake_log.h"
#include "tests/fakes/fake_witness.h"

namespace rapporteur::publisher {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class WitnessBookTest : public ::testing::Test {
 protected:
  WitnessBookTest() {
    for (int i = 0; i < 9; ++i) log_.append({{}, "record", {}, {}, {}});
  }

  // Its answer 409 with `body` to what was asked from `old` on for 9 entries.
  WitnessBook::Taken conflict(std::size_t old, const std::string& body) {
    witness::AddCheckpoint request{TreeSize{old}, {}, log_.checkpoint(9)};
    if (old > 0) request.proof = merkle::unpack(log_.consistency_proof(old, 9)).value();
    book_.asked(0);
    return book_.take({0, std::move(request), HttpReply{409, "text/x.tlog.size", body}}, {});
  }

  testing::FakeLog log_;
  testing::FakeWitness witness_{"one"};
  std::vector<std::string> problems_;
  WitnessBook book_{
      verify::Policy::parse(testing::policy_of(log_.verifier_key(), {&witness_}, 1)).value(),
      [this](const std::string&, const std::string& problem) { problems_.push_back(problem); }};
};

TEST_F(WitnessBookTest, ASizeThatItNamesIsAskedFromNext) {
  EXPECT_TRUE(conflict(0, "7\n").ask_again);
  EXPECT_EQ(book_.size(0), TreeSize{7});
  EXPECT_TRUE(problems_.empty());
}

// Where there was nothing to prove, a conflict that names the same size is about the root.
TEST_F(WitnessBookTest, AnotherTreeOfTheSameSizeIsAnotherHistory) {
  EXPECT_FALSE(conflict(9, "9\n").ask_again);
  EXPECT_THAT(problems_, ElementsAre(HasSubstr("another history")));
}

TEST_F(WitnessBookTest, TheSizeThatWasAskedFromIsNotAskedFromForEver) {
  EXPECT_FALSE(conflict(7, "7\n").ask_again);
  EXPECT_FALSE(conflict(7, "many\n").ask_again);
  EXPECT_THAT(problems_,
              ElementsAre(HasSubstr("does not take the size"), HasSubstr("without its size")));
  EXPECT_FALSE(book_.free(0, {}));
}

}  // namespace
}  // namespace rapporteur::publisher
