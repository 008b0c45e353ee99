#include "proto/crypto/key_file.h"

#include <algorithm>
#include <csignal>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/limits.h"
#include "proto/crypto/encoding.h"
#include "tests/support/paths.h"

namespace rapporteur::crypto {
namespace {

using rapporteur::testing::read_file;
using rapporteur::testing::TempDir;
using rapporteur::testing::write_file;

class KeyFile : public ::testing::Test {
 protected:
  KeyFile() { fill_random(key_.mutable_bytes()); }

  void write_with_mode(const std::string& content, mode_t mode = 0600) const {
    write_file(file_, content);
    ASSERT_EQ(::chmod(file_.c_str(), mode), 0);
  }
  [[nodiscard]] std::string encoded() const { return base64(key_.bytes()); }
  [[nodiscard]] std::string refusal(KeyPurpose purpose = KeyPurpose::kSigning) const {
    const auto key = read_key_file(file_, purpose);
    if (key) return "";
    EXPECT_EQ(key.error().kind, ErrorKind::kConfiguration);
    EXPECT_EQ(key.error().where, file_.string());
    EXPECT_EQ(key.error().line().find(encoded().substr(0, 8)), std::string::npos);
    return key.error().what;
  }

  TempDir folder_;
  std::filesystem::path file_ = folder_ / "key";
  SecretBytes key_;
};

constexpr const char* kHead = "rapporteur-key signing v1\n";

TEST_F(KeyFile, IsReadBackAndReadableByItsOwnerAlone) {
  for (const auto purpose : {KeyPurpose::kSigning, KeyPurpose::kCurve}) {
    std::filesystem::remove(file_);
    ASSERT_TRUE(write_key_file(file_, purpose, key_).has_value());
    struct stat status {};
    ASSERT_EQ(::stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    const auto again = read_key_file(file_, purpose);
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(std::equal(again->bytes().begin(), again->bytes().end(), key_.bytes().begin()));
  }
}

TEST_F(KeyFile, WhoMayNotReadItIsToldThatNothingIsLost) {
  write_with_mode(kHead + encoded() + "\n", 0000);
  const bool was_root = ::geteuid() == 0;
  if (was_root) {
    ASSERT_EQ(::seteuid(65'534), 0);
  }
  const auto key = read_key_file(file_, KeyPurpose::kSigning);
  if (was_root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ASSERT_FALSE(key);
  EXPECT_NE(key.error().what.find("Permission denied"), std::string::npos) << key.error().line();
  EXPECT_NE(key.error().remedy.find("run as its owner"), std::string::npos) << key.error().line();
  EXPECT_EQ(key.error().remedy.find("backup"), std::string::npos) << key.error().line();
}

TEST_F(KeyFile, ItsFormIsTheOneWrittenDown) {
  ASSERT_TRUE(write_key_file(file_, KeyPurpose::kSigning, key_).has_value());
  EXPECT_EQ(read_file(file_), kHead + encoded() + "\n");
}

TEST_F(KeyFile, IsNeverOverwrittenNorWrittenThroughALink) {
  write_with_mode("precious");
  EXPECT_EQ(write_key_file(file_, KeyPurpose::kSigning, key_).error().kind,
            ErrorKind::kConfiguration);
  EXPECT_EQ(read_file(file_), "precious");
  std::filesystem::create_symlink(folder_ / "elsewhere", folder_ / "link");
  EXPECT_FALSE(write_key_file(folder_ / "link", KeyPurpose::kSigning, key_).has_value());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "elsewhere"));
}

TEST_F(KeyFile, WhereThereIsNoFolderNothingIsWritten) {
  EXPECT_EQ(write_key_file(folder_ / "none/key", KeyPurpose::kSigning, key_).error().kind,
            ErrorKind::kStorage);
}

TEST_F(KeyFile, NothingIsLeftWhereItCannotBeWrittenWhole) {
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit narrow { 10, before.rlim_max };
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &narrow), 0);
  const Status written = write_key_file(file_, KeyPurpose::kSigning, key_);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().kind, ErrorKind::kStorage);
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_TRUE(write_key_file(file_, KeyPurpose::kSigning, key_).has_value());
}

TEST_F(KeyFile, EveryModeThatLetsOthersInIsRefused) {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0601U, 0660U, 0666U, 0777U}) {
    write_with_mode(kHead + encoded() + "\n", mode);
    EXPECT_EQ(refusal(), "key file is open to group or others") << std::oct << mode;
  }
  for (const mode_t mode : {0600U, 0400U, 0700U}) {
    write_with_mode(kHead + encoded() + "\n", mode);
    EXPECT_EQ(refusal(), "") << std::oct << mode;
  }
}

TEST_F(KeyFile, OfSomebodyElseIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  write_with_mode(kHead + encoded() + "\n");
  ASSERT_EQ(::chown(file_.c_str(), 65534, 65534), 0);
  EXPECT_EQ(refusal(), "key file belongs to another user");
}

TEST_F(KeyFile, WhatIsNoRegularFileIsRefusedAndDoesNotBlock) {
  EXPECT_NE(refusal(), "");  // missing
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_EQ(refusal(), "key file is not a regular file");
  std::filesystem::remove(file_);
  std::filesystem::create_directory(file_);
  EXPECT_EQ(refusal(), "key file is not a regular file");
  std::filesystem::remove(file_);
  write_file(folder_ / "real", kHead + encoded() + "\n");
  ASSERT_EQ(::chmod((folder_ / "real").c_str(), 0600), 0);
  std::filesystem::create_symlink(folder_ / "real", file_);
  EXPECT_NE(refusal(), "");
}

TEST_F(KeyFile, OfAnotherPurposeOrVersionIsRefused) {
  write_with_mode(kHead + encoded() + "\n");
  EXPECT_EQ(refusal(KeyPurpose::kCurve), "not a key file of this purpose and version");
  write_with_mode("rapporteur-key signing v2\n" + encoded() + "\n");
  EXPECT_EQ(refusal(), "not a key file of this purpose and version");
  write_with_mode("-----BEGIN PRIVATE KEY-----\n" + encoded() + "\n");
  EXPECT_EQ(refusal(), "not a key file of this purpose and version");
  write_with_mode("");
  EXPECT_EQ(refusal(), "not a key file of this purpose and version");
}

TEST_F(KeyFile, DamagedTruncatedOrLongerIsRefused) {
  const std::string whole = kHead + encoded() + "\n";
  for (const std::string& content :
       {std::string(kHead), kHead + encoded().substr(0, 40), kHead + encoded() + "\n\n",
        kHead + encoded() + "AAAA\n", kHead + (" " + encoded()) + "\n", kHead + encoded() + "\r\n",
        kHead + base64(key_.bytes().first(31)) + "\n"}) {
    write_with_mode(content);
    EXPECT_EQ(refusal(), "key file is damaged") << content.size();
  }
  write_with_mode(whole.substr(0, whole.size() - 1));  // only the last line break is missing
  EXPECT_EQ(refusal(), "");
  write_with_mode(whole + std::string(limits::kKeyFileBytes, '\n'));
  EXPECT_EQ(refusal(), "key file too long");
}

}  // namespace
}  // namespace rapporteur::crypto
