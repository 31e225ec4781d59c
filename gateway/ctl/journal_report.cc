#include "gateway/ctl/journal_report.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/words.h"
#include "gateway/recording/segment/format.h"

namespace postern::ctl {
namespace {

using recording::Checkpoint;
using recording::Finding;
using recording::VerifyReport;

std::string PlaceOf(const recording::Position& at) {
  return "offset " + std::to_string(at.offset) + " of " + recording::SegmentFileName(at.segment);
}

std::string LastCheckpoint(const VerifyReport& report) {
  if (!report.last_checkpoint) return "none: nothing here is signed";
  const Checkpoint& last = *report.last_checkpoint;
  return PlaceOf(last.end.at) + ", " + IsoMicros(last.at_unix_us) + ", key " + recording::Fingerprint(last.key);
}

void TellWarnings(const VerifyReport& report, bool pinned, std::ostream& out) {
  if (!pinned && report.last_checkpoint) {
    out << "The key is the journal's own word: pin it with --public-key.\n";
  }
  if (report.records_after > 0 && report.last_checkpoint) {
    out << Count(report.records_after, "record") << " after the last checkpoint: no signature covers them yet.\n";
  }
}

}  // namespace

void TellReport(const VerifyReport& report, bool pinned, std::ostream& out) {
  for (const Finding& finding : report.findings) {
    out << OneLine(finding.file) << ": offset " << finding.offset << ": " << OneLine(finding.what) << '\n';
  }
  Sheet sheet;
  sheet.Add("segments", std::to_string(report.first_segment) + " to " + std::to_string(report.last_segment));
  sheet.Add("records", std::to_string(report.records));
  sheet.Add("bytes", std::to_string(report.bytes));
  sheet.Add("checkpoints", std::to_string(report.checkpoints));
  sheet.Add("last checkpoint", LastCheckpoint(report));
  sheet.Add("ends at", PlaceOf(report.end.at));
  sheet.Add("chain", recording::ToHex(recording::ToBytes(report.end.chain)));
  if (report.witnessed + report.witnessed_before > 0) {
    sheet.Add("witnessed", std::to_string(report.witnessed) + " seen here, " + std::to_string(report.witnessed_before) + " of retired segments");
  }
  sheet.Print(out);
  TellWarnings(report, pinned, out);
  out << (report.findings.empty() ? "The journal is whole.\n" : "The journal is NOT whole: see above.\n");
}

nlohmann::ordered_json ReportJson(const VerifyReport& report, bool pinned) {
  nlohmann::ordered_json json = {{"whole", report.findings.empty()}, {"findings", nlohmann::ordered_json::array()}};
  for (const Finding& finding : report.findings) {
    json["findings"].push_back({{"file", finding.file}, {"offset", finding.offset}, {"what", OneLine(finding.what)}});
  }
  json["first_segment"] = report.first_segment;
  json["last_segment"] = report.last_segment;
  json["records"] = report.records;
  json["bytes"] = report.bytes;
  json["checkpoints"] = report.checkpoints;
  json["last_checkpoint"] = nullptr;
  if (report.last_checkpoint) {
    const Checkpoint& last = *report.last_checkpoint;
    json["last_checkpoint"] = {{"segment", last.end.at.segment},
                               {"offset", last.end.at.offset},
                               {"at", IsoMicros(last.at_unix_us)},
                               {"key", recording::Fingerprint(last.key)},
                               {"public_key", recording::ToHex(recording::ToBytes(last.key))}};
  }
  json["records_after_checkpoint"] = report.records_after;
  json["key_pinned"] = pinned;
  json["witnessed"] = report.witnessed;
  json["witnessed_before"] = report.witnessed_before;
  json["end"] = {{"segment", report.end.at.segment},
                 {"offset", report.end.at.offset},
                 {"chain", recording::ToHex(recording::ToBytes(report.end.chain))}};
  return json;
}

}  // namespace postern::ctl
