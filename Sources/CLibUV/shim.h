/* libuv, and the Linux event and timer descriptors that the C library's Swift module leaves out. */
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <uv.h>

enum {
  HUJIA_EFD_CLOEXEC = EFD_CLOEXEC,
  HUJIA_EFD_NONBLOCK = EFD_NONBLOCK,
  HUJIA_TFD_CLOEXEC = TFD_CLOEXEC,
  HUJIA_TFD_NONBLOCK = TFD_NONBLOCK,
  HUJIA_TFD_ABSTIME = TFD_TIMER_ABSTIME
};
