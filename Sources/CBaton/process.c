/* Forks, the descriptors 0 to 2, and hooks: see the header. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "hujia_process.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Forked children ---- */

uint64_t *hujia_fork_page;
static uint64_t forks_settled;
static uint32_t closing_in_hook;
static _Thread_local int closes_in_hook; /* this thread is the one */

enum { UNSETTLED = 0, SETTLED = 1, SETTLING = 2 };

static pthread_mutex_t warm_up_lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t warmed_up[HUJIA_WARM_KINDS];
static _Thread_local uint32_t warming_up;

static pthread_mutex_t standard_lock = PTHREAD_MUTEX_INITIALIZER; /* taken after the other, when both are */
static uint32_t standard_holders;
static uint32_t plugged;                     /* a bit each for 0, 1 and 2 */
static _Thread_local uint32_t held_for_fork; /* holders that this thread's fork has added */
static _Thread_local int is_locked_for_fork; /* this thread forks, and has both locks */
static void unplug(void);

int hujia_begin_warm_up(int kind) {
  if (__atomic_load_n(&warmed_up[kind], __ATOMIC_ACQUIRE) || warming_up) return 0;
  pthread_mutex_lock(&warm_up_lock);
  if (!__atomic_load_n(&warmed_up[kind], __ATOMIC_RELAXED)) {
    warming_up = 1;
    return 1;
  }
  pthread_mutex_unlock(&warm_up_lock);
  return 0;
}

void hujia_end_warm_up(int kind, int is_warm) {
  warming_up = 0;
  __atomic_store_n(&warmed_up[kind], (uint32_t)is_warm, __ATOMIC_RELEASE);
  pthread_mutex_unlock(&warm_up_lock);
}

/* Both locks are held over the fork, so the child finds them in a known state. Two threads that open a process's first
 * engines may each register these three: the second time round they do nothing. */
static void lock_for_fork(void) {
  if (is_locked_for_fork) return;
  pthread_mutex_lock(&warm_up_lock);
  pthread_mutex_lock(&standard_lock);
  is_locked_for_fork = 1;
}

static void go_on_in_parent(void) {
  if (!is_locked_for_fork) return;
  is_locked_for_fork = 0;
  pthread_mutex_unlock(&standard_lock);
  pthread_mutex_unlock(&warm_up_lock);
}

static void go_on_in_child(void) {
  if (!is_locked_for_fork) return;
  standard_holders = held_for_fork; /* the other threads are not here */
  if (standard_holders == 0) unplug();
  go_on_in_parent();
  /* Beside the kernel's wiping, for kernels that cannot wipe. */
  if (hujia_fork_page != NULL) __atomic_store_n(hujia_fork_page, UNSETTLED, __ATOMIC_RELEASE);
}

static uint32_t has_fork_handlers;

static int add_fork_handlers(void) {
  if (__atomic_load_n(&has_fork_handlers, __ATOMIC_ACQUIRE)) return 0;
  if (pthread_atfork(lock_for_fork, go_on_in_parent, go_on_in_child) != 0) return ENOMEM;
  __atomic_store_n(&has_fork_handlers, 1, __ATOMIC_RELEASE);
  return 0;
}

/* When the library is loaded. A fork that has begun before the first open would not run what that open adds, and its
 * child would find the locks of a thread that is not there. The allocator is used first: its own handlers, which its
 * first use adds, must run later than these, because a holder of these locks allocates. */
__attribute__((constructor)) static void watch_forks_early(void) {
  void *volatile first = malloc(1);
  free(first);
  add_fork_handlers();
}

int hujia_watch_forks(void) {
  if (__atomic_load_n(&hujia_fork_page, __ATOMIC_ACQUIRE) != NULL) return 0;
  size_t bytes = (size_t)sysconf(_SC_PAGESIZE);
  uint64_t *page = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return errno;
  madvise(page, bytes, MADV_WIPEONFORK); /* Linux 4.14 */
  page[0] = SETTLED;
  /* Before the page is seen: when they are refused, the next one tries again. */
  if (add_fork_handlers() != 0) {
    munmap(page, bytes);
    return ENOMEM;
  }
  uint64_t *none = NULL;
  if (!__atomic_compare_exchange_n(&hujia_fork_page, &none, page, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    munmap(page, bytes); /* another thread's first open was quicker */
  return 0;
}

void hujia_settle_after_fork(void (*settle)(void)) {
  uint64_t seen = UNSETTLED;
  if (__atomic_compare_exchange_n(hujia_fork_page, &seen, SETTLING, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
    __atomic_store_n(&closing_in_hook, 0, __ATOMIC_RELAXED);
    settle();
    __atomic_fetch_add(&forks_settled, 1, __ATOMIC_RELAXED);
    __atomic_store_n(hujia_fork_page, SETTLED, __ATOMIC_RELEASE);
    return;
  }
  while (__atomic_load_n(hujia_fork_page, __ATOMIC_ACQUIRE) == SETTLING) sched_yield();
}

uint64_t hujia_forks_settled(void) {
  return __atomic_load_n(&forks_settled, __ATOMIC_RELAXED);
}

/* ---- Descriptors ---- */

/* A descriptor that can be neither read nor written: the place of a closed one, with its answers. */
static int plug(void) {
  return open("/", O_PATH | O_RDONLY | O_CLOEXEC);
}

/* The host may have put something of its own in the plug's place meanwhile: that stays. */
static void unplug(void) {
  for (int number = 0; number <= 2; number++) {
    if ((plugged & 1u << number) == 0) continue;
    int flags = fcntl(number, F_GETFL);
    if (flags != -1 && (O_PATH == 0 || (flags & O_PATH) != 0)) close(number);
  }
  plugged = 0;
}

static int plug_missing(void) {
  for (int number = 0; number <= 2; number++) {
    while (fcntl(number, F_GETFD) == -1 && errno == EBADF) {
      int made = plug();
      if (made < 0) return errno;
      if (made <= 2) {
        plugged |= 1u << made;
      } else {
        close(made); /* the host has filled it itself */
      }
    }
  }
  return 0;
}

int hujia_hold_standard(void) {
  pthread_mutex_lock(&standard_lock);
  int error = plug_missing();
  if (error == 0) {
    standard_holders++;
  } else if (standard_holders == 0) {
    unplug();
  }
  pthread_mutex_unlock(&standard_lock);
  return error;
}

void hujia_let_standard_go(void) {
  pthread_mutex_lock(&standard_lock);
  /* None: a fork out of a hook is the child, where they were let go. */
  if (standard_holders > 0 && --standard_holders == 0) unplug();
  pthread_mutex_unlock(&standard_lock);
}

/* The fork itself is one more holder. Its locks come after this, and are let go before the end of it. */
static void hold_before_fork(void) {
  if (!is_locked_for_fork) pthread_mutex_lock(&standard_lock);
  plug_missing();
  standard_holders++;
  held_for_fork++;
  if (!is_locked_for_fork) pthread_mutex_unlock(&standard_lock);
}

static void let_go_after_fork(void) {
  if (!is_locked_for_fork) pthread_mutex_lock(&standard_lock);
  held_for_fork--;
  if (standard_holders > 0 && --standard_holders == 0) unplug();
  if (!is_locked_for_fork) pthread_mutex_unlock(&standard_lock);
}

static uint32_t is_registered;

int hujia_has_loop_pipe(void) {
  return (int)__atomic_load_n(&is_registered, __ATOMIC_ACQUIRE);
}

void hujia_hold_standard_at_forks(void) {
  if (__atomic_exchange_n(&is_registered, 1, __ATOMIC_ACQ_REL) != 0) return;
  /* Children run their handlers in the order of registration: libuv's comes before this one. */
  if (pthread_atfork(hold_before_fork, let_go_after_fork, let_go_after_fork) != 0)
    __atomic_store_n(&is_registered, 0, __ATOMIC_RELEASE);
}

static int above_standard(int descriptor) {
  if (descriptor < 0 || descriptor > 2) return descriptor;
  int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  int error = errno;
  close(descriptor);
  errno = error;
  return moved;
}

enum { MOST_TRIED = 32 };

int hujia_try_descriptors(uint32_t count) {
  int tried[MOST_TRIED];
  uint32_t had = 0;
  int error = 0;
  if (count > MOST_TRIED) count = MOST_TRIED;
  /* Not for a moment one of 0 to 2: another thread would find it taken, and it would be free again under its libuv. */
  if ((error = hujia_hold_standard()) != 0) return error;
  for (; had < count && error == 0; had++) {
    tried[had] = had == 0 ? above_standard(plug()) : fcntl(tried[0], F_DUPFD_CLOEXEC, 3);
    if (tried[had] < 0) {
      error = errno;
      break;
    }
  }
  while (had > 0) close(tried[--had]);
  hujia_let_standard_go();
  return error;
}

int hujia_event_descriptor(void) {
  int error = hujia_hold_standard();
  int made = error == 0 ? above_standard(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) : -1;
  if (error == 0) {
    error = errno;
    hujia_let_standard_go();
  }
  errno = error;
  return made;
}

/* ---- Memory and threads ---- */

int hujia_try_memory(uint64_t bytes) {
  if (bytes > SIZE_MAX / 2) return ENOMEM;
  void *tried = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (tried == MAP_FAILED) return ENOMEM;
  munmap(tried, (size_t)bytes);
  return 0;
}

static void *end_at_once(void *nothing) {
  return nothing;
}

/* What a thread wants beside its stack before it does anything, with room to spare. */
enum { BESIDE_STACK = 2 << 20 };

int hujia_try_threads(uint32_t count) {
  pthread_attr_t attributes;
  size_t stack = 8 << 20;
  if (pthread_attr_init(&attributes) != 0) return ENOMEM;
  pthread_attr_getstacksize(&attributes, &stack);
  pthread_attr_destroy(&attributes);
  if (hujia_try_memory((uint64_t)count * ((uint64_t)stack + BESIDE_STACK)) != 0) return ENOMEM;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int error = pthread_create(&thread, NULL, end_at_once, NULL);
  if (error == 0) pthread_join(thread, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error == 0 ? 0 : EAGAIN;
}

int hujia_is_first_thread(void) {
  return syscall(SYS_gettid) == getpid();
}

/* ---- Hooks ---- */

/* No list of frames on the stack: a hook may be left by longjmp, and the list would lead into nothing. */
enum { DEEPEST = 8 };
static _Thread_local struct {
  const void *owners[DEEPEST];
  uint32_t depth;
} hooks;

static void enter_hook(const void *owner) {
  if (hooks.depth < DEEPEST) hooks.owners[hooks.depth] = owner;
  hooks.depth++;
}

void *hujia_call_allocate(hujia_allocate_hook allocate, hujia_release_hook release, void *context, uint64_t bytes,
                          uint64_t alignment, const void *owner) {
  uint64_t settled = hujia_forks_settled();
  enter_hook(owner);
  void *result = allocate(context, bytes, alignment);
  int is_child = hujia_is_forked() || hujia_forks_settled() != settled;
  if (is_child && result != NULL) {
    /* The hook has forked and came back in the child: the engine's threads and locks are not here. Refused. */
    release(context, result, bytes, alignment);
    result = NULL;
  }
  hooks.depth--;
  return result;
}

void hujia_call_release(hujia_release_hook release, void *context, void *pointer, uint64_t bytes, uint64_t alignment,
                        const void *owner) {
  enter_hook(owner);
  release(context, pointer, bytes, alignment);
  hooks.depth--;
}

int hujia_is_in_hook(const void *owner) {
  if (owner == NULL) return hooks.depth > 0;
  if (hooks.depth > DEEPEST) return 1; /* deeper than it is written down */
  for (uint32_t index = 0; index < hooks.depth; index++)
    if (hooks.owners[index] == owner) return 1;
  return 0;
}

uint32_t hujia_hook_depth(void) {
  return hooks.depth;
}

void hujia_set_hook_depth(uint32_t depth) {
  hooks.depth = depth;
}

int hujia_begin_close_in_hook(void) {
  uint32_t none = 0;
  if (!__atomic_compare_exchange_n(&closing_in_hook, &none, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) return 0;
  closes_in_hook = 1;
  return 1;
}

int hujia_closes_in_hook(void) {
  return closes_in_hook;
}

void hujia_end_close_in_hook(void) {
  closes_in_hook = 0;
  __atomic_store_n(&closing_in_hook, 0, __ATOMIC_RELEASE);
}
