// The catalogs in force, one for each target; replaced whole when a relay reports another content.
//
// A snapshot is built on the threads that receive it, so sessions never wait: one that reads a catalog keeps it until
// it lets go. Thread-safe. What agents change is known only when it was read again: Refresh after each statement that
// may change a schema, and wait for the ticket before the next one is judged by it.
#ifndef POSTERN_GATEWAY_CATALOG_CATALOGS_H_
#define POSTERN_GATEWAY_CATALOG_CATALOGS_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/catalog/catalog.h"
#include "gateway/catalog/catalog_builder.h"
#include "gateway/tunnel/catalog_sink.h"
#include "proto/postern/v1/admin.pb.h"

namespace postern::catalog {

class Catalogs final : public tunnel::CatalogSink {
 public:
  // Sends the wish for a target to a relay.
  using Ask = std::function<absl::Status(const std::string& target)>;

  Catalogs(const std::vector<std::string>& targets, CatalogLimits limits, Ask ask);
  ~Catalogs() override;

  // Who waits, now or later, is told CANCELLED.
  void Shutdown();

  // Null: no relay has reported it yet.
  CatalogPtr Of(std::string_view target) const;

  // A wish for a snapshot whose reading begins after this. If no relay can be asked now, the next one that connects is.
  // Zero: there is no such target. Does not block.
  uint64_t Refresh(const std::string& target);

  // The newest wish that no snapshot has answered yet; zero: there is none.
  uint64_t Unanswered(std::string_view target) const;

  using Done = absl::AnyInvocable<void(absl::StatusOr<CatalogPtr>)>;
  // `done` runs once, on any thread and maybe at once: with the catalog as of the ticket or later. CANCELLED after
  // Shutdown. Returns what Forget takes.
  uint64_t WhenFresh(const std::string& target, uint64_t ticket, Done done);
  // `done` is dropped unless it runs already.
  void Forget(uint64_t waiter);

  // Block until the deadline: DEADLINE_EXCEEDED.
  absl::StatusOr<CatalogPtr> AwaitFresh(const std::string& target, uint64_t ticket, absl::Time deadline);
  // A generation newer than that one.
  absl::StatusOr<CatalogPtr> AwaitNewer(const std::string& target, uint64_t generation, absl::Time deadline);

  // None: nothing is known of it, nor has anything gone wrong.
  std::optional<v1::CatalogStatus> StatusOf(std::string_view target) const;

  v1::RefreshCatalog Wish(const std::string& target) const override;
  absl::StatusOr<std::unique_ptr<tunnel::IncomingCatalog>> Begin(const std::string& relay,
                                                                 const v1::CatalogBegin& begin) override;
  void Failed(const std::string& relay, const std::string& target, const absl::Status& why) override;

 private:
  struct Target {
    CatalogPtr catalog;
    uint64_t generation = 0;
    uint64_t asked = 0;     // the newest ticket
    uint64_t answered = 0;  // the newest one whose snapshot is in force
    std::string error;
  };

  struct Waiter {
    std::string target;
    std::optional<uint64_t> ticket;      // waits for this ticket,
    std::optional<uint64_t> generation;  // or for a generation after this one
    Done done;
  };

  // Of one report: what it says of itself, and what came of it; no catalog means that the content is the one there is.
  struct Report {
    v1::CatalogBegin begin;
    absl::Time captured_at;
    std::shared_ptr<Catalog> catalog;
  };
  absl::StatusOr<v1::CatalogReceived> TakeOver(Report report);

  static bool IsSatisfied(const Target& target, const Waiter& waiter);
  uint64_t Wait(Waiter waiter);
  absl::StatusOr<CatalogPtr> Await(Waiter waiter, absl::Time deadline);
  // Takes out those whose wait is over.
  std::vector<Waiter> Satisfied(const std::string& name, const Target& target);

  const CatalogLimits limits_;
  const Ask ask_;
  mutable std::mutex mutex_;
  bool shut_down_ = false;
  std::map<std::string, Target, std::less<>> targets_;
  uint64_t next_waiter_ = 1;
  std::map<uint64_t, Waiter> waiters_;
};

}  // namespace postern::catalog

#endif  // POSTERN_GATEWAY_CATALOG_CATALOGS_H_
