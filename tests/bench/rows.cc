// Reads whole tables over one way to the database, as text or by a prepared statement, and prints rows per second of the best
// of several rounds.
//
//   bench_rows HOST PORT USER text|binary TABLE ROUNDS [CA]     the password comes in MYSQL_PWD; CA means TLS, verified
#include <mysql.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void Die(const char* why) {
  std::fprintf(stderr, "bench_rows: %s\n", why);
  std::exit(1);
}

size_t ReadText(MYSQL* mysql, const std::string& sql) {
  if (mysql_real_query(mysql, sql.data(), sql.size()) != 0) Die(mysql_error(mysql));
  MYSQL_RES* result = mysql_use_result(mysql);
  if (result == nullptr) Die(mysql_error(mysql));
  size_t rows = 0;
  while (mysql_fetch_row(result) != nullptr) ++rows;
  if (mysql_errno(mysql) != 0) Die(mysql_error(mysql));
  mysql_free_result(result);
  return rows;
}

size_t ReadBinary(MYSQL* mysql, const std::string& sql) {
  MYSQL_STMT* statement = mysql_stmt_init(mysql);
  if (mysql_stmt_prepare(statement, sql.data(), sql.size()) != 0 || mysql_stmt_execute(statement) != 0) {
    Die(mysql_stmt_error(statement));
  }
  size_t rows = 0;
  int fetched;
  // Nothing is bound: values stay in the packet.
  while ((fetched = mysql_stmt_fetch(statement)) == 0 || fetched == MYSQL_DATA_TRUNCATED) ++rows;
  if (fetched != MYSQL_NO_DATA) Die(mysql_stmt_error(statement));
  mysql_stmt_close(statement);
  return rows;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) {
    std::fprintf(stderr, "usage: bench_rows HOST PORT USER text|binary TABLE ROUNDS [CA]\n");
    return 2;
  }
  const bool binary = std::string(argv[4]) == "binary";
  const std::string sql = std::string("SELECT a, b, c, d, e, f, g, h FROM ") + argv[5];
  mysql_library_init(0, nullptr, nullptr);
  MYSQL* mysql = mysql_init(nullptr);
  if (argc > 7) mysql_ssl_set(mysql, nullptr, nullptr, argv[7], nullptr, nullptr);
  const auto port = static_cast<unsigned>(std::atoi(argv[2]));
  if (mysql_real_connect(mysql, argv[1], argv[3], std::getenv("MYSQL_PWD"), "shop", port, nullptr, 0) == nullptr) {
    Die(mysql_error(mysql));
  }
  double best = 0;
  for (int round = std::atoi(argv[6]); round > 0; --round) {
    const auto start = Clock::now();
    const size_t rows = binary ? ReadBinary(mysql, sql) : ReadText(mysql, sql);
    best = std::max(best, static_cast<double>(rows) / std::chrono::duration<double>(Clock::now() - start).count());
  }
  mysql_close(mysql);
  std::printf("%.0f\n", best);
  return 0;
}
