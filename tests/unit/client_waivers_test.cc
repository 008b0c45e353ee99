// What an agency takes from the hub for the cells of a waiver.
#include <gtest/gtest.h>

#include "adapters/client/waivers.h"
#include "proto/crypto/sha256.h"
#include "store/merkle/digest_set.h"

namespace rapporteur::client {
namespace {

TEST(ClientWaivers, OnlyTheCellsThatTheHubSignedAreTaken) {
  const auto cells = merkle::DigestSet::of({crypto::sha256("a"), crypto::sha256("b")});
  v1::Waiver waiver;
  waiver.set_index(7);
  waiver.set_dataflow("RAPPORTEUR:THB(1.0)");
  waiver.set_root_sha256(cells.root().string());
  const auto taken = verified_cells(waiver, cells.packed());
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->index, 7U);
  EXPECT_EQ(*taken->cells, cells.hashes());

  const auto more =
      merkle::DigestSet::of({crypto::sha256("a"), crypto::sha256("b"), crypto::sha256("c")});
  for (const std::string& other :
       {more.packed(), cells.packed().substr(32), std::string(), cells.packed() + "x"}) {
    const auto refused = verified_cells(waiver, other);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kNotVerified);
  }
}

}  // namespace
}  // namespace rapporteur::client
