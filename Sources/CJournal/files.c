/* Calls of Linux: see the header. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "hujia_journal.h"

#include <sys/mman.h>
#include <sys/random.h>
#include <sys/vfs.h>

uint64_t hujia_file_system(int descriptor) {
  struct statfs found;
  return fstatfs(descriptor, &found) == 0 ? (uint64_t)found.f_type & 0xffffffffu : 0;
}

int hujia_memory_file(void) {
  return memfd_create("hujia-ring", MFD_CLOEXEC);
}

void hujia_random(void *bytes, uint64_t count) {
  char *at = bytes;
  while (count > 0) {
    ssize_t had = getrandom(at, count > 256 ? 256 : count, 0);
    if (had <= 0) continue;
    at += had;
    count -= (uint64_t)had;
  }
}
