#include "gateway/notify/notifier.h"


#include <catch2/catch.hpp>
#include <fstream>

#include "tests/unit/gateway/notify/held.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::notify {
namespace {

// What a notifier would tell of these approvals, in order: nobody listens, so all of it is dead letters.
std::vector<std::string> Told(const std::vector<v1::Approval>& approvals, std::set<Event> events) {
  TempFolder temp;
  const auto file = temp.path() / "dead.jsonl";
  {
    Webhook webhook{.name = "nobody", .endpoint = {.url = "http://127.0.0.1:1/"}, .events = std::move(events)};
    Notifier notifier({.webhooks = {webhook}, .console = "", .dead_letters = file, .tried = [](const std::string&, Tried) {}});
    for (const v1::Approval& approval : approvals) notifier.Offer(approval);
  }
  std::vector<std::string> ids;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const size_t begin = line.find("\"id\":\"") + 6;
    ids.push_back(line.substr(begin, line.find('"', begin) - begin));
  }
  return ids;
}

const std::set<Event> kAll = {Event::kRequested, Event::kApproved, Event::kDenied, Event::kExpired, Event::kVoid};

TEST_CASE("each thing that happens to an approval is told once") {
  v1::Approval voted = Held();
  voted.add_votes()->set_approve(true);
  CHECK(Told({Held(), voted, Held(), In(Held(), v1::Approval::STATE_APPROVED)}, kAll) ==
        std::vector<std::string>{"apr_1.requested", "apr_1.approved"});
  CHECK(Told({Held(), In(Held(), v1::Approval::STATE_DENIED)}, kAll) == std::vector<std::string>{"apr_1.requested", "apr_1.denied"});
  CHECK(Told({In(Held("apr_2"), v1::Approval::STATE_VOID)}, kAll) == std::vector<std::string>{"apr_2.void"});
}

TEST_CASE("a ticket that is used is not approved again, and one that is not expires") {
  v1::Approval used = In(Held(), v1::Approval::STATE_APPROVED);
  used.set_used_at_unix_ms(1);
  const v1::Approval usable = In(Held(), v1::Approval::STATE_APPROVED);
  CHECK(Told({Held(), usable, used}, kAll) == std::vector<std::string>{"apr_1.requested", "apr_1.approved"});
  CHECK(Told({usable, In(Held(), v1::Approval::STATE_EXPIRED)}, kAll) == std::vector<std::string>{"apr_1.approved", "apr_1.expired"});
}

TEST_CASE("a webhook hears of what it asked for") {
  CHECK(Told({Held(), In(Held(), v1::Approval::STATE_DENIED), In(Held("apr_2"), v1::Approval::STATE_VOID)}, {Event::kDenied}) ==
        std::vector<std::string>{"apr_1.denied"});
}

}  // namespace
}  // namespace postern::notify
