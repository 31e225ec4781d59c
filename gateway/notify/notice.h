// One thing to tell of an approval: what happened, and as much of the approval as may be told. Values, any thread.
#ifndef POSTERN_GATEWAY_NOTIFY_NOTICE_H_
#define POSTERN_GATEWAY_NOTIFY_NOTICE_H_

#include <absl/time/time.h>

#include <memory>
#include <string>
#include <string_view>

#include "gateway/notify/options.h"
#include "proto/postern/v1/approval.pb.h"

namespace postern::notify {

struct Notice {
  Event event = Event::kRequested;
  absl::Time at;
  // From MayBeTold.
  v1::Approval approval;

  // The same whenever this is told, so that receivers can tell what they have: "apr_01….requested".
  std::string id() const;
};

using NoticePtr = std::shared_ptr<const Notice>;

// "requested".
std::string_view EventWord(Event event);

// What fits into a message, in bounded memory: no values, no preview, long texts cut. The statement stays, if it is short, for
// its shape to be told by NormalisedText.
v1::Approval MayBeTold(const v1::Approval& approval);

// The statement with `?` in place of every literal; empty if that cannot be said for sure. The approval does not tell how its
// target reads text, so it is read in each way that targets do, and believed where its digest is the approval's own.
std::string NormalisedText(const v1::Approval& approval);

}  // namespace postern::notify

#endif  // POSTERN_GATEWAY_NOTIFY_NOTICE_H_
