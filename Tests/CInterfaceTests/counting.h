/* Counts every allocation of the process by standing in front of the C library's allocator. The executable's symbols
 * come first in the search, so the shared library's calls land here too. For allocations.c only. */
#ifndef HUJIA_TEST_COUNTING_H
#define HUJIA_TEST_COUNTING_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static int64_t allocations_seen;
static int64_t releases_seen;
/* Those of this thread. */
static __thread int64_t own_allocations, own_releases;

static inline void count_allocation(void) {
  __atomic_fetch_add(&allocations_seen, 1, __ATOMIC_RELAXED);
  own_allocations++;
}

void *malloc(size_t bytes) {
  count_allocation();
  return __libc_malloc(bytes);
}
void *calloc(size_t count, size_t bytes) {
  count_allocation();
  return __libc_calloc(count, bytes);
}
void *realloc(void *pointer, size_t bytes) {
  count_allocation();
  return __libc_realloc(pointer, bytes);
}
void *memalign(size_t alignment, size_t bytes) {
  count_allocation();
  return __libc_memalign(alignment, bytes);
}
void *aligned_alloc(size_t alignment, size_t bytes) {
  count_allocation();
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void **result, size_t alignment, size_t bytes) {
  count_allocation();
  *result = __libc_memalign(alignment, bytes);
  return *result != NULL ? 0 : ENOMEM;
}
void free(void *pointer) {
  if (pointer == NULL) return;
  __atomic_fetch_add(&releases_seen, 1, __ATOMIC_RELAXED);
  own_releases++;
  __libc_free(pointer);
}

#endif
