#include "gateway/stream/read_options.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/config/host_port.h"
#include "gateway/notify/read_options.h"

namespace postern::stream {
namespace {

using Transport = ToSyslog::Transport;

// As RFC 5424 numbers them: those that a program of its own may use.
const std::vector<std::pair<std::string_view, int>> kFacilities = {
    {"user", 1},    {"daemon", 3},  {"auth", 4},    {"authpriv", 10}, {"local0", 16}, {"local1", 17}, {"local2", 18},
    {"local3", 19}, {"local4", 20}, {"local5", 21}, {"local6", 22},   {"local7", 23}};

bool TakeAddress(const std::string& to, ToSyslog& syslog) {
  const std::pair<std::string_view, Transport> kSchemes[] = {{"udp://", Transport::kUdp}, {"tcp://", Transport::kTcp}};
  if (to.starts_with("unix:/")) {
    syslog.transport = Transport::kUnix;
    syslog.address = to.substr(5);
    return true;
  }
  for (const auto& [scheme, transport] : kSchemes) {
    if (!to.starts_with(scheme)) continue;
    const auto address = config::ParseHostPort(to.substr(scheme.size()));
    if (!address || address->host.empty()) return false;
    syslog.transport = transport;
    syslog.address = address->host;
    syslog.port = address->port;
    return true;
  }
  return false;
}

ToSyslog ReadSyslog(config::Section section) {
  ToSyslog syslog;
  const std::string to = section.String("to");
  if (section.Has("to") && !TakeAddress(to, syslog)) {
    section.Report("to", "expected unix:/dev/log, udp://host:514 or tcp://host:601");
  }
  syslog.facility = section.Word("facility", syslog.facility, kFacilities);
  return syslog;
}

ToWebhook ReadWebhook(config::Section section) {
  ToWebhook webhook{.endpoint = notify::ReadEndpoint(section)};
  if (webhook.endpoint.secret_file.empty()) section.Report("", "secret_file is missing: without it nobody can tell who sent a delivery");
  return webhook;
}

}  // namespace

std::optional<Options> ReadOptions(config::Section stream) {
  if (!stream.present()) return std::nullopt;
  const std::vector<std::string_view> ways = {"file", "stdout", "syslog", "webhook"};
  if (std::count_if(ways.begin(), ways.end(), [&](std::string_view way) { return stream.Has(way); }) != 1) {
    stream.Report("", "needs one of file, stdout, syslog, webhook");
  }
  Options options = ToStandardOutput{};
  if (stream.Has("file")) options = ToFile{.path = stream.Path("file")};
  if (stream.Has("stdout") && !stream.Bool("stdout", false)) stream.Report("stdout", "expected true");
  if (stream.Has("syslog")) options = ReadSyslog(stream.Optional("syslog"));
  if (stream.Has("webhook")) options = ReadWebhook(stream.Optional("webhook"));
  return options;
}

}  // namespace postern::stream
