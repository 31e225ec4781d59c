// The bodies that are delivered. Pure.
//
// Agents write a part of what they say. No literal of a statement is in them, and nothing that an agent wrote is markup, a
// mention or a link to whoever shows them.
#ifndef POSTERN_GATEWAY_NOTIFY_MESSAGE_H_
#define POSTERN_GATEWAY_NOTIFY_MESSAGE_H_

#include <string>
#include <utility>
#include <vector>

#include "gateway/notify/notice.h"
#include "gateway/notify/options.h"

namespace postern::notify {

// `console`: its address, such as "https://postern.example.com"; empty: there is none to link to.
std::string JsonBody(const Notice& notice, const std::string& console);
std::string SlackBody(const Notice& notice, const std::string& console);
std::string TeamsBody(const Notice& notice, const std::string& console);

std::string Body(Format format, const Notice& notice, const std::string& console);

// Where the console shows the approval; empty without a console.
std::string LinkTo(const Notice& notice, const std::string& console);

// What a person wants to know of it, for messages that people read: a headline in our words alone, and facts, their values one
// line each, of bounded length, with nothing in them that is invisible or turns the direction of text.
struct Summary {
  std::string headline;
  std::vector<std::pair<std::string, std::string>> facts;
};
Summary Summarise(const Notice& notice);

}  // namespace postern::notify

#endif  // POSTERN_GATEWAY_NOTIFY_MESSAGE_H_
