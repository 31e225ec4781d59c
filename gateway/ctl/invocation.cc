#include "gateway/ctl/invocation.h"

#include <istream>
#include <ostream>
#include <sstream>
#include <utility>

#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/stored_token.h"

namespace postern::ctl {
namespace {

bool Mentions(const std::string& message, const char* part) { return message.find(part) != std::string::npos; }

// Of a login that has ended, an issuer that does not answer, or what was given wrong.
ExitCode CodeOf(const absl::Status& settings) {
  if (absl::IsUnauthenticated(settings)) return kDenied;
  return absl::IsUnavailable(settings) ? kUnreachable : kUsage;
}

// What to do about a failure that the gateway did not explain itself.
std::string Advice(const grpc::Status& status, const Client& client) {
  const std::string& message = status.error_message();
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return "the gateway at " + client.api() + " did not answer in time; is it up? Give it longer with --timeout.";
  }
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE) return "";
  if (Mentions(message, "handshake") || Mentions(message, "CERTIFICATE") || Mentions(message, "Peer name")) {
    return "no trusted TLS connection to " + client.api() +
           "; check --ca (the CA of the gateway's certificate) and that the certificate names this host "
           "(--server-name).";
  }
  if (Mentions(message, "connect") || Mentions(message, "DNS") || Mentions(message, "resol")) {
    return "cannot reach the gateway at " + client.api() + "; check --api (or POSTERN_API) and that it is up.";
  }
  return "";
}

}  // namespace

std::istream& Invocation::in() {
  static std::istringstream nothing;
  return world_.in == nullptr ? nothing : *world_.in;
}

void Invocation::ChooseCall(std::function<ExitCode(const Client&)> command) {
  Choose([this, command = std::move(command)] {
    const Stored stored = [this](const std::string& api) { return StoredToken(ConfigFolder(world_.getenv), api, world_.send); };
    absl::StatusOr<Settings> settings = ResolveSettings(flags_, world_.getenv, stored, world_.err);
    if (!settings.ok()) return Refuse(CodeOf(settings.status()), settings.status());
    return command(Client(*std::move(settings), world_.connect));
  });
}

ExitCode Invocation::Fail(const grpc::Status& status, const Client& client) {
  const std::string advice = Advice(status, client);
  err() << "posternctl: ";
  if (!advice.empty()) err() << advice << "\n  ";
  err() << OneLine(status.error_message()) << '\n';
  return ExitCodeOf(status);
}

ExitCode Invocation::Refuse(ExitCode code, const absl::Status& why) {
  err() << "posternctl: " << Block({why.message().data(), why.message().size()}, "") << '\n';
  return code;
}

ExitCode Invocation::Usage(const std::string& message) { return Refuse(kUsage, absl::InvalidArgumentError(message)); }

}  // namespace postern::ctl
