#include "gateway/frontend/catch_up.h"

#include <absl/time/clock.h>

#include "gateway/catalog/await_fresh.h"

namespace postern::frontend {
namespace {

asio::awaitable<void> WaitFor(SessionState& s, uint64_t ticket) {
  const auto fresh =
      co_await catalog::AwaitFresh(s.services.catalogs, s.login.target, ticket, s.services.options.open_timeout);
  s.schema_is_stale = !fresh.ok();
}

// What a reviewer decides about is what the schema makes of it: which rows a view has, say.
bool ReadsBySchema(const Errand& errand) { return errand.touches_schema && (errand.masks.in_force || errand.decision.held()); }

}  // namespace

asio::awaitable<void> CatchUp(SessionState& s) {
  const policy::RulesPtr rules = s.services.policy.Current();
  if (!s.UnderMasks(*rules)) {
    s.schema_is_stale = false;  // matters to what is held alone, and that has the schema read for itself
    co_return;
  }
  catalog::Catalogs& catalogs = s.services.catalogs;
  const std::string& target = s.login.target;
  uint64_t ticket = catalogs.Unanswered(target);
  if (ticket == 0 && catalogs.Of(target) == nullptr) ticket = catalogs.Refresh(target);
  if (ticket == 0) {
    s.schema_is_stale = false;
    co_return;
  }
  co_await WaitFor(s, ticket);
}

bool NeedsFreshSchema(const SessionState& s, const Errand& errand) {
  if (!ReadsBySchema(errand)) return false;
  if (errand.decision.denied() && errand.decision.rule() != policy::builtin::kNotResolved) return false;
  if (s.services.catalogs.Unanswered(s.login.target) != 0) return true;
  const catalog::CatalogPtr catalog = s.services.catalogs.Of(s.login.target);
  const absl::Duration max_age = s.services.options.catalog_max_age;
  return catalog == nullptr || max_age == absl::ZeroDuration() || catalog->captured_at() + max_age < absl::Now();
}

asio::awaitable<void> Freshen(SessionState& s) {
  const uint64_t ticket = s.services.catalogs.Refresh(s.login.target);
  co_await WaitFor(s, ticket);
}

bool SchemaChanged(const SessionState& s, const Errand& errand) {
  const bool by_schema = ReadsBySchema(errand);
  if (!by_schema && !errand.decision.held()) return false;
  if (by_schema && s.schema_is_stale) return true;
  const catalog::CatalogPtr now = s.services.catalogs.Of(s.login.target);
  return errand.catalog_generation != 0 && (now == nullptr || now->generation() != errand.catalog_generation);
}

}  // namespace postern::frontend
