// `identity.certificates` of gateway.yaml.
#ifndef POSTERN_GATEWAY_IDENTITY_READ_CERTIFICATES_H_
#define POSTERN_GATEWAY_IDENTITY_READ_CERTIFICATES_H_

#include <vector>

#include "common/config/document.h"
#include "gateway/identity/certificate_rules.h"

namespace postern::identity {

// Of the section `identity`; without it, no rules.
std::vector<CertificateRule> ReadCertificates(config::Section& identity);

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_READ_CERTIFICATES_H_
