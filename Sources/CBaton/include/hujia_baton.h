/* What Swift cannot say of itself: sleep on a word of memory, rest while spinning, keep a table in static memory (a
 * Swift global is looked up through a once-flag at every call). Must never: know what a call does, allocate. */
#ifndef HUJIA_BATON_H
#define HUJIA_BATON_H

#include <stdint.h>

/* A call that waits for the baton, on its caller's stack. What it asks for is a plain value on the same stack, named by
 * its address. `next`, `carried` and `state` are atomic. The others are the holder's from publishing until the state is
 * HUJIA_DONE. */
typedef struct hujia_request {
  const void *errand; /* a command, a question, a visit of the loop; NULL: the caller wants the baton itself */
  void *decision;     /* of a command: where its decision goes; NULL: nowhere */
  uintptr_t next;     /* the request published before this one */
  uint64_t carried;   /* calls carried out when its turn came */
  uint32_t state;     /* HUJIA_WAITS ... */
  uint16_t kind;      /* HUJIA_COMMAND ... */
  uint16_t reserved0;
  int32_t status; /* what became of it */
  uint32_t reserved1;
} hujia_request;

enum { HUJIA_WAITS = 0, HUJIA_SLEEPS = 1, HUJIA_DONE = 2, HUJIA_YOURS = 3 };
/* A host's command; the engine's own command, which a drain does not refuse; a question; a visit of the loop. */
enum { HUJIA_COMMAND = 0, HUJIA_OWN_COMMAND = 1, HUJIA_QUESTION = 2, HUJIA_VISIT = 3 };

/* Sleeps while *word is `expected`; may also return for nothing. */
void hujia_sleep(uint32_t *word, uint32_t expected);
/* The same, at most this long. */
void hujia_sleep_for(uint32_t *word, uint32_t expected, int64_t most_ns);
/* Wakes the thread that sleeps on the word. The word may be gone by now: only its address is used. */
void hujia_wake(uint32_t *word);
/* Wakes at most `count` that sleep on the word, those that have slept longest first. */
void hujia_wake_some(uint32_t *word, uint32_t count);

/* Adds one to the count of an event descriptor; takes the count of an event or timer descriptor. Neither waits, and
 * neither is a cancellation point, as write() and read() are: a thread that holds the baton must not end there. */
void hujia_ring(int32_t descriptor);
void hujia_hush(int32_t descriptor);

/* The handles: a line of the cache each, so that callers of two engines do not disturb each other. */
enum { HUJIA_SLOTS = 256 };
typedef struct hujia_slot {
  uint64_t state; /* generation << 32 | closing << 31 | users */
  void *engine;
  uint64_t inherited; /* generations up to this one are handles of a process that this one was forked from */
  uint64_t padding[5];
} hujia_slot;
extern hujia_slot hujia_slots[HUJIA_SLOTS];
static inline hujia_slot *hujia_slot_at(uint32_t index) {
  return &hujia_slots[index];
}

/* What this thread wrote before is seen by every thread before it reads what comes after. (The language's own fence is
 * an `mfence`, which costs twice as much.) */
static inline void hujia_fence(void) {
#if defined(__x86_64__)
  __asm__ __volatile__("lock; orl $0, (%%rsp)" ::: "memory", "cc");
#else
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

/* One rest in a spinning loop. */
static inline void hujia_rest(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

#endif
