// Alone in its file, so that the linker passes it over where another definition is.

#include "cpp/jsep/takes_media.h"

namespace rtc::jsep {

const bool kTakesMedia = true;

}  // namespace rtc::jsep
