#include "relay-agent/closing/second_connection.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <mysql.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "common/observability/log.h"
#include "relay-agent/closing/client_tls.h"
#include "relay-agent/mysql/pinned_session.h"

namespace postern::relay {
namespace {

constexpr unsigned int kConnectTimeoutSeconds = 5;
constexpr unsigned int kWriteTimeoutSeconds = 10;
constexpr absl::Duration kLoginPatience = absl::Seconds(10);
constexpr unsigned int kAccessDenied = 1045;
// Client-side error numbers; all others come from the server.
constexpr unsigned int kFirstClientError = 2000;
constexpr unsigned int kLastClientError = 2999;

void SetOptions(MYSQL* connection, const Target& target, const ConnectionHabits& habits) {
  const auto read_timeout_seconds = static_cast<unsigned int>(std::max<int64_t>(1, absl::ToInt64Seconds(habits.read_timeout)));
  mysql_options(connection, MYSQL_OPT_CONNECT_TIMEOUT, &kConnectTimeoutSeconds);
  mysql_options(connection, MYSQL_OPT_READ_TIMEOUT, &read_timeout_seconds);
  mysql_options(connection, MYSQL_OPT_WRITE_TIMEOUT, &kWriteTimeoutSeconds);
  const unsigned int no = 0;
  mysql_options(connection, MYSQL_OPT_LOCAL_INFILE, &no);
  const unsigned int tcp = MYSQL_PROTOCOL_TCP;
  mysql_options(connection, MYSQL_OPT_PROTOCOL, &tcp);
  mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  mysql_options4(connection, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "postern-relay");
  mysql_options4(connection, MYSQL_OPT_CONNECT_ATTR_ADD, "postern_role", habits.role);
  SetClientTls(connection, target);
}

int SocketOf(MYSQL* connection) {
#ifdef MARIADB_BASE_VERSION
  return static_cast<int>(mysql_get_socket(connection));
#else
  return static_cast<int>(connection->net.fd);
#endif
}

}  // namespace

void SecondConnection::Close::operator()(st_mysql* connection) const { mysql_close(connection); }

SecondConnection::SecondConnection(const Target& target, Account& account, ConnectionHabits habits)
    : target_(target), account_(&account), habits_(habits) {}
SecondConnection::SecondConnection(const Target& target, std::shared_ptr<Login> login, ConnectionHabits habits)
    : target_(target), login_(std::move(login)), habits_(habits) {}
SecondConnection::~SecondConnection() { Disconnect(); }

bool SecondConnection::Expose(int socket) {
  std::lock_guard lock(mutex_);
  socket_ = socket;
  return !interrupted_;
}

void SecondConnection::CutOff() {
  std::lock_guard lock(mutex_);
  if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
}

void SecondConnection::Interrupt() {
  {
    std::lock_guard lock(mutex_);
    interrupted_ = true;
  }
  CutOff();
}

void SecondConnection::Disconnect() {
  Expose(-1);
  connection_.reset();
  server_.reset();
  used_.reset();
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

LoginResult SecondConnection::TakeLogin() {
  if (account_ == nullptr) return login_;
  LoginResult login = account_->Own(absl::Now() + kLoginPatience);
  if (login.ok()) return login;
  log::Warning("no credential", {{"account", account_->name()}, {"reason", login.status()}});
  return absl::UnavailableError("the relay has no usable credential for the database");
}

absl::Status SecondConnection::Connect() {
  if (connection_ != nullptr) return absl::OkStatus();
  LoginResult login = TakeLogin();
  if (!login.ok()) return login.status();
  std::unique_ptr<st_mysql, Close> connection(mysql_init(nullptr));
  if (connection == nullptr) return absl::ResourceExhaustedError("out of memory");
  SetOptions(connection.get(), target_, habits_);
  std::string text((*login)->password());
  const bool connected = mysql_real_connect(connection.get(), target_.host.c_str(), (*login)->user().c_str(), text.c_str(),
                                            nullptr, target_.port, nullptr, 0) != nullptr;
  mysql::WipeString(text);
  const unsigned int code = mysql_errno(connection.get());
  if (!connected) {
    if (account_ != nullptr && code == kAccessDenied) account_->Distrust(**login);
    return absl::UnavailableError(absl::StrCat("the second connection to the database failed (error ", code, ")"));
  }
  if (!Expose(SocketOf(connection.get()))) {
    Expose(-1);
    return absl::CancelledError("interrupted");
  }
  connection_ = std::move(connection);
  used_ = *std::move(login);
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

absl::Status SecondConnection::Stream(const std::string& sql, OnRow on_row) {
  if (absl::Status connected = Connect(); !connected.ok()) return connected;
  if (mysql_real_query(connection_.get(), sql.data(), sql.size()) != 0) return ErrorOf();
  std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_use_result(connection_.get()), mysql_free_result);
  if (result == nullptr) return ErrorOf();
  Fields fields(mysql_num_fields(result.get()));
  while (MYSQL_ROW values = mysql_fetch_row(result.get())) {
    const unsigned long* lengths = mysql_fetch_lengths(result.get());
    for (size_t i = 0; i < fields.size(); ++i) {
      fields[i] = values[i] == nullptr ? std::nullopt : std::optional<std::string_view>(std::in_place, values[i], lengths[i]);
    }
    if (absl::Status taken = on_row(fields); !taken.ok()) {
      // The library would read the rest of the result before it lets go of it.
      CutOff();
      result.reset();
      Disconnect();
      return taken;
    }
  }
  if (mysql_errno(connection_.get()) == 0) return absl::OkStatus();
  absl::Status failed = absl::UnavailableError(absl::StrCat("a reading was cut off (error ", mysql_errno(connection_.get()), ")"));
  CutOff();
  result.reset();
  Disconnect();
  return failed;
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

absl::StatusOr<bool> SecondConnection::SeesEverybody() {
  // An account whose name holds a quote or another '@' finds nothing, so it is taken to see only itself.
  absl::StatusOr<std::vector<Row>> process = Query(
      "SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = 'PROCESS' AND GRANTEE = "
      "CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')");
  if (!process.ok()) return process.status();
  return !process->empty();
}

std::string SecondConnection::TlsCipher() const {
  const char* const cipher = mysql_get_ssl_cipher(connection_.get());
  return cipher == nullptr ? "" : cipher;
}

}  // namespace postern::relay
