/* The process ends while calls are under way and the engine's own threads run: by exit, quick_exit, a return from main,
 * with the library unloaded (dlclose) or not. It ends with the host's status, and at once. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

static hj_engine *engine;

static void *call_for_ever(void *raw) {
  for (int times = 0;; times++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, times % 40, (int)(intptr_t)raw);
    hj_dispatch answer = empty_dispatch();
    hj_event events[16];
    uint32_t count = 0;
    memset(&events[0], 0, sizeof events[0]);
    events[0].size = sizeof events[0];
    hj_incident_report(engine, &report, &answer);
    hj_incident_cancel(engine, answer.incident_id, 0);
    hj_incident_post_within(engine, &report, 1000000);
    hj_events_poll(engine, events, 16, &count);
    if ((intptr_t)raw == 0) hj_plans_migrate(engine, NULL);
  }
  return NULL;
}

static void *wait_for_ever(void *raw) {
  hj_report report = make_report(HJ_TIER_ROUTINE, 1, 1);
  while (1) hj_incident_post_within(raw, &report, INT64_MAX);
  return NULL;
}

enum { BY_EXIT, BY_QUICK_EXIT, BY_UNLOADING, WAYS };

static int busy_child(int way, int after_us) {
  hj_config config = poll_config();
  config.post_capacity = 2;
  hj_engine *unpolled = open_engine(&config);
  config.run_mode = HJ_RUN_THREAD;
  config.stall_ms = 20;
  config.traffic = HJ_TRAFFIC_AT_OPEN;
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  pthread_t thread;
  for (int index = 0; index < 4; index++)
    REQUIRE_EQUAL(pthread_create(&thread, NULL, call_for_ever, (void *)(intptr_t)index), 0);
  REQUIRE_EQUAL(pthread_create(&thread, NULL, wait_for_ever, unpolled), 0);
  struct timespec pause = {0, after_us * 1000};
  nanosleep(&pause, NULL);
  if (way == BY_QUICK_EXIT) quick_exit(7);
  if (way == BY_UNLOADING) {
    Dl_info about;
    REQUIRE_DIFFERENT(dladdr((void *)(intptr_t)hj_version, &about), 0);
    void *library = dlopen(about.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    for (int times = 0; library != NULL && times < 3; times++) dlclose(library);
  }
  return 7;
}

int main(void) {
  int rounds = getenv("HUJIA_TEST_SMALL") != NULL ? 8 : 30;
  for (int way = BY_EXIT; way < WAYS; way++) {
    int ended = 0;
    for (int round = 0; round < rounds; round++) {
      fflush(NULL);
      pid_t child = fork();
      REQUIRE_AT_LEAST(child, 0);
      if (child == 0) {
        alarm(60);
        int status = busy_child(way, round * 331 % 5000);
        exit(checks_failed == 0 ? status : 1); /* as a return from main */
      }
      int status = -1;
      REQUIRE_EQUAL(waitpid(child, &status, 0), child);
      CHECK_EACH(WIFEXITED(status));
      ended += WIFEXITED(status) && WEXITSTATUS(status) == 7;
    }
    CHECK_EQUAL(ended, rounds);
  }
  return check_finish();
}
