#include "gateway/frontend/catch_up.h"

#include "gateway/catalog/await_fresh.h"
#include "gateway/policy/masks.h"

namespace postern::frontend {

asio::awaitable<void> CatchUp(SessionState& s) {
  const policy::RulesPtr rules = s.services.policy.Current();
  if (!policy::AnyMasks(*rules, s.Facts())) co_return;
  catalog::Catalogs& catalogs = s.services.catalogs;
  const std::string& target = s.login.target;
  uint64_t ticket = catalogs.Unanswered(target);
  if (ticket == 0 && catalogs.Of(target) == nullptr) ticket = catalogs.Refresh(target);
  if (ticket == 0) {
    s.schema_is_stale = false;
    co_return;
  }
  const auto fresh = co_await catalog::AwaitFresh(catalogs, target, ticket, s.services.options.open_timeout);
  s.schema_is_stale = !fresh.ok();
}

bool SchemaChanged(const SessionState& s, const Errand& errand) {
  if (!errand.masks.in_force && !errand.decision.held()) return false;
  const catalog::CatalogPtr now = s.services.catalogs.Of(s.login.target);
  return errand.catalog_generation != 0 && (now == nullptr || now->generation() != errand.catalog_generation);
}

}  // namespace postern::frontend
