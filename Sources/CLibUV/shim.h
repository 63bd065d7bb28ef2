/* libuv, and what the C library's Swift module leaves out of Linux: event and timer descriptors, and a thread's wish to
 * the scheduler. */
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <uv.h>

enum {
  HUJIA_EFD_CLOEXEC = EFD_CLOEXEC,
  HUJIA_EFD_NONBLOCK = EFD_NONBLOCK,
  HUJIA_TFD_CLOEXEC = TFD_CLOEXEC,
  HUJIA_TFD_NONBLOCK = TFD_NONBLOCK,
  HUJIA_TFD_ABSTIME = TFD_TIMER_ABSTIME
};

/* struct sched_attr of linux/sched/types.h, whose header clashes with the C library's. */
struct hujia_scheduling {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime_ns, deadline_ns, period_ns;
};

/* This thread works for microseconds at a time: with a short slice the scheduler (Linux 6.12) lets it in between the
 * long ones of busy processes, for the same share of the processor. Priority and nice value stay. Older systems and
 * those that forbid it do nothing. */
static inline void hujia_ask_for_short_slices(uint64_t slice_ns) {
  struct hujia_scheduling own = {0};
  if (syscall(SYS_sched_getattr, 0, &own, sizeof own, 0) != 0 || own.policy != 0) return;
  own.size = sizeof own;
  own.runtime_ns = slice_ns;
  syscall(SYS_sched_setattr, 0, &own, 0);
}
