#include "broker/config/config.h"

#include <gtest/gtest.h>

#include "broker/config/schema.h"
#include "tests/support/paths.h"

namespace rapporteur::config {
namespace {

constexpr std::string_view kLeast = "[hub]\nname = \"hub\"\norigin = \"example.org/log\"\n";

Error error_of(const std::string& text) {
  const auto config = parse(std::string(kLeast) + text, "/etc/rapporteur/hub.toml");
  EXPECT_FALSE(config) << text;
  return config ? Error{} : config.error();
}

TEST(Configuration, WhatIsNotGivenHasItsDefault) {
  const auto config = parse(kLeast, "/etc/rapporteur/hub.toml");
  ASSERT_TRUE(config) << config.error().line();
  EXPECT_EQ(config->hub_name, "hub");
  EXPECT_EQ(config->listen_endpoint, "tcp://127.0.0.1:5570");
  EXPECT_EQ(config->keys_curve, "/etc/rapporteur/keys/curve.key");
  EXPECT_EQ(config->data_folder, "/etc/rapporteur/data");
  EXPECT_EQ(config->io_threads, 1U);
}

TEST(Configuration, AnUnknownKeyIsAnErrorWithFileLineAndTheNearestKey) {
  const Error error = error_of("[listen]\nendpiont = \"tcp://[::]:5570\"\n");
  EXPECT_EQ(error.kind, ErrorKind::kConfiguration);
  EXPECT_EQ(error.where, "/etc/rapporteur/hub.toml:5");
  EXPECT_EQ(error.remedy, "did you mean listen.endpoint?");
  EXPECT_NE(error.what.find("listen.endpiont"), std::string::npos);
  EXPECT_EQ(error_of("[lissten]\n[lissten.endpoint]\n").remedy, "did you mean listen.endpoint?");
}

TEST(Configuration, WrongTypesAndRangesNameKeyAndLine) {
  EXPECT_EQ(error_of("[threads]\nworkers = 1000\n").where, "/etc/rapporteur/hub.toml:5");
  EXPECT_NE(error_of("[threads]\nworkers = -1\n").what.find("0 to 256"), std::string::npos);
  EXPECT_NE(error_of("[threads]\nio = \"2\"\n").what.find("threads.io"), std::string::npos);
  EXPECT_NE(error_of("[data]\nfolder = 7\n").what.find("data.folder"), std::string::npos);
  EXPECT_EQ(error_of("[data\n").where, "/etc/rapporteur/hub.toml:4");
  const Error open_ended = error_of("[log]\nlevel = \"info\nformat = \"json\"\n");
  EXPECT_EQ(open_ended.where, "/etc/rapporteur/hub.toml:5");
  EXPECT_NE(open_ended.remedy.find("quotation mark"), std::string::npos) << open_ended.line();
  EXPECT_NE(error_of("[log]\nlevel = \"loud\"\n").what.find("log.level"), std::string::npos);
  EXPECT_NE(error_of("[monitor]\nendpoint = \"0.0.0.0:9570\"\n").what.find("loopback"),
            std::string::npos);
  EXPECT_NE(error_of("[monitor]\nendpoint = \"9570\"\n").what.find("host:port"), std::string::npos);
}

TEST(Configuration, OnlyTransportsWithCurveAreListenedOn) {
  for (const char* key : {"endpoint", "next_endpoint"}) {
    for (const char* address : {"ws://127.0.0.1:5570", "wss://127.0.0.1:5570", "udp://*:5570",
                                "pgm://eth0;239.192.1.1:5570", "epgm://eth0;239.192.1.1:5570",
                                "inproc://hub", "127.0.0.1:5570"}) {
      const Error error = error_of("[keys]\ncurve_next = \"next.key\"\n[listen]\n" +
                                   std::string(key) + " = \"" + address + "\"\n");
      EXPECT_NE(error.what.find("tcp:// or ipc://"), std::string::npos) << key << " " << address;
    }
  }
}

TEST(Configuration, WhatNobodyCanListenOnIsRefusedWithItsLine) {
  for (const char* address : {"tcp://127.0.0.1:77777", "tcp://127.0.0.1:0", "tcp://127.0.0.1",
                              "tcp://127.0.0.1:", "tcp://:5570", "tcp://127.0.0.1:*"}) {
    const Error error = error_of("[listen]\nendpoint = \"" + std::string(address) + "\"\n");
    EXPECT_EQ(error.where, "/etc/rapporteur/hub.toml:5") << address;
    EXPECT_NE(error.what.find("tcp://HOST:PORT"), std::string::npos) << address;
  }
  for (const char* address :
       {"tcp://*:5570", "tcp://[::]:5570", "tcp://eth0:5570", "ipc:///run/hub"}) {
    const std::string text = "[listen]\nendpoint = \"" + std::string(address) + "\"\n";
    EXPECT_TRUE(parse(std::string(kLeast) + text, "hub.toml")) << address;
  }
}

TEST(Configuration, OnePortIsNotForTwo) {
  EXPECT_NE(error_of("[listen]\nendpoint = \"tcp://0.0.0.0:9570\"\n").what.find("the port of"),
            std::string::npos);
  const Error error = error_of("[monitor]\nendpoint = \"127.0.0.1:5570\"\n");
  EXPECT_EQ(error.where, "/etc/rapporteur/hub.toml:5");
  EXPECT_EQ(error.what, "monitor.endpoint has the port of listen.endpoint");
  const std::string elsewhere = "[listen]\nendpoint = \"tcp://192.0.2.7:9570\"\n";
  EXPECT_TRUE(parse(std::string(kLeast) + elsewhere, "hub.toml")) << "another address";
}

TEST(Configuration, AnOriginIsNoAddress) {
  const auto config =
      parse("[hub]\nname = \"hub\"\norigin = \"https://example.org/log\"\n", "hub.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().where, "hub.toml:3");
  EXPECT_NE(config.error().what.find("hub.origin has a scheme"), std::string::npos);
}

TEST(Configuration, ARotationOfTheKeyNeedsEndpointAndKey) {
  const std::string endpoint = "[listen]\nnext_endpoint = \"tcp://127.0.0.1:5571\"\n";
  const std::string key = "[keys]\ncurve_next = \"keys/next.key\"\n";
  EXPECT_NE(error_of(endpoint).what.find("come together"), std::string::npos);
  EXPECT_NE(error_of(key).what.find("come together"), std::string::npos);
  const auto config = parse(std::string(kLeast) + endpoint + key, "/etc/rapporteur/hub.toml");
  ASSERT_TRUE(config) << config.error().line();
  EXPECT_EQ(config->listen_next_endpoint, "tcp://127.0.0.1:5571");
  EXPECT_EQ(config->keys_curve_next, "/etc/rapporteur/keys/next.key");
}

TEST(Configuration, HubNameAndOriginMustBeGiven) {
  const auto config = parse("", "hub.toml");
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().what.find("hub.name is missing"), std::string::npos);
}

TEST(Configuration, AMissingFileIsOneClearLine) {
  const auto config = load("/nonexistent/hub.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, ErrorKind::kUsage);
  EXPECT_EQ(config.error().where, "/nonexistent/hub.toml");
}

TEST(Configuration, TheExampleIsAValidConfiguration) {
  std::string text = example();
  text.replace(text.find("name = \"\""), 9, "name = \"hub\"");
  text.replace(text.find("origin = \"\""), 11, "origin = \"example.org/log\"");
  ASSERT_TRUE(parse(text, "hub.toml"));
  // Also with every key that is commented out switched on.
  for (auto at = text.find("\n# "); at != std::string::npos; at = text.find("\n# ", at + 1)) {
    const auto line = text.substr(at + 3, text.find('\n', at + 1) - at - 3);
    if (line.find(" = ") != std::string::npos) text.erase(at + 1, 2);
  }
  const auto config = parse(text, "hub.toml");
  ASSERT_TRUE(config) << config.error().line();
}

TEST(Configuration, TheDocumentationIsInStepWithTheTable) {
  const auto page = testing::read_file(std::filesystem::path(RAPPORTEUR_SOURCE_DIR) /
                                       "broker/config/CONFIGURATION.md");
  EXPECT_EQ(page, documentation())
      << "run: rapporteur-broker --print-config-documentation > broker/config/CONFIGURATION.md";
}

}  // namespace
}  // namespace rapporteur::config
