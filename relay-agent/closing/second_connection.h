// The relay's own connection to a target, through libmysqlclient: looks threads up, kills them, asks what the server is and
// what its schema looks like.
//
// Blocking; one thread at a time, except Interrupt. Connects when first used, and again after an error.
#ifndef POSTERN_RELAY_AGENT_CLOSING_SECOND_CONNECTION_H_
#define POSTERN_RELAY_AGENT_CLOSING_SECOND_CONNECTION_H_

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "relay-agent/credential/account.h"
#include "relay-agent/mysql/target.h"

struct st_mysql;

namespace postern::relay {

struct ConnectionHabits {
  const char* role = "closing";  // what DBAs see among the connection's attributes
  absl::Duration read_timeout = absl::Seconds(10);
};

class SecondConnection {
 public:
  // As the account's own; both outlive this object.
  SecondConnection(const Target& target, Account& account, ConnectionHabits habits = {});
  // With one login, for as long as it lasts.
  SecondConnection(const Target& target, std::shared_ptr<Login> login, ConnectionHabits habits = {});
  ~SecondConnection();

  using Row = std::vector<std::optional<std::string>>;

  // UNAVAILABLE: no connection, or it broke. ABORTED "error N": the server refused the statement.
  absl::StatusOr<std::vector<Row>> Query(const std::string& sql);
  // A statement without a result.
  absl::Status Execute(const std::string& sql);

  using Fields = std::vector<std::optional<std::string_view>>;
  using OnRow = absl::FunctionRef<absl::Status(const Fields&)>;
  // One row at a time as they arrive, none kept; the fields are good until `on_row` returns. What it fails with ends the
  // reading, and the connection with it.
  absl::Status Stream(const std::string& sql, OnRow on_row);

  // Thread-safe: what runs now fails soon, and so does everything after it.
  void Interrupt();

  // Who the server is and since when it runs; asked once for a connection.
  struct Server {
    std::string identity;
    absl::Time started_at;
  };
  absl::StatusOr<Server> WhoIsThere();

  // Whom it is logged in as: whose threads it can look up. Empty without a connection.
  std::string user() const { return used_ == nullptr ? "" : used_->user(); }
  // Whether it can look up everybody's.
  absl::StatusOr<bool> SeesEverybody();

  // What the connection is protected by; "" without TLS. REQUIRES: connected().
  std::string TlsCipher() const;

  bool connected() const { return connection_ != nullptr; }
  void Disconnect();

 private:
  struct Close {
    void operator()(st_mysql* connection) const;
  };

  absl::Status Connect();
  LoginResult TakeLogin();
  absl::Status ErrorOf();
  // Makes the socket reachable for Interrupt; -1: none. False if that has been called.
  bool Expose(int socket);
  void CutOff();

  const Target& target_;
  Account* const account_ = nullptr;     // or
  const std::shared_ptr<Login> login_;   // one of them
  const ConnectionHabits habits_;
  std::mutex mutex_;
  bool interrupted_ = false;
  int socket_ = -1;  // of `connection_`
  std::unique_ptr<st_mysql, Close> connection_;
  std::optional<Server> server_;
  std::shared_ptr<Login> used_;  // what `connection_` is logged in with
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CLOSING_SECOND_CONNECTION_H_
