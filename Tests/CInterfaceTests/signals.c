/* The host's signals are the host's: no handler appears, not by loading, opening, running or closing, and the loop
 * thread takes no signal away from the host's own. */
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

static struct sigaction before[65];
static int taken_on_main;
static pthread_t main_thread;

static void on_signal(int number) {
  (void)number;
  if (pthread_equal(pthread_self(), main_thread)) taken_on_main++;
}

static int handlers_that_changed(void) {
  int changed = 0;
  for (int number = 1; number <= 64; number++) {
    struct sigaction now;
    if (sigaction(number, NULL, &now) != 0) continue;
    if (now.sa_handler != before[number].sa_handler || now.sa_flags != before[number].sa_flags) {
      fprintf(stderr, "signal %d changed\n", number);
      changed++;
    }
  }
  return changed;
}

int main(void) {
  main_thread = pthread_self();
  struct sigaction mine;
  memset(&mine, 0, sizeof mine);
  mine.sa_handler = on_signal;
  sigaction(SIGUSR1, &mine, NULL);
  for (int number = 1; number <= 64; number++) sigaction(number, NULL, &before[number]);
  for (int number = 1; number < 32; number++) /* loaded by now: nothing but ours */
    if (number != SIGUSR1) CHECK(before[number].sa_handler == SIG_DFL || before[number].sa_handler == SIG_IGN);

  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  CHECK_EQUAL(handlers_that_changed(), 0);
  for (int times = 0; times < 200; times++) {
    kill(getpid(), SIGUSR1); /* to the process: any thread that does not block it may get it */
    struct timespec pause = {0, 100000};
    nanosleep(&pause, NULL);
  }
  CHECK_MORE(taken_on_main, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  CHECK_EQUAL(handlers_that_changed(), 0);
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, NULL, &mask);
  for (int number = 1; number < 32; number++) CHECK_EQUAL(sigismember(&mask, number), 0);
  return check_finish();
}
