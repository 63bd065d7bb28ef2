/* Sleeping on a word, event descriptors without cancellation points, the table of handles. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "hujia_baton.h"

#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

hujia_slot hujia_slots[HUJIA_SLOTS] __attribute__((aligned(64)));

void hujia_sleep(uint32_t *word, uint32_t expected) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

void hujia_sleep_for(uint32_t *word, uint32_t expected, int64_t most_ns) {
  const struct timespec most = {most_ns / 1000000000, most_ns % 1000000000};
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, &most, NULL, 0);
}

void hujia_wake(uint32_t *word) {
  hujia_wake_some(word, 1);
}

void hujia_wake_some(uint32_t *word, uint32_t count) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

void hujia_ring(int32_t descriptor) {
  const uint64_t one = 1;
  syscall(SYS_write, descriptor, &one, sizeof one);
}

void hujia_hush(int32_t descriptor) {
  uint64_t count;
  syscall(SYS_read, descriptor, &count, sizeof count);
}
