// Property: any text is a certificate or none; what one says of its owner can be read without a fault; an authority that signed nothing stands
// behind nothing but itself; and nothing is left in OpenSSL's error queue.
#include <absl/time/clock.h>
#include <openssl/err.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/tls/client_verifier.h"

namespace {

constexpr char kAuthority[] = R"(-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUFqezgSBy7LutZYbai6AlHyyr+5owCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGTm9ib2R5MCAXDTI2MTEyMjEwMDQxMloYDzIxMjYxMDI5MTAw
NDEyWjARMQ8wDQYDVQQDDAZOb2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AASwFxqkKxRJB7jxyy7qB6U+Ad/JnbTkwLSWrs5ttNF0/46SaPQXr4l2e2wAGHXR
pOtyWhD/AunKE/Kv4+6UIctao1MwUTAdBgNVHQ4EFgQU2auMCD9V0mCOWxC2oR9R
NSf8y60wHwYDVR0jBBgwFoAU2auMCD9V0mCOWxC2oR9RNSf8y60wDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBGUsJHl+gqw/rKne7yfbecI28pRrsf
3pg++qBvQzsP0QIhANUSuUfo1eqdNX7qza7mKIFOJILU7oTuLOdVGnVilwH0
-----END CERTIFICATE-----
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace postern::tls;
  static const auto authority = *ClientVerifier::FromPem(kAuthority);
  static const std::string serial = (*PeerCertificate::FromPem(kAuthority, ""))->serial();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto shown = PeerCertificate::FromPem(text, text);
  if (ERR_peek_error() != 0) std::abort();
  if (!shown.ok()) return 0;
  (void)(*shown)->uris();
  (void)(*shown)->common_names();
  const bool itself = (*shown)->serial() == serial;
  const bool good = authority->Verify(**shown, absl::Now()).ok();
  if (!itself && (good || authority->VouchesFor(**shown))) std::abort();
  if (ERR_peek_error() != 0) std::abort();
  return 0;
}
