// `identity.issuers` of gateway.yaml.
#ifndef POSTERN_GATEWAY_IDENTITY_READ_ISSUERS_H_
#define POSTERN_GATEWAY_IDENTITY_READ_ISSUERS_H_

#include <vector>

#include "common/config/document.h"
#include "gateway/identity/issuer.h"

namespace postern::identity {

// Of the section `identity`; without it, no issuers.
std::vector<Issuer> ReadIssuers(config::Section& identity);

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_READ_ISSUERS_H_
