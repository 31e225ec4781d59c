// Property: any bytes are either refused as a certificate request or give a key that can be signed for; nothing is left in
// OpenSSL's error queue.
#include <openssl/err.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/enrolment/certificate_request.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto key = postern::enrolment::KeyOfRequest({reinterpret_cast<const char*>(data), size});
  if (key.ok() && EVP_PKEY_get_bits(key->get()) < 250) abort();
  if (ERR_peek_error() != 0) abort();
  return 0;
}
