/* See the header. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "hujia_stepping.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* The exit status of a child that may not be traced. */
enum { REFUSED = 77 };

static void end(pid_t child) {
  int status;
  kill(child, SIGKILL);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
}

int64_t hujia_step_through(void (*body)(void *context), void *context, int (*look)(void *own), void *own, int64_t most,
                           int *verdict) {
  *verdict = 0;
  pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) _exit(REFUSED);
    raise(SIGSTOP);
    body(context);
    _exit(0);
  }
  int64_t steps = 0;
  while (1) {
    int status;
    if (waitpid(child, &status, 0) < 0) {
      if (errno == EINTR) continue;
      return -1;
    }
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED) {
        errno = EPERM;
        return -1;
      }
      return steps;
    }
    *verdict = look(own);
    steps++;
    if (*verdict != 0 || steps >= most) {
      end(child);
      return steps;
    }
    if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0) {
      end(child);
      return -1;
    }
  }
}

int hujia_run_and_kill(void (*body)(void *context), void *context, int64_t wait_us) {
  pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) {
    body(context);
    _exit(0);
  }
  usleep((useconds_t)wait_us);
  end(child);
  return 0;
}

void hujia_give_to_children(void *start, uint64_t bytes) {
  madvise(start, bytes, MADV_DOFORK);
}
