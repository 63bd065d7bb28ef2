/* A disk that stands still: every sync of a file in the journal's folder waits, in this program and in the library in
 * it, until it is let go. What was told lies in memory that parent and child share. */
#ifndef HUJIA_TEST_HELD_CALLS_H
#define HUJIA_TEST_HELD_CALLS_H

#include <fcntl.h>
#include <sys/syscall.h>
#include <time.h>

#include "journal_host.h"

static struct held {
  int32_t is_held;
  int32_t waiting; /* calls inside */
  int64_t count;   /* calls that have waited */
} * held;

static inline void held_take(void) {
  held = mmap(NULL, sizeof *held, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE((void *)held != MAP_FAILED);
}

static inline void hold_disk(int32_t is_held) {
  __atomic_store_n(&held->is_held, is_held, __ATOMIC_SEQ_CST);
}
static inline int32_t held_calls(void) {
  return __atomic_load_n(&held->waiting, __ATOMIC_SEQ_CST);
}

static inline void nap(int64_t ns) {
  struct timespec time = {ns / SECOND_NS, ns % SECOND_NS};
  nanosleep(&time, NULL);
}

static inline void wait_while_held(int descriptor) {
  if (held == NULL || !__atomic_load_n(&held->is_held, __ATOMIC_SEQ_CST)) return;
  char link[64], name[512];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, name, sizeof name - 1);
  if (length <= 0) return;
  name[length] = 0;
  if (strncmp(name, folder, strlen(folder)) != 0) return;
  __atomic_add_fetch(&held->waiting, 1, __ATOMIC_SEQ_CST);
  __atomic_add_fetch(&held->count, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(&held->is_held, __ATOMIC_SEQ_CST)) nap(1000000);
  __atomic_sub_fetch(&held->waiting, 1, __ATOMIC_SEQ_CST);
}

int fdatasync(int descriptor) {
  wait_while_held(descriptor);
  return (int)syscall(SYS_fdatasync, descriptor);
}

int fsync(int descriptor) {
  wait_while_held(descriptor);
  return (int)syscall(SYS_fsync, descriptor);
}

#endif
