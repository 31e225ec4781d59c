// gRPC's threads for callback RPCs, kept from going away.
//
// Debian's gRPC 1.51 starts them with the first channel that makes a callback RPC and ends them with the last one. When that
// last one dies in a callback, as it does when a peer is lost, one of those threads ends itself: gRPC then aborts
// ("ref_counted.h: assertion failed: prior > 0"). One channel that leads nowhere and is never destroyed prevents it.
#ifndef POSTERN_COMMON_LINK_CALLBACK_THREADS_H_
#define POSTERN_COMMON_LINK_CALLBACK_THREADS_H_

namespace postern::link {

// To be called before the first callback RPC of the process. Thread-safe, idempotent.
void KeepCallbackThreads();

}  // namespace postern::link

#endif  // POSTERN_COMMON_LINK_CALLBACK_THREADS_H_
