// subscription list, add, remove, rewind.
#include <charconv>

#include <CLI/CLI.hpp>

#include "adapters/agency/desk.h"
#include "adapters/client/subscriber.h"

namespace rapporteur::agency {
namespace {

struct SubscriptionOptions {
  std::string name;
  std::string dataflow;
  std::string indicator;
  std::string sender;
  std::string area;
  std::string from = "beginning";
};

struct Start {
  v1::Subscribe::Start start = v1::Subscribe::BEGINNING;
  std::uint64_t value = 0;
};

// "beginning", "now", a delivery number, or @ and Unix milliseconds.
Result<Start> parse_start(const std::string& text) {
  if (text == "beginning") return Start{v1::Subscribe::BEGINNING, 0};
  if (text == "now") return Start{v1::Subscribe::START_UNSPECIFIED, 0};
  const bool time = text.starts_with('@');
  const std::string digits = time ? text.substr(1) : text;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) {
    return fail(ErrorKind::kUsage, "'" + printable(text, 40) + "' is no place to begin", {},
                "beginning, now, a delivery number, or @ and a Unix time in milliseconds");
  }
  return Start{time ? v1::Subscribe::TIME_MS : v1::Subscribe::DELIVERY_NUMBER, value};
}

nlohmann::ordered_json json_of(const client::LocalSubscription& subscription) {
  return {{"subscription", subscription.name},
          {"dataflow", subscription.filter.dataflow()},
          {"indicator", subscription.filter.indicator()},
          {"sender", subscription.filter.sender()},
          {"area", subscription.filter.area()},
          {"received", subscription.stored.value},
          {"acknowledged", subscription.acknowledged.value}};
}

std::string text_of(const client::LocalSubscription& subscription) {
  std::string out = subscription.name + "  received " + std::to_string(subscription.stored.value) +
                    ", acknowledged " + std::to_string(subscription.acknowledged.value);
  const auto add = [&](const char* what, const std::string& pattern) {
    if (!pattern.empty()) out += std::string("  ") + what + " " + printable(pattern, 100);
  };
  add("dataflow", subscription.filter.dataflow());
  add("indicator", subscription.filter.indicator());
  add("sender", subscription.filter.sender());
  add("area", subscription.filter.area());
  return out;
}

Outcome list_subscriptions(Program& program) {
  auto agency = client::Agency::open(program.folder);
  if (!agency) return tl::unexpected(agency.error());
  const client::Received received(agency->state());
  auto all = received.subscriptions();
  if (!all) return tl::unexpected(all.error());
  nlohmann::ordered_json document;
  document["subscriptions"] = nlohmann::ordered_json::array();
  for (const client::LocalSubscription& subscription : *all) {
    program.say(text_of(subscription));
    document["subscriptions"].push_back(json_of(subscription));
  }
  if (all->empty()) program.say("there are no subscriptions");
  program.answer(document);
  return 0;
}

// What is not given is everything.
Status check_patterns(const SubscriptionOptions& options) {
  for (const std::string& pattern :
       {options.dataflow, options.indicator, options.sender, options.area}) {
    if (pattern.empty() || valid_pattern(pattern)) continue;
    return fail(ErrorKind::kUsage, "'" + printable(pattern, 60) + "' is no pattern", {},
                "codes with * and |, such as VIC_* or AT|DE");
  }
  return {};
}

Outcome add(Program& program, const SubscriptionOptions& options) {
  if (!valid_subscription_name(options.name)) {
    return fail(ErrorKind::kUsage, "'" + printable(options.name, 64) + "' is no name", {},
                "1 to 64 lower-case letters, digits, '-', '_' and '.'");
  }
  auto start = parse_start(options.from);
  if (!start) return tl::unexpected(start.error());
  if (auto valid = check_patterns(options); !valid) return tl::unexpected(valid.error());
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  auto line = (*desk)->connect();
  if (!line) return tl::unexpected(line.error());
  // At the hub at once: "now" is now, and not when something is first received.
  v1::Frame question;
  v1::Subscribe& subscribe = *question.mutable_subscribe();
  subscribe.set_subscription(options.name);
  v1::SubscriptionFilter& filter = *subscribe.mutable_filter();
  filter.set_dataflow(options.dataflow);
  filter.set_indicator(options.indicator);
  filter.set_sender(options.sender);
  filter.set_area(options.area);
  subscribe.set_start(start->start);
  subscribe.set_start_value(start->value);
  auto answer = (*line)->ask(question);
  if (!answer) return tl::unexpected(answer.error());
  client::LocalSubscription subscription;
  subscription.name = options.name;
  subscription.filter = filter;
  subscription.start = start->start;
  subscription.start_value = start->value;
  if (auto added = (*desk)->received.add(subscription); !added) {
    return tl::unexpected(added.error());
  }
  program.say("subscription '" + options.name + "' added");
  program.answer(json_of(subscription));
  return 0;
}

// Another process must not receive while the place is changed.
Result<client::FileLock> lock_subscription(Desk& desk, const std::string& name) {
  auto lock = client::FileLock::try_take(desk.agency.lock_file("subscription-" + name));
  if (!lock) return tl::unexpected(lock.error());
  if (!*lock) {
    return fail(ErrorKind::kOverloaded, "another process of this folder receives it", name,
                "stop it first");
  }
  return std::move(**lock);
}

Outcome change(Program& program, const SubscriptionOptions& options, bool remove) {
  auto start = parse_start(options.from);
  if (!start) return tl::unexpected(start.error());
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  client::Received& received = (*desk)->received;
  if (auto known = received.find(options.name); !known) return tl::unexpected(known.error());
  auto lock = lock_subscription(**desk, options.name);
  if (!lock) return tl::unexpected(lock.error());
  auto line = (*desk)->connect();
  if (!line) return tl::unexpected(line.error());
  const Status done = remove ? client::remove_subscription(**line, received, options.name)
                             : client::rewind_subscription(**line, received, options.name,
                                                           start->start, start->value);
  if (!done) return tl::unexpected(done.error());
  program.say("subscription '" + options.name + (remove ? "' removed" : "' rewound"));
  program.answer({{"subscription", options.name}, {remove ? "removed" : "rewound", true}});
  return 0;
}

}  // namespace

void add_subscription(CLI::App& app, Command& chosen) {
  CLI::App* group = app.add_subcommand("subscription", "What is received: named and durable");
  group->require_subcommand(1);
  group->add_subcommand("list", "Show the subscriptions of this folder")->callback([&chosen]() {
    chosen = list_subscriptions;
  });

  auto options = std::make_shared<SubscriptionOptions>();
  CLI::App* adding = group->add_subcommand("add", "Make a subscription, here and at the hub");
  adding->add_option("NAME", options->name, "Its name")->required();
  adding->add_option("--dataflow", options->dataflow, "Only these dataflows (pattern)");
  adding->add_option("--indicator", options->indicator, "Only these indicators (pattern)");
  adding->add_option("--sender", options->sender, "Only these senders (pattern)");
  adding->add_option("--area", options->area, "Only with figures of these areas (pattern)");
  adding->add_option("--from", options->from, "beginning, now, or @ and Unix milliseconds")
      ->capture_default_str();
  adding->callback([&chosen, options]() {
    chosen = [options](Program& program) { return add(program, *options); };
  });

  CLI::App* removing = group->add_subcommand("remove", "Take a subscription away");
  removing->add_option("NAME", options->name, "Its name")->required();
  removing->callback([&chosen, options]() {
    chosen = [options](Program& program) { return change(program, *options, true); };
  });

  CLI::App* rewinding = group->add_subcommand("rewind", "Receive again from an earlier place");
  rewinding->add_option("NAME", options->name, "Its name")->required();
  rewinding
      ->add_option("--to", options->from,
                   "beginning, a delivery number, or @ and Unix milliseconds")
      ->capture_default_str();
  rewinding->callback([&chosen, options]() {
    chosen = [options](Program& program) { return change(program, *options, false); };
  });
}

}  // namespace rapporteur::agency
