// Point SELECTs by primary key over one way to the database, from a number of connections at once, for a number of seconds.
// Prints one line: queries per second, and the median and 99th percentile of the latency in microseconds.
//
//   bench_point_selects HOST PORT USER CONNECTIONS SECONDS [CA]     the password comes in MYSQL_PWD; CA means TLS, verified
#include <mysql.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Way {
  std::string host, user, password, ca;
  unsigned port = 0;
};

[[noreturn]] void Die(MYSQL* mysql) {
  std::fprintf(stderr, "bench_point_selects: %s\n", mysql_error(mysql));
  std::exit(1);
}

MYSQL* Connect(const Way& way) {
  MYSQL* mysql = mysql_init(nullptr);
  if (!way.ca.empty()) mysql_ssl_set(mysql, nullptr, nullptr, way.ca.c_str(), nullptr, nullptr);
  if (mysql_real_connect(mysql, way.host.c_str(), way.user.c_str(), way.password.c_str(), "shop", way.port, nullptr, 0) == nullptr) {
    Die(mysql);
  }
  return mysql;
}

void SelectOne(MYSQL* mysql, unsigned id) {
  const std::string sql = "SELECT status FROM orders WHERE id = " + std::to_string(id);
  if (mysql_real_query(mysql, sql.data(), sql.size()) != 0) Die(mysql);
  MYSQL_RES* result = mysql_store_result(mysql);
  if (result == nullptr || mysql_num_rows(result) != 1) Die(mysql);
  mysql_free_result(result);
}

// Runs until `end`; what comes before `start` warms up and is not counted.
void Load(const Way& way, unsigned seed, Clock::time_point start, Clock::time_point end, std::vector<double>& latencies_us) {
  MYSQL* mysql = Connect(way);
  unsigned id = seed;
  for (auto before = Clock::now(); before < end;) {
    id = (id * 1103515245 + 12345) & 0x7fffffff;
    SelectOne(mysql, 1 + id % 5000);
    const auto after = Clock::now();
    if (before >= start) latencies_us.push_back(std::chrono::duration<double, std::micro>(after - before).count());
    before = after;
  }
  mysql_close(mysql);
}

double Percentile(std::vector<double>& sorted, double part) { return sorted[static_cast<size_t>(part * static_cast<double>(sorted.size() - 1))]; }

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fprintf(stderr, "usage: bench_point_selects HOST PORT USER CONNECTIONS SECONDS [CA]\n");
    return 2;
  }
  const char* password = std::getenv("MYSQL_PWD");
  const Way way{argv[1], argv[3], password == nullptr ? "" : password, argc > 6 ? argv[6] : "", static_cast<unsigned>(std::atoi(argv[2]))};
  const auto connections = static_cast<unsigned>(std::atoi(argv[4]));
  const double seconds = std::atof(argv[5]);
  mysql_library_init(0, nullptr, nullptr);
  const auto start = Clock::now() + std::chrono::seconds(1);
  const auto end = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::vector<std::vector<double>> latencies_us(connections);
  std::vector<std::thread> threads;
  for (unsigned n = 0; n < connections; ++n) {
    threads.emplace_back([&, n] { Load(way, n + 1, start, end, latencies_us[n]); });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<double> all;
  for (const auto& some : latencies_us) all.insert(all.end(), some.begin(), some.end());
  if (all.empty()) return 1;
  std::sort(all.begin(), all.end());
  std::printf("%.0f %.0f %.0f\n", static_cast<double>(all.size()) / seconds, Percentile(all, 0.5), Percentile(all, 0.99));
  return 0;
}
