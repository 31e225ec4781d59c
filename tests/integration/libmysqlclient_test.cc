// Drives a running gateway through libmysqlclient: prepared statements with every kind of value, cursors, long data, and the
// session commands. The environment says where: POSTERN_MYSQL_PORT, POSTERN_USER, POSTERN_PASSWORD, POSTERN_CA.
#include <mysql.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

std::string Env(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) FAIL("the environment lacks " << name);
  return value;
}

struct CloseConnection {
  void operator()(MYSQL* mysql) const { mysql_close(mysql); }
};
struct CloseStatement {
  void operator()(MYSQL_STMT* statement) const { mysql_stmt_close(statement); }
};
struct FreeResult {
  void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};
using Connection = std::unique_ptr<MYSQL, CloseConnection>;
using Statement = std::unique_ptr<MYSQL_STMT, CloseStatement>;
using Result = std::unique_ptr<MYSQL_RES, FreeResult>;

Connection Connect() {
  Connection mysql(mysql_init(nullptr));
  mysql_ssl_set(mysql.get(), nullptr, nullptr, Env("POSTERN_CA").c_str(), nullptr, nullptr);
  const auto port = static_cast<unsigned>(std::stoul(Env("POSTERN_MYSQL_PORT")));
  if (mysql_real_connect(mysql.get(), "127.0.0.1", Env("POSTERN_USER").c_str(), Env("POSTERN_PASSWORD").c_str(), "shop", port, nullptr,
                         0) == nullptr) {
    FAIL("no connection: " << mysql_error(mysql.get()));
  }
  return mysql;
}

void Execute(MYSQL* mysql, const std::string& sql) {
  INFO(sql);
  INFO(mysql_error(mysql));
  REQUIRE(mysql_real_query(mysql, sql.data(), sql.size()) == 0);
}

std::string Value(MYSQL* mysql, const std::string& sql) {
  Execute(mysql, sql);
  Result result(mysql_store_result(mysql));
  REQUIRE(result != nullptr);
  MYSQL_ROW row = mysql_fetch_row(result.get());
  REQUIRE(row != nullptr);
  return row[0] == nullptr ? "NULL" : std::string(row[0], mysql_fetch_lengths(result.get())[0]);
}

void RequireAlive(MYSQL* mysql) { REQUIRE(Value(mysql, "SELECT id FROM small WHERE id = 1") == "1"); }

Statement Prepare(MYSQL* mysql, const std::string& sql) {
  Statement statement(mysql_stmt_init(mysql));
  const int failed = mysql_stmt_prepare(statement.get(), sql.data(), sql.size());
  INFO(mysql_stmt_error(statement.get()));
  REQUIRE(failed == 0);
  return statement;
}

void Run(MYSQL_STMT* statement) {
  const int failed = mysql_stmt_execute(statement);
  INFO(mysql_stmt_error(statement));
  REQUIRE(failed == 0);
}

MYSQL_BIND Int(int32_t* value) {
  MYSQL_BIND bind{};
  bind.buffer_type = MYSQL_TYPE_LONG;
  bind.buffer = value;
  return bind;
}

MYSQL_BIND Text(char* buffer, unsigned long size, unsigned long* length, enum_field_types type = MYSQL_TYPE_STRING) {
  MYSQL_BIND bind{};
  bind.buffer_type = type;
  bind.buffer = buffer;
  bind.buffer_length = size;
  bind.length = length;
  return bind;
}

}  // namespace

TEST_CASE("prepared select binds and fetches many times") {
  Connection mysql = Connect();
  Statement statement = Prepare(mysql.get(), "SELECT id, status FROM orders WHERE id BETWEEN ? AND ? ORDER BY id");
  REQUIRE(mysql_stmt_param_count(statement.get()) == 2);
  for (int32_t from : {1, 100, 4990}) {
    int32_t to = from + 10, id = 0;
    char status[32] = {};
    unsigned long status_length = 0;
    MYSQL_BIND in[] = {Int(&from), Int(&to)};
    MYSQL_BIND out[] = {Int(&id), Text(status, sizeof status, &status_length)};
    REQUIRE(mysql_stmt_bind_param(statement.get(), in) == 0);
    Run(statement.get());
    REQUIRE(mysql_stmt_bind_result(statement.get(), out) == 0);
    for (int32_t expected = from; expected <= to; ++expected) {
      REQUIRE(mysql_stmt_fetch(statement.get()) == 0);
      REQUIRE(id == expected);
      REQUIRE(status_length > 0);
    }
    REQUIRE(mysql_stmt_fetch(statement.get()) == MYSQL_NO_DATA);
  }
}

TEST_CASE("every kind of parameter arrives as it was bound") {
  Connection mysql = Connect();
  Statement statement = Prepare(mysql.get(), "SELECT ?, ?, ?, ?, ?, ? FROM small WHERE id = 1");
  int64_t big = INT64_MIN;
  uint64_t huge = UINT64_MAX;
  double real = -0.125;
  MYSQL_TIME when{};
  when.year = 2024, when.month = 2, when.day = 29, when.hour = 23, when.minute = 59, when.second = 58, when.second_part = 123456;
  when.time_type = MYSQL_TIMESTAMP_DATETIME;
  char bytes[] = {'\0', '\'', '\\', '\xff', 'z'};
  unsigned long bytes_length = sizeof bytes;
  MYSQL_BIND in[6] = {};
  in[0].buffer_type = MYSQL_TYPE_LONGLONG, in[0].buffer = &big;
  in[1].buffer_type = MYSQL_TYPE_LONGLONG, in[1].buffer = &huge, in[1].is_unsigned = true;
  in[2].buffer_type = MYSQL_TYPE_DOUBLE, in[2].buffer = &real;
  in[3].buffer_type = MYSQL_TYPE_DATETIME, in[3].buffer = &when;
  in[4] = Text(bytes, sizeof bytes, &bytes_length, MYSQL_TYPE_BLOB);
  in[5].buffer_type = MYSQL_TYPE_NULL;
  REQUIRE(mysql_stmt_bind_param(statement.get(), in) == 0);
  Run(statement.get());
  char texts[6][64] = {};
  unsigned long lengths[6] = {};
  my_bool nulls[6] = {};
  MYSQL_BIND out[6] = {};
  for (int column = 0; column < 6; ++column) {
    out[column] = Text(texts[column], sizeof texts[column], &lengths[column]);
    out[column].is_null = &nulls[column];
  }
  REQUIRE(mysql_stmt_bind_result(statement.get(), out) == 0);
  REQUIRE(mysql_stmt_fetch(statement.get()) == 0);
  CHECK(std::string(texts[0], lengths[0]) == "-9223372036854775808");
  CHECK(std::string(texts[1], lengths[1]) == "18446744073709551615");
  CHECK(std::string(texts[2], lengths[2]) == "-0.125");
  CHECK(std::string(texts[3], lengths[3]) == "2024-02-29 23:59:58.123456");
  CHECK(std::string(texts[4], lengths[4]) == std::string(bytes, sizeof bytes));
  CHECK(nulls[5] != 0);
}

TEST_CASE("null bitmap of a wide row") {
  Connection mysql = Connect();
  std::string sql = "SELECT NULL";
  for (int column = 1; column < 70; ++column) sql += column % 3 == 0 ? ", NULL" : ", " + std::to_string(column);
  Statement statement = Prepare(mysql.get(), sql + " FROM small WHERE id = 1");
  Run(statement.get());
  std::vector<int32_t> values(70);
  std::vector<my_bool> nulls(70);
  std::vector<MYSQL_BIND> out(70);
  for (size_t column = 0; column < 70; ++column) {
    out[column] = Int(&values[column]);
    out[column].is_null = &nulls[column];
  }
  REQUIRE(mysql_stmt_bind_result(statement.get(), out.data()) == 0);
  REQUIRE(mysql_stmt_fetch(statement.get()) == 0);
  for (size_t column = 0; column < 70; ++column) {
    CHECK((nulls[column] != 0) == (column % 3 == 0));
    if (column % 3 != 0) CHECK(values[column] == static_cast<int32_t>(column));
  }
}

TEST_CASE("cursor fetches in portions") {
  Connection mysql = Connect();
  Statement statement(mysql_stmt_init(mysql.get()));
  unsigned long type = CURSOR_TYPE_READ_ONLY, portion = 7;
  mysql_stmt_attr_set(statement.get(), STMT_ATTR_CURSOR_TYPE, &type);
  mysql_stmt_attr_set(statement.get(), STMT_ATTR_PREFETCH_ROWS, &portion);
  const std::string sql = "SELECT id FROM small ORDER BY id";
  REQUIRE(mysql_stmt_prepare(statement.get(), sql.data(), sql.size()) == 0);
  Run(statement.get());
  int32_t id = -1;
  MYSQL_BIND out[] = {Int(&id)};
  REQUIRE(mysql_stmt_bind_result(statement.get(), out) == 0);
  for (int32_t expected = 0; expected < 200; ++expected) {
    REQUIRE(mysql_stmt_fetch(statement.get()) == 0);
    REQUIRE(id == expected);
  }
  REQUIRE(mysql_stmt_fetch(statement.get()) == MYSQL_NO_DATA);
  REQUIRE(mysql_stmt_reset(statement.get()) == 0);
  RequireAlive(mysql.get());
}

TEST_CASE("long data goes in pieces") {
  Connection mysql = Connect();
  Execute(mysql.get(), "DELETE FROM notes WHERE id = 500");
  Statement statement = Prepare(mysql.get(), "INSERT INTO notes (id, body) VALUES (500, ?)");
  char nothing[1] = {};
  unsigned long length = 0;
  MYSQL_BIND in[] = {Text(nothing, 0, &length, MYSQL_TYPE_BLOB)};
  REQUIRE(mysql_stmt_bind_param(statement.get(), in) == 0);
  const std::string piece(100'000, 'p');
  for (int n = 0; n < 10; ++n) REQUIRE(mysql_stmt_send_long_data(statement.get(), 0, piece.data(), piece.size()) == 0);
  Run(statement.get());
  REQUIRE(mysql_stmt_affected_rows(statement.get()) == 1);
  CHECK(Value(mysql.get(), "SELECT LENGTH(body) FROM notes WHERE id = 500") == "1000000");
  Execute(mysql.get(), "DELETE FROM notes WHERE id = 500");
}

TEST_CASE("refused prepare leaves the connection usable") {
  Connection mysql = Connect();
  Statement statement(mysql_stmt_init(mysql.get()));
  const std::string sql = "DROP TABLE orders";
  REQUIRE(mysql_stmt_prepare(statement.get(), sql.data(), sql.size()) != 0);
  const unsigned code = mysql_stmt_errno(statement.get());
  CHECK((code == 1142 || code == 1227));
  CHECK(std::string(mysql_stmt_sqlstate(statement.get())) == "42000");
  CHECK_THAT(mysql_stmt_error(statement.get()), Catch::Contains("never"));
  RequireAlive(mysql.get());
}

TEST_CASE("many statements at once keep their ids apart") {
  Connection mysql = Connect();
  std::vector<Statement> statements;
  for (int n = 0; n < 30; ++n) {
    statements.push_back(Prepare(mysql.get(), "SELECT id + " + std::to_string(n) + " FROM small WHERE id = 5"));
    if (n % 3 == 2) statements.erase(statements.begin());
  }
  for (size_t n = 0; n < statements.size(); ++n) {
    Run(statements[n].get());
    int32_t sum = 0;
    MYSQL_BIND out[] = {Int(&sum)};
    REQUIRE(mysql_stmt_bind_result(statements[n].get(), out) == 0);
    REQUIRE(mysql_stmt_fetch(statements[n].get()) == 0);
    CHECK(sum == static_cast<int32_t>(5 + 10 + n));
    mysql_stmt_free_result(statements[n].get());
  }
}

TEST_CASE("change of user starts a new session") {
  Connection mysql = Connect();
  Statement statement = Prepare(mysql.get(), "SELECT id FROM small WHERE id = 1");
  const my_bool failed = mysql_change_user(mysql.get(), Env("POSTERN_USER").c_str(), Env("POSTERN_PASSWORD").c_str(), "shop");
  INFO(mysql_error(mysql.get()));
  REQUIRE(failed == 0);
  RequireAlive(mysql.get());
}

TEST_CASE("change of user with a wrong token is refused") {
  Connection mysql = Connect();
  REQUIRE(mysql_change_user(mysql.get(), Env("POSTERN_USER").c_str(), "pat_wrong", "shop") != 0);
  CHECK(mysql_errno(mysql.get()) == 1045);
}

TEST_CASE("reset of the connection forgets prepared statements and keeps the login") {
  Connection mysql = Connect();
  RequireAlive(mysql.get());
  REQUIRE(mysql_reset_connection(mysql.get()) == 0);
  RequireAlive(mysql.get());
}

TEST_CASE("ping and select of a schema") {
  Connection mysql = Connect();
  REQUIRE(mysql_ping(mysql.get()) == 0);
  REQUIRE(mysql_select_db(mysql.get(), "shop") == 0);
  REQUIRE(mysql_select_db(mysql.get(), "hidden") != 0);
  RequireAlive(mysql.get());
}

TEST_CASE("several statements in one packet cannot be turned on") {
  Connection mysql = Connect();
  REQUIRE(mysql_set_server_option(mysql.get(), MYSQL_OPTION_MULTI_STATEMENTS_ON) != 0);
  REQUIRE(mysql_query(mysql.get(), "SELECT 1; SELECT 2") != 0);
  RequireAlive(mysql.get());
}

TEST_CASE("streamed result can be read to its end and the next one starts clean") {
  Connection mysql = Connect();
  for (int round = 0; round < 3; ++round) {
    Execute(mysql.get(), "SELECT id, status FROM orders ORDER BY id");
    Result result(mysql_use_result(mysql.get()));
    REQUIRE(result != nullptr);
    int rows = 0;
    while (mysql_fetch_row(result.get()) != nullptr) ++rows;
    REQUIRE(mysql_errno(mysql.get()) == 0);
    REQUIRE(rows == 5000);
  }
}

TEST_CASE("affected rows, insert id and information come through") {
  Connection mysql = Connect();
  Execute(mysql.get(), "INSERT INTO notes (n) VALUES (1), (1), (1)");
  CHECK(mysql_affected_rows(mysql.get()) == 3);
  CHECK(mysql_insert_id(mysql.get()) > 0);
  CHECK_THAT(mysql_info(mysql.get()), Catch::Contains("Records: 3"));
  Execute(mysql.get(), "DELETE FROM notes WHERE n = 1");
  CHECK(mysql_affected_rows(mysql.get()) == 3);
}
