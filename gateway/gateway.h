// The gateway as a whole: builds every part from the configuration, in the order they need one another, and takes them
// down in the reverse. What one part knows of another it was given here.
#ifndef POSTERN_GATEWAY_GATEWAY_H_
#define POSTERN_GATEWAY_GATEWAY_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <openssl/types.h>

#include <asio/ssl/context.hpp>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/http/server/page_listener.h"
#include "common/net/io_threads.h"
#include "gateway/api/server.h"
#include "gateway/api/services.h"
#include "gateway/approval/approvals.h"
#include "gateway/authenticators.h"
#include "gateway/catalog/catalogs.h"
#include "gateway/close_proofs.h"
#include "gateway/config/gateway_config.h"
#include "gateway/console/console.h"
#include "gateway/frontend/listener.h"
#include "gateway/frontend/live_sessions.h"
#include "gateway/frontend/services.h"
#include "gateway/masking/mask_keys.h"
#include "gateway/metrics/counted_journal.h"
#include "gateway/metrics/metrics.h"
#include "gateway/notify/notifier.h"
#include "gateway/policy/in_force.h"
#include "gateway/publishing/policy_publisher.h"
#include "gateway/recording/file_journal.h"
#include "gateway/recording/keeper.h"
#include "gateway/recording/session_index.h"
#include "gateway/recording/witness.h"
#include "gateway/relay_identities.h"
#include "gateway/store/sqlite/policy_versions.h"
#include "gateway/store/approval_store.h"
#include "gateway/store/task_store.h"
#include "gateway/stream/journal_stream.h"
#include "gateway/tasks/tasks.h"
#include "gateway/tunnel/relays.h"
#include "gateway/verification/canary_client.h"
#include "gateway/verification/target_run.h"
#include "gateway/verification/verification.h"

namespace postern {

// The TLS context of a port, replaced whole at reload. Thread-safe.
class TlsInForce {
 public:
  std::shared_ptr<asio::ssl::context> Current() const;
  // Reads the files; on failure the old context stays.
  absl::Status Load(const config::TlsFiles& files);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<asio::ssl::context> context_;
};

class Gateway {
 public:
  // Everything is built and both ports listen when this returns. Errors say which file or address.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(config::GatewayConfig config);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Reads policy, certificates and issuers again. What is bad stays as it was, and is told. Thread-safe.
  absl::Status Reload();
  // Small chores, for a caller that comes by once a minute or so.
  void Tidy();
  // No new sessions; those there are told and ended, their doors closed. Blocks up to limits.shutdown_timeout.
  void Stop(const std::string& reason);

  uint16_t mysql_port() const { return listener_->port(); }
  int api_port() const { return api_server_->port(); }
  // Where browsers find the console; empty if there is none.
  std::string console_origin() const { return console_ == nullptr ? "" : console_->origin(); }

 private:
  explicit Gateway(config::GatewayConfig config);
  absl::Status OpenStores();
  absl::Status OpenJournal();
  absl::Status OpenTasks();
  absl::Status OpenPorts();
  absl::Status OpenMonitoring();
  absl::Status OpenConsole();
  void OpenVerification();
  // The MySQL port as a client on this machine finds it.
  absl::StatusOr<verification::Address> OwnAddress() const;
  // Tells whoever wants to know how a run ended.
  void OnVerified(v1::VerificationRun& run);
  absl::Status LoadConsoleTls();
  frontend::FrontendOptions OptionsOfSessions() const;
  api::MysqlAddress MysqlAddress() const;
  metrics::Now Now() const;
  absl::Status ReloadIdentity();
  // The name of the relay that calls; its connection may then stay.
  absl::StatusOr<std::string> RelayOf(const grpc::ServerContextBase& call);
  // Sessions and watches of those whose proof of identity is worth nothing any more.
  void EndUnproven();

  struct FreeKey {
    void operator()(EVP_PKEY* key) const;
  };

  const config::GatewayConfig config_;
  const absl::Time started_at_;
  std::mutex reload_mutex_;
  metrics::Metrics metrics_;
  std::vector<std::unique_ptr<recording::Witness>> witnesses_;
  // Goes after the journal, which has callbacks of its under way.
  std::unique_ptr<metrics::CountedJournal> counted_journal_;
  std::unique_ptr<recording::FileJournal> journal_;
  std::unique_ptr<recording::SessionIndex> sessions_;
  std::unique_ptr<recording::SegmentKeeper> keeper_;
  std::unique_ptr<stream::JournalStream> stream_;
  std::unique_ptr<Authenticators> authenticators_;
  std::unique_ptr<policy::PolicyInForce> policy_;
  std::unique_ptr<store::PolicyVersions> policy_versions_;
  std::unique_ptr<publishing::PolicyPublisher> publisher_;
  std::unique_ptr<masking::MaskKeys> mask_keys_;
  std::unique_ptr<RelayIdentities> relay_identities_;
  std::unique_ptr<store::ApprovalStore> approval_store_;
  std::unique_ptr<notify::Notifier> notifier_;
  std::unique_ptr<approval::Approvals> approvals_;
  std::unique_ptr<frontend::LiveSessions> live_;
  std::unique_ptr<store::TaskStore> task_store_;
  std::unique_ptr<tasks::Tasks> tasks_;
  std::unique_ptr<CloseProofs> close_proofs_;
  std::unique_ptr<catalog::Catalogs> catalogs_;
  std::unique_ptr<tunnel::Relays> relays_;
  recording::PublicKey journal_key_{};
  std::unique_ptr<verification::RunParts> verification_parts_;
  std::unique_ptr<verification::Verification> verification_;
  TlsInForce tls_;
  TlsInForce console_tls_;
  std::unique_ptr<EVP_PKEY, FreeKey> rsa_key_;
  frontend::FrontendOptions session_options_;
  std::unique_ptr<frontend::Services> services_;
  std::unique_ptr<net::IoThreads> threads_;
  std::unique_ptr<frontend::Listener> listener_;
  std::unique_ptr<api::Connections> api_connections_;
  std::unique_ptr<api::ApiServices> api_services_;
  std::unique_ptr<api::ApiServer> api_server_;
  std::unique_ptr<http::PageListener> monitoring_;
  std::unique_ptr<console::Console> console_;
  // 0 until it is listened on.
  std::atomic<uint16_t> mysql_port_ = 0;
  bool stopped_ = false;
};

}  // namespace postern

#endif  // POSTERN_GATEWAY_GATEWAY_H_
