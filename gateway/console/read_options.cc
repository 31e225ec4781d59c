#include "gateway/console/read_options.h"

#include "gateway/console/address.h"

namespace postern::console {
namespace {

// Whoever listens in between must not read tokens: TLS ends here, or on this machine.
void CheckPlain(config::Section& console, const Options& options) {
  if (options.plain() && !options.listen.IsLoopback()) {
    console.Report("listen", "needs console.tls unless it is a loopback address");
  }
}

void CheckUrl(config::Section& console, const Options& options) {
  if (options.url.empty()) {
    if (!options.listen.IsLoopback()) console.Report("", "console.url is missing: where browsers find it");
    return;
  }
  const auto address = ParseAddress(options.url);
  if (!address || (!address->secure && !address->loopback)) {
    console.Report("url", "expected https:// and a host, perhaps a port, and nothing behind");
  }
}

Provider ReadProvider(config::Section& section) {
  Provider provider;
  provider.issuer = section.String("issuer");
  if (!provider.issuer.starts_with("https://")) section.Report("issuer", "expected an https URL");
  provider.name = section.String("name", provider.issuer);
  provider.client_id = section.String("client_id");
  provider.client_secret_file = section.OptionalFile("client_secret_file").value_or("");
  provider.scope = section.String("scope", provider.scope);
  provider.ca = section.OptionalFile("ca").value_or("");
  return provider;
}

}  // namespace

std::optional<Options> ReadOptions(config::Section console) {
  if (!console.present()) return std::nullopt;
  Options options;
  options.listen = console.Address("listen");
  if (config::Section tls = console.Optional("tls"); tls.present()) {
    options.certificate = tls.File("certificate");
    options.key = tls.File("key");
  }
  options.url = console.String("url", "");
  console.EachItem("sign_in", [&](config::Section& section) { options.providers.push_back(ReadProvider(section)); });
  options.idle = console.Duration("idle", options.idle, {absl::Minutes(1), absl::Hours(24)});
  options.longest = console.Duration("longest", options.longest, {absl::Minutes(1), absl::Hours(24 * 30)});
  CheckPlain(console, options);
  CheckUrl(console, options);
  return options;
}

}  // namespace postern::console
