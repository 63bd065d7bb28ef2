/* What the lives of a journal's tests differ in, and what they need for it: a seal of the host, clocks that can
 * be moved on, and the moment in which a snapshot gets its name. */
#ifndef HUJIA_TEST_LIFE_KINDS_H
#define HUJIA_TEST_LIFE_KINDS_H

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>

#include "journal_host.h"

/* Bits of a life's kind. Watches stand apart in every kind. */
enum { LIFE_SEALED = 1, LIFE_POSITIONS_APART = 2, LIFE_KINDS = 4 };

/* In memory that a dead process shared. */
static struct life_world {
  int64_t later_s;   /* that it is: by both clocks */
  int64_t ahead_s;   /* and that the wall clock is ahead of that, because somebody set it wrong */
  int64_t snapshots; /* that got their name */
  uint64_t newest;   /* the number in the newest name */
  int64_t dies_at;   /* the process dies behind the renaming of this one, before it is counted; 0: of none */
} * world;

static inline void world_take(void) {
  world = mmap(NULL, sizeof *world, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(world != MAP_FAILED);
}

/* Found before the C library's own, which it asks: that one needs no system call. */
int clock_gettime(clockid_t which, struct timespec *time) {
  static int (*own)(clockid_t, struct timespec *);
  if (own == NULL) {
    void *found = dlsym(RTLD_NEXT, "clock_gettime");
    memcpy(&own, &found, sizeof own);
  }
  int status = own(which, time);
  if (world != NULL && (which == CLOCK_REALTIME || which == CLOCK_BOOTTIME))
    time->tv_sec += __atomic_load_n(&world->later_s, __ATOMIC_ACQUIRE);
  if (world != NULL && which == CLOCK_REALTIME) time->tv_sec += __atomic_load_n(&world->ahead_s, __ATOMIC_ACQUIRE);
  return status;
}

/* 0: it is no snapshot's. */
static inline uint64_t snapshot_number(const char *name) {
  unsigned long long number = 0;
  int length = 0;
  if (sscanf(name, "snapshot-%20llu%n", &number, &length) != 1 || name[length] != 0) return 0;
  return number;
}

static inline void world_note_renamed(const char *name) {
  uint64_t number = snapshot_number(name);
  if (world == NULL || number == 0) return;
  if (world->snapshots + 1 == world->dies_at) kill(getpid(), SIGKILL);
  __atomic_add_fetch(&world->snapshots, 1, __ATOMIC_ACQ_REL);
  __atomic_store_n(&world->newest, number, __ATOMIC_RELEASE);
}

/* What a dead process had renamed and no longer counted: behind it no snapshot is due for another 1,000 records. */
static inline void world_count_found(void) {
  DIR *files = opendir(folder);
  if (files == NULL) return;
  uint64_t newest = 0;
  for (struct dirent *file; (file = readdir(files)) != NULL;) {
    uint64_t number = snapshot_number(file->d_name);
    if (number > newest) newest = number;
  }
  closedir(files);
  if (newest <= world->newest) return;
  world->snapshots++;
  world->newest = newest;
}

#ifndef HUJIA_TEST_FAULTY_CALLS_H
int renameat(int from_folder, const char *from, int to_folder, const char *to) {
  int status = (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
  if (status == 0) world_note_renamed(to);
  return status;
}
#endif

/* The reserve for a full disk has its length and no pages: on a tmpfs to make them takes a third of a life's time, and
 * no life fills a disk. Either way it is one system call. */
static inline int world_reserve(int descriptor, off_t offset, off_t size) {
  long status = size >= 32 << 20 ? syscall(SYS_ftruncate, descriptor, offset + size)
                                 : syscall(SYS_fallocate, descriptor, 0, offset, size);
  return status == 0 ? 0 : errno;
}

/* Waits without a system call, so that a life has as many of them however long it takes. 0: it never came. */
static inline int world_await_snapshot(int64_t before, int64_t most_ns) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  int64_t end_ns = now.tv_sec * SECOND_NS + now.tv_nsec + most_ns;
  while (__atomic_load_n(&world->snapshots, __ATOMIC_ACQUIRE) <= before) {
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec * SECOND_NS + now.tv_nsec > end_ns) return 0;
  }
  return 1;
}

/* ---- A seal that is quick and hides nothing: 16 bytes of sum over the place and what was sealed ---- */

static inline uint64_t weak_sum(const void *about, uint64_t about_bytes, const unsigned char *clear, uint64_t bytes) {
  uint64_t sum = 14695981039346656037u;
  for (uint64_t at = 0; at < about_bytes; at++) sum = (sum ^ ((const unsigned char *)about)[at]) * 1099511628211u;
  for (uint64_t at = 0; at < bytes; at++) sum = (sum ^ clear[at]) * 1099511628211u;
  return sum;
}

static hj_status weak_seal(void *context, const void *about, uint64_t about_bytes, const void *clear,
                           uint64_t clear_bytes, void *sealed, uint64_t *sealed_bytes) {
  (void)context;
  if (*sealed_bytes < clear_bytes + 16) return HJ_E_ARGUMENT;
  uint64_t sum = weak_sum(about, about_bytes, clear, clear_bytes);
  memset(sealed, 0, 16);
  memcpy(sealed, &sum, sizeof sum);
  for (uint64_t at = 0; at < clear_bytes; at++)
    ((unsigned char *)sealed)[16 + at] = ((const unsigned char *)clear)[at] ^ 0x5a;
  *sealed_bytes = clear_bytes + 16;
  return HJ_OK;
}

static hj_status weak_open(void *context, const char *name, const void *about, uint64_t about_bytes, const void *sealed,
                           uint64_t sealed_bytes, void *clear, uint64_t *clear_bytes) {
  (void)context;
  (void)name;
  if (sealed_bytes < 16 || *clear_bytes < sealed_bytes - 16) return HJ_E_ARGUMENT;
  for (uint64_t at = 16; at < sealed_bytes; at++)
    ((unsigned char *)clear)[at - 16] = ((const unsigned char *)sealed)[at] ^ 0x5a;
  *clear_bytes = sealed_bytes - 16;
  uint64_t sum = weak_sum(about, about_bytes, clear, *clear_bytes);
  return memcmp(&sum, sealed, sizeof sum) == 0 ? HJ_OK : HJ_E_STATE;
}

/* Of a config: what stands apart and the records go after a day, a snapshot is made every 1,000 records. */
static inline void life_of_kind(hj_config *config, int kind) {
  config->snapshot_records = 1000;
  config->retain_positions_h = 1;
  config->retain_watches_d = 1;
  config->retain_record_d = 1;
  if (kind & LIFE_POSITIONS_APART) config->telemetry = HJ_TELEMETRY_ALL;
  if (kind & LIFE_SEALED) {
    config->seal = weak_seal;
    config->open = weak_open;
    config->seal_name = "weak";
  }
}

/* Whether the journal has a file that begins so. */
static inline int life_has_file(const char *name) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return access(path, F_OK) == 0;
}

#endif
