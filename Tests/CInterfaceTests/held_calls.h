/* A disk that stands still: every sync of a file in the journal's folder waits, in this program and in the library in
 * it, until it is let go; or every call that comes to a file there, reads as well. What was told lies in memory that
 * parent and child share. */
#ifndef HUJIA_TEST_HELD_CALLS_H
#define HUJIA_TEST_HELD_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "journal_host.h"

enum { HOLD_NOTHING, HOLD_SYNCS, HOLD_ALL };

static struct held {
  int32_t is_held;
  int32_t waiting; /* calls inside */
  int64_t count;   /* calls that have waited */
  int32_t reading; /* of those inside: reads */
  /* The first opening of a file with such a name, to make it or to read it, stops the whole disk; empty: none does. */
  char trigger[16];
  int32_t trigger_makes;
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
static inline int32_t held_reads(void) {
  return __atomic_load_n(&held->reading, __ATOMIC_SEQ_CST);
}

static inline void nap(int64_t ns) {
  struct timespec time = {ns / SECOND_NS, ns % SECOND_NS};
  nanosleep(&time, NULL);
}

static inline void wait_while_held(const char *name, int32_t least, int32_t is_read) {
  if (strncmp(name, folder, strlen(folder)) != 0) return;
  __atomic_add_fetch(&held->waiting, 1, __ATOMIC_SEQ_CST);
  __atomic_add_fetch(&held->count, 1, __ATOMIC_SEQ_CST);
  __atomic_add_fetch(&held->reading, is_read, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(&held->is_held, __ATOMIC_SEQ_CST) >= least) nap(1000000);
  __atomic_sub_fetch(&held->reading, is_read, __ATOMIC_SEQ_CST);
  __atomic_sub_fetch(&held->waiting, 1, __ATOMIC_SEQ_CST);
}

static inline int is_held_from(int32_t least) {
  return held != NULL && __atomic_load_n(&held->is_held, __ATOMIC_SEQ_CST) >= least;
}

/* `least`: from which hold on this call waits. */
static inline void hold_call(int descriptor, int32_t least, int32_t is_read) {
  if (!is_held_from(least)) return;
  char link[64], name[512];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, name, sizeof name - 1);
  if (length <= 0) return;
  name[length] = 0;
  wait_while_held(name, least, is_read);
}

int fdatasync(int descriptor) {
  hold_call(descriptor, HOLD_SYNCS, 0);
  return (int)syscall(SYS_fdatasync, descriptor);
}

int fsync(int descriptor) {
  hold_call(descriptor, HOLD_SYNCS, 0);
  return (int)syscall(SYS_fsync, descriptor);
}

ssize_t pread(int descriptor, void *into, size_t size, off_t offset) {
  hold_call(descriptor, HOLD_ALL, 1);
  return syscall(SYS_pread64, descriptor, into, size, offset);
}

ssize_t pwrite(int descriptor, const void *from, size_t size, off_t offset) {
  hold_call(descriptor, HOLD_ALL, 0);
  return syscall(SYS_pwrite64, descriptor, from, size, offset);
}

int openat(int parent, const char *name, int how, ...) {
  va_list rest;
  va_start(rest, how);
  mode_t mode = how & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (held != NULL && held->trigger[0] != 0 && strncmp(name, held->trigger, strlen(held->trigger)) == 0 &&
      ((how & O_CREAT) != 0) == held->trigger_makes) {
    held->trigger[0] = 0;
    hold_disk(HOLD_ALL);
  }
  hold_call(parent, HOLD_ALL, (how & O_CREAT) == 0);
  return (int)syscall(SYS_openat, parent, name, how, mode);
}

int open(const char *name, int how, ...) {
  va_list rest;
  va_start(rest, how);
  mode_t mode = how & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (is_held_from(HOLD_ALL)) wait_while_held(name, HOLD_ALL, 1);
  return (int)syscall(SYS_openat, AT_FDCWD, name, how, mode);
}

int posix_fallocate(int descriptor, off_t offset, off_t size) {
  hold_call(descriptor, HOLD_ALL, 0);
  return syscall(SYS_fallocate, descriptor, 0, offset, size) == 0 ? 0 : errno;
}

int ftruncate(int descriptor, off_t size) {
  hold_call(descriptor, HOLD_ALL, 0);
  return (int)syscall(SYS_ftruncate, descriptor, size);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
  hold_call(from_folder, HOLD_ALL, 0);
  return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

int unlinkat(int parent, const char *name, int how) {
  hold_call(parent, HOLD_ALL, 0);
  return (int)syscall(SYS_unlinkat, parent, name, how);
}

#endif
