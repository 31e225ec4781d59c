// Records of sessions in the forms that other programs take. One session's records come after the other's.
#ifndef POSTERN_GATEWAY_CTL_EXPORT_H_
#define POSTERN_GATEWAY_CTL_EXPORT_H_

#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "proto/postern/v1/record.pb.h"

namespace postern::ctl {

class Exporter {
 public:
  virtual ~Exporter() = default;
  virtual void Add(const v1::Record& record) = 0;
  // Behind the last record.
  virtual void Finish() {}
};

// A statement with whose it is and what became of it.
struct StatementRow {
  const v1::SessionOpened& session;
  const v1::Record& record;
  // Null when it is not recorded, or the session still runs.
  const v1::Outcome* outcome = nullptr;
};

// Puts statements and outcomes together; what is left without one comes at its session's end.
class StatementExporter : public Exporter {
 public:
  void Add(const v1::Record& record) final;
  void Finish() final { EndSession(); }

 protected:
  virtual void AddSession(const v1::Record&) {}
  virtual void AddRow(const StatementRow& row) = 0;

 private:
  void EndSession();

  std::string session_id_;
  v1::SessionOpened session_;
  // By statement_id, which ascends.
  std::map<std::string, v1::Record> waiting_;
};

// REQUIRES, of all three: `out` outlives the exporter.
// Each record as `sessions replay --output json` has it.
std::unique_ptr<Exporter> ExportJsonl(std::ostream& out);
// A line for each statement, RFC 4180, with a head. Nothing in a cell is a formula to a spreadsheet, or steers a terminal.
std::unique_ptr<Exporter> ExportCsv(std::ostream& out);
// OCSF 1.3.0, class 6005, Datastore Activity: a line of JSON for each statement, and for each session's login.
std::unique_ptr<Exporter> ExportOcsf(std::ostream& out);

// A cell of CSV, quoted.
std::string CsvCell(std::string_view text);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_EXPORT_H_
