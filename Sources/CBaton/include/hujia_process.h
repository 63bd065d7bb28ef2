/* What belongs to the whole process and not to one engine: whether it is a forked child, its descriptors 0 to 2, the
 * hooks of the host that a thread is inside of. Must never: leave a lock held in a child, wait for the host. */
#ifndef HUJIA_PROCESS_H
#define HUJIA_PROCESS_H

#include <pthread.h>
#include <stdint.h>

/* ---- Forked children ---- */

/* A page that the kernel empties in forked children. Its first word is 1 in the process that the handles belong to, and
 * 0 in a child that has not yet made the table its own. NULL before the first open. */
extern uint64_t *hujia_fork_page;
static inline int hujia_is_forked(void) {
  const uint64_t *page = __atomic_load_n(&hujia_fork_page, __ATOMIC_ACQUIRE);
  return page != 0 && __atomic_load_n(page, __ATOMIC_RELAXED) == 0;
}
/* Makes the page; before the first engine opens. 0, or an error number: then the next open tries again. */
int hujia_watch_forks(void);
/* The process's first call after a fork: `settle` runs once, and every other thread waits for it. */
void hujia_settle_after_fork(void (*settle)(void));
/* How often this process or an ancestor of it has settled: another number than before means a fork in between. */
uint64_t hujia_forks_settled(void);

/* What a process does once is done in one short section, and a fork waits for its end: the Swift runtime makes types of
 * generics under locks of its own, which a child would find held. 1: this thread does it now and must end it. 0: it is
 * done, or this thread is at it. Cancellation is off meanwhile. */
enum {
  HUJIA_WARM_ENGINE = 0,   /* a small engine, inside */
  HUJIA_WARM_LOOP = 1,     /* a loop's turn */
  HUJIA_WARM_DEFAULTS = 2, /* the defaults of a config */
  HUJIA_WARM_CALLS = 3,    /* the calls from outside */
  HUJIA_WARM_TESTS = 4,    /* nothing: for the tests of how it is done once */
  HUJIA_WARM_KINDS = 5
};
int hujia_begin_warm_up(int kind);
void hujia_end_warm_up(int kind, int is_warm);

/* ---- Descriptors: ours are 3 and above, because libuv stops the process when it closes a lower one ---- */

/* Fills those of 0 to 2 that are closed until `hujia_let_standard_go`: reading and writing them still answers EBADF.
 * Calls may nest and race. 0, or an error number: then nothing is held. */
int hujia_hold_standard(void);
void hujia_let_standard_go(void);
/* libuv makes a pipe anew in forked children: that pipe too is kept above 2. After libuv's first loop. */
void hujia_hold_standard_at_forks(void);
/* Whether that was called: libuv's pipe, one for all loops of the process, is there. */
int hujia_has_loop_pipe(void);
/* Whether `count` descriptors from 3 upwards are to be had now. 0, or an error number. Nothing stays open. */
int hujia_try_descriptors(uint32_t count);
/* An event descriptor, close-on-exec, non-blocking, 3 or above; -1 with errno. */
int hujia_event_descriptor(void);

/* ---- Memory and threads, asked for beforehand: without memory the Swift runtime stops the process ---- */

/* Whether so much address space is to be had in one piece now. Nothing stays taken, nothing is touched. */
int hujia_try_memory(uint64_t bytes);
/* Whether a thread is to be had now, and the memory of `count`: 0, ENOMEM or EAGAIN. Starts one and waits for it. */
int hujia_try_threads(uint32_t count);
/* Whether this is the thread that the process began with. Others' small allocations may take a page each when address
 * space is short. */
int hujia_is_first_thread(void);

/* ---- Hooks of the host that are under way on this thread ---- */

typedef void *(*hujia_allocate_hook)(void *context, uint64_t bytes, uint64_t alignment);
typedef void (*hujia_release_hook)(void *context, void *pointer, uint64_t bytes, uint64_t alignment);

/* Calls a hook; meanwhile this thread is inside of `owner`. NULL also when the hook has forked, in the child. */
void *hujia_call_allocate(hujia_allocate_hook allocate, hujia_release_hook release, void *context, uint64_t bytes,
                          uint64_t alignment, const void *owner);
void hujia_call_release(hujia_release_hook release, void *context, void *pointer, uint64_t bytes, uint64_t alignment,
                        const void *owner);
/* Whether a hook of `owner` is under way on this thread; of anybody, when it is NULL. */
int hujia_is_in_hook(const void *owner);

/* How many are under way; put back where a call was left in the midst of them. */
uint32_t hujia_hook_depth(void);
void hujia_set_hook_depth(uint32_t depth);
/* The lock of ours that this thread holds while hooks may run (NULL: none); the one before. */
pthread_mutex_t *hujia_swap_gate(pthread_mutex_t *held);

/* One close at a time may wait from inside a hook: two could wait for each other. */
int hujia_begin_close_in_hook(void);
void hujia_end_close_in_hook(void);
/* Whether this thread has begun such a close. */
int hujia_closes_in_hook(void);

#endif
