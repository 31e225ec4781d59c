// One control stream of the gateway, driven as gRPC would drive it.
#include "gateway/tunnel/relay_line.h"

#include <catch2/catch.hpp>

namespace postern::tunnel {
namespace {

class Counted : public LineEvents {
 public:
  void OnEvent(const std::shared_ptr<RelayLine>&, v1::RelayEvent) override { ++events; }
  void OnEnded(const std::shared_ptr<RelayLine>&) override { ++ends; }

  int events = 0;
  int ends = 0;
};

TEST_CASE("what is read after a line's end is nobody's") {
  Counted heard;
  const std::shared_ptr<RelayLine> line = RelayLine::Start(nullptr, "r1", heard);
  grpc::ServerBidiReactor<v1::RelayEvent, v1::GatewayCommand>& reactor = *line;
  reactor.OnReadDone(true);
  CHECK(heard.events == 1);
  line->End(grpc::Status::OK, false);
  CHECK(line->ended());
  reactor.OnReadDone(true);
  CHECK(heard.events == 1);
  CHECK(heard.ends == 1);
  CHECK_FALSE(line->Send({}));
  reactor.OnDone();
}

}  // namespace
}  // namespace postern::tunnel
