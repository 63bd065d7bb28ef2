/* The file calls of this program and of the library in it, found before the C library's own: each can be told to fail,
 * to do half of its work, or to be interrupted. What was told lies in memory that parent and child share. */
#ifndef HUJIA_TEST_FAULTY_CALLS_H
#define HUJIA_TEST_FAULTY_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

enum call {
  CALL_NONE,
  CALL_OPEN,
  CALL_READ,
  CALL_WRITE,
  CALL_SYNC_DATA,
  CALL_SYNC,
  CALL_RESERVE,
  CALL_TRUNCATE,
  CALL_STATUS,
  CALL_RENAME,
  CALL_REMOVE,
  CALL_LOCK,
  CALL_MAP,
  CALL_FOLDER,
  CALLS
};
static const char *const call_names[] = {"none",     "open",   "read",   "write",  "sync of data", "sync", "reserve",
                                         "truncate", "status", "rename", "remove", "lock",         "map",  "folder"};

enum { LAST_SYNCS = 16 };
static struct faults {
  int32_t is_on;
  int64_t at;       /* the fault comes at this call, counted from 1; 0 = none */
  int32_t for_ever; /* and at all later ones of its kind */
  int32_t error;    /* errno; 0: half of what was asked for */
  int64_t count;    /* calls so far */
  int32_t hit;      /* enum call: which kind it was; CALL_NONE = it was not reached */
  int64_t hits;
  /* Segments of which a sync failed, and how often one was written or synced behind that. */
  uint64_t failed[LAST_SYNCS];
  int32_t failed_count, retried;
} * faults;

static inline void faults_take(void) {
  faults = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* errno for this call, 0 = carry it out, -1 = half of it. */
static inline int fault_of(enum call call) {
  if (faults == NULL || !__atomic_load_n(&faults->is_on, __ATOMIC_ACQUIRE)) return 0;
  int64_t number = __atomic_add_fetch(&faults->count, 1, __ATOMIC_ACQ_REL);
  int32_t hit = __atomic_load_n(&faults->hit, __ATOMIC_ACQUIRE);
  int is_it = number == faults->at || (faults->for_ever && hit == (int32_t)call);
  if (!is_it) return 0;
  if (hit == CALL_NONE) __atomic_store_n(&faults->hit, (int32_t)call, __ATOMIC_RELEASE);
  __atomic_add_fetch(&faults->hits, 1, __ATOMIC_ACQ_REL);
  if (faults->error != 0) return faults->error;
  return call == CALL_WRITE || call == CALL_READ ? -1 : 0;
}

/* The node of a segment's file; 0: it is another. */
static inline uint64_t segment_node(int descriptor) {
  char link[64], name[512];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, name, sizeof name - 1);
  struct stat found;
  if (length <= 0) return 0;
  name[length] = 0;
  if (strstr(name, "/journal-") == NULL || syscall(SYS_fstat, descriptor, &found) != 0) return 0;
  return (uint64_t)found.st_ino;
}

/* A sync that failed has lost its pages, and the next one of the same file would report success. */
static inline void note_failed(int descriptor, int error) {
  if (faults == NULL || error == EINTR) return;
  uint64_t node = segment_node(descriptor);
  if (node != 0 && faults->failed_count < LAST_SYNCS) faults->failed[faults->failed_count++] = node;
}

static inline void note_used(int descriptor) {
  if (faults == NULL || faults->failed_count == 0) return;
  uint64_t node = segment_node(descriptor);
  for (int32_t index = 0; index < faults->failed_count; index++)
    if (node != 0 && faults->failed[index] == node) faults->retried++;
}

#define FAULTY(call)            \
  do {                          \
    int fault = fault_of(call); \
    if (fault > 0) {            \
      errno = fault;            \
      return -1;                \
    }                           \
  } while (0)

int openat(int folder, const char *name, int how, ...) {
  va_list rest;
  va_start(rest, how);
  mode_t mode = how & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  FAULTY(CALL_OPEN);
  return (int)syscall(SYS_openat, folder, name, how, mode);
}

int open(const char *name, int how, ...) {
  va_list rest;
  va_start(rest, how);
  mode_t mode = how & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (how & O_DIRECTORY) FAULTY(CALL_FOLDER);
  return (int)syscall(SYS_openat, AT_FDCWD, name, how, mode);
}

ssize_t pread(int descriptor, void *into, size_t size, off_t offset) {
  int fault = fault_of(CALL_READ);
  if (fault > 0) {
    errno = fault;
    return -1;
  }
  return syscall(SYS_pread64, descriptor, into, fault < 0 && size > 1 ? size / 2 : size, offset);
}

ssize_t pwrite(int descriptor, const void *from, size_t size, off_t offset) {
  note_used(descriptor);
  int fault = fault_of(CALL_WRITE);
  if (fault > 0) {
    errno = fault;
    return -1;
  }
  return syscall(SYS_pwrite64, descriptor, from, fault < 0 && size > 1 ? size / 2 : size, offset);
}

int fdatasync(int descriptor) {
  note_used(descriptor);
  int fault = fault_of(CALL_SYNC_DATA);
  if (fault <= 0) return (int)syscall(SYS_fdatasync, descriptor);
  note_failed(descriptor, fault);
  errno = fault;
  return -1;
}

int fsync(int descriptor) {
  note_used(descriptor);
  int fault = fault_of(CALL_SYNC);
  if (fault <= 0) return (int)syscall(SYS_fsync, descriptor);
  note_failed(descriptor, fault);
  errno = fault;
  return -1;
}

static int world_reserve(int descriptor, off_t offset, off_t size); /* life_kinds.h */

/* It answers the error itself. */
int posix_fallocate(int descriptor, off_t offset, off_t size) {
  int fault = fault_of(CALL_RESERVE);
  if (fault > 0) return fault;
  return world_reserve(descriptor, offset, size);
}

int ftruncate(int descriptor, off_t size) {
  FAULTY(CALL_TRUNCATE);
  return (int)syscall(SYS_ftruncate, descriptor, size);
}

int fstat(int descriptor, struct stat *into) {
  FAULTY(CALL_STATUS);
  return (int)syscall(SYS_fstat, descriptor, into);
}

static void world_note_renamed(const char *name); /* life_kinds.h */

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
  FAULTY(CALL_RENAME);
  int status = (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
  if (status == 0) world_note_renamed(to);
  return status;
}

int unlinkat(int folder, const char *name, int how) {
  FAULTY(CALL_REMOVE);
  return (int)syscall(SYS_unlinkat, folder, name, how);
}

int mkdir(const char *path, mode_t mode) {
  FAULTY(CALL_FOLDER);
  return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int fcntl(int descriptor, int command, ...) {
  va_list rest;
  va_start(rest, command);
  long argument = va_arg(rest, long);
  va_end(rest);
  if (command == F_SETLK) FAULTY(CALL_LOCK);
  return (int)syscall(SYS_fcntl, descriptor, command, argument);
}

#endif
