// The services that people call, and the one by which relays join, with what they share. Give All() to the ApiServer, and
// destroy this after it.
#ifndef POSTERN_GATEWAY_API_SERVICES_H_
#define POSTERN_GATEWAY_API_SERVICES_H_

#include <memory>
#include <vector>

#include "gateway/api/parts.h"

namespace grpc {
class Service;
}

namespace postern::api {

class ApiServices {
 public:
  // REQUIRES: what `parts` refers to outlives this.
  explicit ApiServices(ApiParts parts);
  ~ApiServices();
  ApiServices(const ApiServices&) = delete;
  ApiServices& operator=(const ApiServices&) = delete;

  std::vector<grpc::Service*> All();

  // Ends the streams of people whose proof of identity is worth nothing any more.
  void EndUnproven();
  // Ends the streams that would otherwise last as long as their callers. Call it before the server's Shutdown.
  void EndStreams();

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_SERVICES_H_
