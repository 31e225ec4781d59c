#include "gateway/console/provider_sign_in.h"

#include <absl/strings/str_cat.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "common/http/client.h"
#include "common/http/message/request.h"
#include "gateway/console/random_text.h"
#include "gateway/identity/jose/json.h"
#include "gateway/identity/jose/jwt.h"

namespace postern::console {
namespace {

constexpr char kDiscoveryPath[] = "/.well-known/openid-configuration";
constexpr jose::JsonLimits kDocument{.bytes = 64 * 1024, .depth = 8, .values = 4096};

absl::Status Refused(std::string_view why) { return absl::PermissionDeniedError(std::string(why)); }

absl::StatusOr<jose::Json> Ask(http::Request request, const Provider& provider) {
  request.ca_file = provider.ca;
  request.headers.emplace_back("Accept", "application/json");
  const auto response = http::Send(request);
  if (!response.ok()) return response.status();
  // Its words may quote what was sent; the number does not.
  if (response->status != 200)
    return absl::UnavailableError(absl::StrCat("the provider answered with status ", response->status));
  return jose::ParseObject(response->body, kDocument);
}

// One of the provider's addresses, of its own word. Only https, as with every word on who somebody is.
absl::StatusOr<std::string> EndpointOf(const Provider& provider, const char* name) {
  http::Request request;
  request.url = provider.issuer + (provider.issuer.ends_with('/') ? kDiscoveryPath + 1 : kDiscoveryPath);
  const auto document = Ask(std::move(request), provider);
  if (!document.ok()) return document.status();
  const std::string* issuer = jose::TextIn(*document, "issuer");
  const std::string* endpoint = jose::TextIn(*document, name);
  if (issuer == nullptr || *issuer != provider.issuer)
    return absl::UnavailableError("the provider's discovery document is another issuer's");
  if (endpoint == nullptr || !endpoint->starts_with("https://"))
    return absl::UnavailableError(absl::StrCat("the provider names no https ", name));
  return *endpoint;
}

std::string ChallengeOf(const std::string& verifier) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(), digest.data());
  return Base64Url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string Fields(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string text;
  for (const auto& [name, value] : fields)
    absl::StrAppend(&text, text.empty() ? "" : "&", name, "=", http::Encode(value));
  return text;
}

// Without the line's end that editors leave.
std::string SecretIn(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

// The same token must hold our nonce, which only the gateway's judgement of its signature makes worth something.
bool HasNonce(const std::string& id_token, const std::string& nonce) {
  const auto token = jose::ParseJwt(id_token);
  if (!token.ok()) return false;
  const std::string* claimed = jose::TextIn(token->claims, "nonce");
  return claimed != nullptr && *claimed == nonce;
}

}  // namespace

ProviderSignIn::ProviderSignIn(std::vector<Provider> providers, std::string redirect_uri)
    : providers_(std::move(providers)), redirect_uri_(std::move(redirect_uri)) {}

void ProviderSignIn::Keep(const std::string& state, UnderWay under_way) {
  std::lock_guard lock(mutex_);
  if (under_way_.size() >= kMostUnderWay) {
    under_way_.erase(std::min_element(under_way_.begin(), under_way_.end(), [](const auto& a, const auto& b) {
      return a.second.begun_at < b.second.begun_at;
    }));
  }
  under_way_[state] = std::move(under_way);
}

std::optional<ProviderSignIn::UnderWay> ProviderSignIn::Take(const std::string& state, absl::Time now) {
  std::lock_guard lock(mutex_);
  auto node = under_way_.extract(state);
  if (node.empty() || now - node.mapped().begun_at > kPatience) return std::nullopt;
  return std::move(node.mapped());
}

absl::StatusOr<ProviderSignIn::Departure> ProviderSignIn::Begin(size_t number, absl::Time now) {
  if (number >= providers_.size()) return absl::NotFoundError("there is no such provider");
  const Provider& provider = providers_[number];
  const auto endpoint = EndpointOf(provider, "authorization_endpoint");
  if (!endpoint.ok()) return endpoint.status();
  UnderWay under_way{.provider = number, .verifier = RandomText(), .nonce = RandomText(), .begun_at = now};
  Departure departure{.state = RandomText()};
  departure.location = absl::StrCat(*endpoint, endpoint->find('?') == std::string::npos ? "?" : "&",
                                    Fields({{"response_type", "code"},
                                            {"client_id", provider.client_id},
                                            {"redirect_uri", redirect_uri_},
                                            {"scope", provider.scope},
                                            {"state", departure.state},
                                            {"nonce", under_way.nonce},
                                            {"code_challenge", ChallengeOf(under_way.verifier)},
                                            {"code_challenge_method", "S256"}}));
  Keep(departure.state, std::move(under_way));
  return departure;
}

absl::StatusOr<mysql::Secret> ProviderSignIn::Finish(std::string_view query, std::string_view state, absl::Time now) {
  const std::string answered = http::FieldValue(query, "state");
  if (state.empty() || answered != state) return Refused("this is no answer to a sign-in that this browser began");
  const auto under_way = Take(answered, now);
  if (!under_way) return Refused("this sign-in is over, or was too long under way; begin again");
  const std::string code = http::FieldValue(query, "code");
  if (code.empty()) return Refused("the provider did not let you sign in");
  const Provider& provider = providers_[under_way->provider];
  const auto endpoint = EndpointOf(provider, "token_endpoint");
  if (!endpoint.ok()) return endpoint.status();
  std::vector<std::pair<std::string, std::string>> fields = {{"grant_type", "authorization_code"},
                                                             {"code", code},
                                                             {"redirect_uri", redirect_uri_},
                                                             {"client_id", provider.client_id},
                                                             {"code_verifier", under_way->verifier}};
  if (!provider.client_secret_file.empty()) fields.emplace_back("client_secret", SecretIn(provider.client_secret_file));
  http::Request request;
  request.method = "POST";
  request.url = *endpoint;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = Fields(fields);
  auto answer = Ask(std::move(request), provider);
  if (!answer.ok()) return answer.status();
  const std::string* id_token = jose::TextIn(*answer, "id_token");
  if (id_token == nullptr || !HasNonce(*id_token, under_way->nonce))
    return Refused("the provider's answer holds no ID token for this sign-in");
  mysql::Secret secret(*id_token);
  return secret;
}

}  // namespace postern::console
