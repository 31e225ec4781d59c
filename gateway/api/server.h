// The gRPC server that relays, people and posternctl dial: one address, TLS, client certificates verified when given.
//
// It accepts connections itself (port.h), bounds them (connections.h), and looks at calls before gRPC reads their
// messages (first_look.h).
//
// Certificate, key and client CA are read again when their files change, for new connections; until a changed pair fits
// together and can be read, the old one serves.
#ifndef POSTERN_GATEWAY_API_SERVER_H_
#define POSTERN_GATEWAY_API_SERVER_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace grpc {
class Channel;
class Server;
class Service;
}  // namespace grpc

namespace postern::api {

class Connections;
class FirstLook;
class Port;

struct ServerOptions {
  // An IP address; port 0 takes a free one.
  std::string host;
  uint16_t port = 0;
  // PEM files. `client_ca` holds the authorities that sign relays' certificates.
  std::string certificate;
  std::string key;
  std::string client_ca;
  // How often the files are looked at.
  absl::Duration refresh = absl::Seconds(2);
  size_t message_bytes = 1 << 20;
  size_t metadata_bytes = 32 * 1024;  // an issuer's token is one header of up to 16 KiB
  // Calls at once on one connection; a relay has one per session.
  int streams_per_connection = 4096;
  // What gRPC may hold for all connections. Beyond, it cancels calls, whoever's they are: a last resort before memory ends.
  size_t buffer_bytes = 1 << 30;
};

class ApiServer {
 public:
  // REQUIRES: the services and the connections outlive the server. UNAVAILABLE when the address cannot be had,
  // INVALID_ARGUMENT when it is none, or certificate, key and CA do not serve.
  static absl::StatusOr<std::unique_ptr<ApiServer>> Start(const ServerOptions& options, Connections& connections,
                                                          std::shared_ptr<FirstLook> first_look,
                                                          const std::vector<grpc::Service*>& services);
  // Shuts down at once if nobody has.
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  int port() const;

  // To the same services, from within this process. REQUIRES: nothing is called through it after Shutdown.
  std::shared_ptr<grpc::Channel> InProcess();

  // No new calls; those under way may finish within `grace`, then they are cancelled. Blocks. Idempotent.
  void Shutdown(absl::Duration grace);

 private:
  ApiServer(std::unique_ptr<Port> port, std::unique_ptr<grpc::Server> server);

  std::unique_ptr<Port> port_;
  std::unique_ptr<grpc::Server> server_;
};

// OK when the files hold a certificate, the key that fits it, and, where it is named, at least one CA certificate.
absl::Status CheckTlsFiles(const ServerOptions& options);

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_SERVER_H_
