// The relay's own connection to a target, through libmysqlclient: looks threads up, kills them, asks what the server is.
//
// Blocking; one thread at a time. Connects when first used, and again after an error.
#ifndef POSTERN_RELAY_AGENT_CLOSING_SECOND_CONNECTION_H_
#define POSTERN_RELAY_AGENT_CLOSING_SECOND_CONNECTION_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "relay-agent/mysql/target.h"

struct st_mysql;

namespace postern::relay {

class SecondConnection {
 public:
  explicit SecondConnection(const Target& target);
  ~SecondConnection();

  using Row = std::vector<std::optional<std::string>>;

  // UNAVAILABLE: no connection, or it broke. ABORTED "error N": the server refused the statement.
  absl::StatusOr<std::vector<Row>> Query(const std::string& sql);
  // A statement without a result.
  absl::Status Execute(const std::string& sql);

  // Who the server is and since when it runs; asked once for a connection.
  struct Server {
    std::string identity;
    absl::Time started_at;
  };
  absl::StatusOr<Server> WhoIsThere();

  bool connected() const { return connection_ != nullptr; }
  void Disconnect();

 private:
  struct Close {
    void operator()(st_mysql* connection) const;
  };

  absl::Status Connect();
  absl::Status ErrorOf();

  const Target& target_;
  std::unique_ptr<st_mysql, Close> connection_;
  std::optional<Server> server_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CLOSING_SECOND_CONNECTION_H_
