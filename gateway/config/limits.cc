#include "gateway/config/limits.h"

namespace postern::config {
namespace {

constexpr uint64_t kKiB = 1 << 10;
constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kGiB = 1 << 30;

// An option without a lower bound of its own must be at least one; nothing can be switched off by a zero.
class Reader {
 public:
  explicit Reader(Section& section) : section_(section) {}

  void Count(std::string_view key, uint32_t& value, int64_t most) {
    value = static_cast<uint32_t>(section_.Int(key, value, {1, most}));
  }
  void Bytes(std::string_view key, uint64_t& value, uint64_t least, uint64_t most) {
    value = section_.Bytes(key, value, {least, most});
  }
  void Time(std::string_view key, absl::Duration& value, absl::Duration most,
            absl::Duration least = absl::Milliseconds(10)) {
    value = section_.Duration(key, value, {least, most});
  }

 private:
  Section& section_;
};

void ReadCounts(Reader& read, GatewayLimits& limits) {
  read.Count("sessions", limits.sessions, 1'000'000);
  read.Count("sessions_per_agent", limits.sessions_per_agent, 1'000'000);
  read.Count("pending_logins", limits.pending_logins, 100'000);
  read.Count("prepared_statements", limits.prepared_statements, 1'000'000);
  read.Count("parse_depth", limits.parse_depth, 1000);
  read.Count("parse_tokens", limits.parse_tokens, 1 << 30);
  read.Count("batch_statements", limits.batch_statements, 10'000);
  read.Count("held_statements", limits.held_statements, 1'000'000);
  read.Count("held_statements_per_agent", limits.held_statements_per_agent, 1'000'000);
  read.Count("approval_history", limits.approval_history, 1'000'000);
  read.Count("approval_watchers", limits.approval_watchers, 100'000);
  read.Count("tasks", limits.tasks, 1'000'000);
  read.Count("tasks_per_agent", limits.tasks_per_agent, 1'000'000);
  read.Count("relays", limits.relays, 100'000);
  read.Count("api_connections", limits.api_connections, 1'000'000);
  read.Count("api_connections_per_source", limits.api_connections_per_source, 1'000'000);
  read.Count("unproven_calls", limits.unproven_calls, 100'000);
}

void ReadSizes(Reader& read, GatewayLimits& limits) {
  read.Bytes("statement_bytes", limits.statement_bytes, kKiB, kGiB);
  read.Bytes("packet_bytes", limits.packet_bytes, 16 * kKiB, kGiB);
  read.Bytes("handshake_bytes", limits.handshake_bytes, 4 * kKiB, kMiB);
  read.Bytes("parameter_bytes", limits.parameter_bytes, kKiB, 4 * kGiB);
  read.Bytes("approval_statement_bytes", limits.approval_statement_bytes, kKiB, 16 * kMiB);
  read.Bytes("journal_queue_bytes", limits.journal_queue_bytes, kMiB, 16 * kGiB);
  read.Bytes("journal_segment_bytes", limits.journal_segment_bytes, kMiB, 16 * kGiB);
  read.Bytes("catalog_bytes", limits.catalog_bytes, kMiB, 64 * kGiB);
  read.Bytes("rpc_message_bytes", limits.rpc_message_bytes, 64 * kKiB, 64 * kMiB);
  read.Bytes("rpc_buffer_bytes", limits.rpc_buffer_bytes, 64 * kMiB, 1024 * kGiB);
}

void ReadTimes(Reader& read, GatewayLimits& limits) {
  read.Time("relay_certificate_ttl", limits.relay_certificate_ttl, absl::Hours(24 * 365));
  read.Time("login_timeout", limits.login_timeout, absl::Minutes(5));
  read.Time("idle_timeout", limits.idle_timeout, absl::Hours(24 * 30));
  read.Time("statement_timeout", limits.statement_timeout, absl::Hours(24 * 30));
  read.Time("write_timeout", limits.write_timeout, absl::Hours(24));
  read.Time("open_timeout", limits.open_timeout, absl::Minutes(5));
  read.Time("shutdown_timeout", limits.shutdown_timeout, absl::Minutes(10));
  read.Time("catalog_max_age", limits.catalog_max_age, absl::Hours(24), absl::ZeroDuration());
  read.Time("catalog_timeout", limits.catalog_timeout, absl::Hours(1));
  read.Time("preview_max_age", limits.preview_max_age, absl::Hours(24), absl::Seconds(1));
  read.Time("approval_history_age", limits.approval_history_age, absl::Hours(24 * 3650), absl::Minutes(1));
  read.Time("hold_wait_max", limits.hold_wait_max, absl::Hours(24));
}

}  // namespace

GatewayLimits ReadLimits(Section section) {
  GatewayLimits limits;
  Reader read(section);
  ReadCounts(read, limits);
  ReadSizes(read, limits);
  ReadTimes(read, limits);
  if (limits.statement_bytes > limits.packet_bytes) section.Report("statement_bytes", "is larger than packet_bytes");
  if (limits.sessions_per_agent > limits.sessions) section.Report("sessions_per_agent", "is larger than sessions");
  if (limits.api_connections_per_source > limits.api_connections) {
    section.Report("api_connections_per_source", "is larger than api_connections");
  }
  return limits;
}

}  // namespace postern::config
