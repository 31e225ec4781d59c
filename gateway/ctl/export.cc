#include "gateway/ctl/export.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "gateway/ctl/json.h"

namespace postern::ctl {
namespace {

class Jsonl final : public Exporter {
 public:
  explicit Jsonl(std::ostream& out) : out_(out) {}
  void Add(const v1::Record& record) override { out_ << Line(RecordJson(record)) << '\n'; }

 private:
  std::ostream& out_;
};

}  // namespace

void StatementExporter::Add(const v1::Record& record) {
  if (record.session_id() != session_id_) EndSession();
  session_id_ = record.session_id();
  if (record.has_session_opened()) {
    session_ = record.session_opened();
    AddSession(record);
  }
  if (record.has_statement()) waiting_[record.statement().statement_id()] = record;
  if (!record.has_outcome()) return;
  const auto found = waiting_.find(record.outcome().statement_id());
  if (found == waiting_.end()) return;
  AddRow({.session = session_, .record = found->second, .outcome = &record.outcome()});
  waiting_.erase(found);
}

void StatementExporter::EndSession() {
  for (const auto& [id, record] : waiting_) AddRow({.session = session_, .record = record});
  waiting_.clear();
  session_.Clear();
}

std::unique_ptr<Exporter> ExportJsonl(std::ostream& out) { return std::make_unique<Jsonl>(out); }

}  // namespace postern::ctl
