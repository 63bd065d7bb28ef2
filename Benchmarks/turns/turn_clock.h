/* How long a turn holds the baton, apart from how long others wait. The engine reads the clocks when a turn begins
 * (elapsed time, then UTC) and when it ends (elapsed time). This program stands between it and the system's clock and
 * sees both, on whatever thread: the turn by the clock, and the processor time of its thread, which leaves out what
 * others do on the core meanwhile. */
#ifndef HUJIA_BENCHMARK_TURN_CLOCK_H
#define HUJIA_BENCHMARK_TURN_CLOCK_H

#include <dlfcn.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Of the row under way. */
static atomic_int_least64_t longest_turn_ns; /* by the clock */
static atomic_int_least64_t longest_work_ns; /* of its thread's processor time */
static atomic_uint turns_taken, turns_torn;  /* torn: the system took the core away in the middle */
static atomic_bool turns_are_timed;

/* Of the thread: the newest elapsed time that was read, and the turn that it began. */
static _Thread_local int64_t read_ns, turn_ns, work_ns;
static _Thread_local long torn_before;
static _Thread_local int is_in_turn, waits_for_disk;

static int system_clock(clockid_t clock, struct timespec *time) {
  static int (*next)(clockid_t, struct timespec *);
  if (!next) {
    void *found = dlsym(RTLD_NEXT, "clock_gettime");
    memcpy(&next, &found, sizeof next);
  }
  return next(clock, time);
}

static int64_t time_ns(clockid_t clock) {
  struct timespec time;
  system_clock(clock, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static long times_torn(void) {
  struct rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nivcsw;
}

static void keep_longest(atomic_int_least64_t *longest, int64_t value) {
  int64_t before = atomic_load(longest);
  while (before < value && !atomic_compare_exchange_weak(longest, &before, value)) {
  }
}

static void see_clock(clockid_t clock, const struct timespec *time) {
  if (clock == CLOCK_REALTIME) {
    if (is_in_turn || read_ns == 0) return;
    is_in_turn = 1;
    turn_ns = read_ns;
    torn_before = times_torn();
    work_ns = time_ns(CLOCK_THREAD_CPUTIME_ID);
  } else if (clock == CLOCK_BOOTTIME) {
    read_ns = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
    if (!is_in_turn) return;
    is_in_turn = 0;
    keep_longest(&longest_work_ns, time_ns(CLOCK_THREAD_CPUTIME_ID) - work_ns);
    keep_longest(&longest_turn_ns, read_ns - turn_ns);
    atomic_fetch_add(&turns_taken, 1);
    if (times_torn() > torn_before) atomic_fetch_add(&turns_torn, 1);
    read_ns = 0;
  }
}

/* The engine's, too: a program's own symbols come before those of the C library. */
int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = system_clock(clock, time);
  if (atomic_load_explicit(&turns_are_timed, memory_order_relaxed) && !waits_for_disk) see_clock(clock, time);
  return result;
}

/* The journal's thread reads the clocks as well, and takes no turns: it is the one that waits for the disk. */
int fdatasync(int file) {
  waits_for_disk = 1;
  return (int)syscall(SYS_fdatasync, file);
}

static void time_turns(int is_on) {
  if (is_on) {
    atomic_store(&longest_turn_ns, 0);
    atomic_store(&longest_work_ns, 0);
    atomic_store(&turns_taken, 0);
    atomic_store(&turns_torn, 0);
  }
  atomic_store(&turns_are_timed, is_on);
}

/* This thread, and those it starts from here on, on one core; below 0: on all. */
static void keep_to_core(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  for (int each = 0; each < CPU_SETSIZE; each++)
    if (core < 0 || each == core) CPU_SET((size_t)each, &cores);
  sched_setaffinity(0, sizeof cores, &cores);
}

#endif
