/* What the tests of a journal's places need: one engine, reports that can be found again, what is said of a folder. */
#ifndef HUJIA_TEST_PLACES_HOST_H
#define HUJIA_TEST_PLACES_HOST_H

#include "journal_host.h"

static hj_engine *engine;
static char ring[96];

static void open_here(const char *ring_path) {
  hj_config config = journal_config(HJ_RUN_POLL);
  config.ring_path = ring_path;
  engine = open_engine(&config);
  poll_at(engine, START_NS);
}

static uint64_t reported; /* keys so far */

static void report_some(int count) {
  for (int index = 0; index < count; index++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
    report.key_high = 4;
    report.key_low = ++reported;
    hj_dispatch answer = empty_dispatch();
    hj_status status = hj_incident_report(engine, &report, &answer);
    CHECK_EACH(status == HJ_OK || status == HJ_MANUAL);
  }
}

static hj_status wait_for(int64_t time_ns) {
  return hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, time_ns);
}

static hj_health_info health(void) {
  hj_health_info info;
  memset(&info, 0, sizeof info);
  info.size = sizeof info;
  REQUIRE_STATUS(hj_health(engine, &info), HJ_OK);
  return info;
}

/* All reports up to this one are there. */
static void are_there(uint64_t last) {
  for (uint64_t key = 1; key <= last; key++) {
    uint64_t incident = 0;
    CHECK_EACH_STATUS(hj_incident_find(engine, 4, key, NULL, &incident), HJ_OK);
  }
}

static void refused(hj_status expected, const char *words) {
  hj_config config = journal_config(HJ_RUN_POLL);
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_engine *other = NULL;
  CHECK_STATUS(hj_engine_open(&config, &other, &detail), expected);
  CHECK_TEXT(detail.field, "journal_path");
  CHECK_CONTAINS(detail.text, words);
}

static int32_t ended_with(void (*body)(void)) {
  pid_t child = fork();
  REQUIRE_AT_LEAST(child, 0);
  if (child == 0) {
    checks_failed = 0;
    body();
    _exit(checks_failed > 0 ? 3 : 0);
  }
  int status;
  REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  return status;
}

static void begin(void) {
  new_folder();
  snprintf(ring, sizeof ring, "%.*s/ring", (int)(strrchr(folder, '/') - folder), folder);
  reported = 0;
}

/* A name beside another. */
static void beside(char *name, const char *path, const char *end) {
  strcpy(name, path);
  strcat(name, end);
}

#endif
