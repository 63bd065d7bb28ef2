/* A process is killed at exactly the n-th system call of a fixed life, before the call and behind it, for every n: the
 * next one finds all that was answered and ends as an undisturbed life does.
 *
 *   journal_kills [STEP [KIND [FROM]]]     every STEP-th stop (two a call); default: about twenty of them; 1: all.
 *                                          KIND: lives of that kind alone (life_kinds.h); below 0, default: of each in
 *                                          turn. FROM: from this stop on */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/ptrace.h>
#include <time.h>

#include "fixed_life.h"

static int32_t *may_begin;

static void rest_us(long time_us) {
  struct timespec pause = {0, 1000 * time_us};
  nanosleep(&pause, NULL);
}

static void live(void) {
  checks_failed = 0;
  while (!__atomic_load_n(may_begin, __ATOMIC_ACQUIRE)) rest_us(50);
  life_go_on();
  _exit(checks_failed > 0 ? 3 : 0);
}

/* Kills the child at its `last`-th stop at a system call of any of its threads. How many stops there were; below 0:
 * nobody may trace it. `is_killed`: it did not end by itself before. */
static long run_to(long last, int *is_killed) {
  const long options = PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
  __atomic_store_n(may_begin, 0, __ATOMIC_RELEASE);
  pid_t child = fork();
  REQUIRE_AT_LEAST(child, 0);
  if (child == 0) live();
  int status;
  *is_killed = 0;
  if (ptrace(PTRACE_SEIZE, child, NULL, options) != 0 || ptrace(PTRACE_INTERRUPT, child, NULL, NULL) != 0) {
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return -1;
  }
  long stops = 0;
  for (;;) {
    pid_t thread = waitpid(-1, &status, __WALL);
    REQUIRE_MORE(thread, 0);
    if (!WIFSTOPPED(status)) {
      if (thread != child) continue;
      if (!*is_killed) CHECK_EACH_EQUAL(status, 0);
      return stops;
    }
    /* The first stop is ours. */
    __atomic_store_n(may_begin, 1, __ATOMIC_RELEASE);
    int signal = WSTOPSIG(status);
    if (signal == (SIGTRAP | 0x80) && ++stops == last) {
      *is_killed = 1;
      kill(child, SIGKILL);
      continue;
    }
    int is_ours = signal == (SIGTRAP | 0x80) || status >> 16 != 0;
    ptrace(PTRACE_SYSCALL, thread, NULL, (void *)(long)(is_ours ? 0 : signal));
  }
}

/* Between the renaming of a snapshot and all that comes behind it, of each snapshot of a life: no stop hits that for
 * certain, as a life has a few calls more or less. */
static void behind_each_snapshot(int kind) {
  int64_t deaths = 0;
  for (int64_t number = 1;; number++) {
    life_forget(kind);
    world->dies_at = number;
    pid_t child = fork();
    REQUIRE_AT_LEAST(child, 0);
    if (child == 0) {
      checks_failed = 0;
      life_go_on();
      _exit(checks_failed > 0 ? 3 : 0);
    }
    int status;
    REQUIRE_EQUAL(waitpid(child, &status, 0), child);
    world->dies_at = 0;
    int is_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    CHECK_EACH(is_killed || status == 0);
    deaths += is_killed;
    if (!life_again(HJ_HEALTH_KEPT_TOO_LONG))
      fprintf(stderr, "killed behind snapshot %d of kind %d\n", (int)number, life->kind);
    remove_folder();
    if (!is_killed) break;
  }
  CHECK_AT_LEAST(deaths, 4);
}

int main(int argc, char **argv) {
  life_take_book();
  may_begin = mmap(NULL, sizeof *may_begin, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(may_begin != MAP_FAILED);
  life_undisturbed();
  int kind = argc > 2 ? atoi(argv[2]) : -1;
  for (int each = 0; each < LIFE_KINDS; each++)
    if (kind < 0 || kind == each) behind_each_snapshot(each);
  life_forget(kind < 0 ? LIFE_KINDS - 1 : kind);
  int is_killed;
  long all = run_to(-1, &is_killed);
  remove_folder();
  if (all < 0) {
    check_skip("killed at each system call", "this system lets nobody trace a process");
    return check_finish();
  }
  CHECK_MORE(all, 300);
  long step = argc > 1 ? atol(argv[1]) : all / 22;
  long from = argc > 3 ? atol(argv[3]) : step;
  long kills = 0;
  /* A life has a few calls more or less: how often its threads wait for each other is not fixed. */
  for (long stop = from; stop < 4 * all; stop += step) {
    life_forget(kind < 0 ? (int)(stop / step % LIFE_KINDS) : kind);
    run_to(stop, &is_killed);
    int ended = life->done >= LIFE_STEPS;
    kills += is_killed;
    int step_of = life->begun;
    if (!life_again(HJ_HEALTH_KEPT_TOO_LONG))
      fprintf(stderr, "killed at stop %ld of kind %d, in step %d\n", stop, life->kind, step_of);
    remove_folder();
    if (!is_killed && ended) break;
  }
  printf("note: %ld kills at the stops of %ld system calls, each %ld\n", kills, all / 2, step);
  CHECK_AT_LEAST(kills, argc > 3 ? 1 : all / step / 2);
  return check_finish();
}
