#include "relay-agent/closing/second_connection.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <mysql.h>

#include <utility>

#include "relay-agent/closing/client_tls.h"
#include "relay-agent/credential/password_file.h"
#include "relay-agent/mysql/pinned_session.h"

namespace postern::relay {
namespace {

constexpr unsigned int kConnectTimeoutSeconds = 5;
constexpr unsigned int kQueryTimeoutSeconds = 10;
// Client-side error numbers; all others come from the server.
constexpr unsigned int kFirstClientError = 2000;
constexpr unsigned int kLastClientError = 2999;

void SetOptions(MYSQL* connection, const Target& target) {
  mysql_options(connection, MYSQL_OPT_CONNECT_TIMEOUT, &kConnectTimeoutSeconds);
  mysql_options(connection, MYSQL_OPT_READ_TIMEOUT, &kQueryTimeoutSeconds);
  mysql_options(connection, MYSQL_OPT_WRITE_TIMEOUT, &kQueryTimeoutSeconds);
  const unsigned int no = 0;
  mysql_options(connection, MYSQL_OPT_LOCAL_INFILE, &no);
  const unsigned int tcp = MYSQL_PROTOCOL_TCP;
  mysql_options(connection, MYSQL_OPT_PROTOCOL, &tcp);
  mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  mysql_options4(connection, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "postern-relay");
  mysql_options4(connection, MYSQL_OPT_CONNECT_ATTR_ADD, "postern_role", "closing");
  SetClientTls(connection, target);
}

}  // namespace

void SecondConnection::Close::operator()(st_mysql* connection) const { mysql_close(connection); }

SecondConnection::SecondConnection(const Target& target) : target_(target) {}
SecondConnection::~SecondConnection() = default;

void SecondConnection::Disconnect() {
  connection_.reset();
  server_.reset();
}

absl::Status SecondConnection::ErrorOf() {
  const unsigned int code = mysql_errno(connection_.get());
  if (code != 0 && (code < kFirstClientError || code > kLastClientError)) {
    return absl::AbortedError(absl::StrCat("error ", code));
  }
  // The client library's own texts may name the host.
  Disconnect();
  return absl::UnavailableError(absl::StrCat("the second connection to the database failed (error ", code, ")"));
}

absl::Status SecondConnection::Connect() {
  if (connection_ != nullptr) return absl::OkStatus();
  absl::StatusOr<mysql::Secret> password = ReadPasswordFile(target_.password_file);
  if (!password.ok()) return absl::UnavailableError("the relay has no usable credential for the database");
  std::unique_ptr<st_mysql, Close> connection(mysql_init(nullptr));
  if (connection == nullptr) return absl::ResourceExhaustedError("out of memory");
  SetOptions(connection.get(), target_);
  std::string text(password->Reveal());
  const bool connected = mysql_real_connect(connection.get(), target_.host.c_str(), target_.user.c_str(), text.c_str(),
                                            nullptr, target_.port, nullptr, 0) != nullptr;
  mysql::WipeString(text);
  const unsigned int code = mysql_errno(connection.get());
  if (!connected) {
    return absl::UnavailableError(absl::StrCat("the second connection to the database failed (error ", code, ")"));
  }
  connection_ = std::move(connection);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<SecondConnection::Row>> SecondConnection::Query(const std::string& sql) {
  if (absl::Status connected = Connect(); !connected.ok()) return connected;
  if (mysql_real_query(connection_.get(), sql.data(), sql.size()) != 0) return ErrorOf();
  std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_store_result(connection_.get()), mysql_free_result);
  if (result == nullptr) {
    if (mysql_errno(connection_.get()) != 0) return ErrorOf();
    return std::vector<Row>();
  }
  std::vector<Row> rows;
  const unsigned int width = mysql_num_fields(result.get());
  while (MYSQL_ROW values = mysql_fetch_row(result.get())) {
    const unsigned long* lengths = mysql_fetch_lengths(result.get());
    Row& row = rows.emplace_back();
    for (unsigned int i = 0; i < width; ++i) {
      row.push_back(values[i] == nullptr ? std::nullopt : std::optional<std::string>(std::in_place, values[i], lengths[i]));
    }
  }
  if (mysql_errno(connection_.get()) != 0) return ErrorOf();
  return rows;
}

absl::Status SecondConnection::Execute(const std::string& sql) { return Query(sql).status(); }

absl::StatusOr<SecondConnection::Server> SecondConnection::WhoIsThere() {
  if (connection_ != nullptr && server_) return *server_;
  absl::StatusOr<std::vector<Row>> identity = Query(absl::StrCat("SELECT ", kServerIdentityExpression));
  if (!identity.ok()) return identity.status();
  absl::StatusOr<std::vector<Row>> uptime = Query("SHOW GLOBAL STATUS LIKE 'Uptime'");
  if (!uptime.ok()) return uptime.status();
  int64_t seconds = 0;
  if (identity->size() != 1 || uptime->size() != 1 || (*uptime)[0].size() != 2 ||
      !absl::SimpleAtoi((*uptime)[0][1].value_or(""), &seconds)) {
    return absl::UnavailableError("the database does not say since when it runs");
  }
  server_ = Server{(*identity)[0][0].value_or(""), absl::Now() - absl::Seconds(seconds)};
  return *server_;
}

}  // namespace postern::relay
