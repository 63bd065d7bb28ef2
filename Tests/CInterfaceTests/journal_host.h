/* What the programs about the journal need: a folder that a killed process leaves, and posts that can be told apart. */
#ifndef HUJIA_TEST_JOURNAL_HOST_H
#define HUJIA_TEST_JOURNAL_HOST_H

#include <dirent.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

static char folder[64];

static inline void remove_folder(void) {
  char command[128];
  *strrchr(folder, '/') = 0;
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  CHECK_EACH_EQUAL(system(command), 0);
}

static inline void new_folder(void) {
  /* What a killed process wrote survives it in any file system, and a slow disk would only make fewer kills of it. */
  strcpy(folder, "/dev/shm/hujia-test-XXXXXX");
  if (mkdtemp(folder) == NULL) {
    strcpy(folder, "/tmp/hujia-test-XXXXXX");
    REQUIRE(mkdtemp(folder) != NULL);
  }
  strcat(folder, "/j");
}

static inline hj_config journal_config(int32_t mode) {
  hj_config config = poll_config();
  config.run_mode = mode;
  config.journal_path = folder;
  config.ring_bytes = 4 << 20;
  config.max_incidents = 512;
  config.max_assignments = 512;
  config.event_capacity = 1 << 14;
  config.max_watches = 8;
  return config;
}

static inline hj_journal_info journal_info(hj_engine *engine) {
  hj_journal_info info;
  memset(&info, 0, sizeof info);
  info.size = sizeof info;
  REQUIRE_STATUS(hj_journal_status(engine, &info), HJ_OK);
  return info;
}

static inline uint32_t read_events(hj_engine *engine, hj_event *events, uint32_t capacity) {
  uint32_t count = 0;
  memset(events, 0, sizeof *events * capacity);
  events[0].size = sizeof *events;
  REQUIRE_STATUS(hj_events_poll(engine, events, capacity, &count), HJ_OK);
  return count;
}

static inline void in_a_child(void (*body)(void)) {
  pid_t child = fork();
  REQUIRE_AT_LEAST(child, 0);
  if (child == 0) {
    body();
    _exit(1);
  }
  int status;
  REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  REQUIRE_EQUAL(status, SIGKILL); /* of a process that a signal ended it is the signal's number */
}

/* Every second one has no key: nothing but the queue itself keeps it from being decided twice. */
static inline hj_report numbered_post(uint32_t number) {
  hj_report report = make_report(HJ_TIER_EMERGENCY, (int)(number % 300), 7);
  memcpy(report.reference, &number, sizeof number);
  if (number % 2 == 0) {
    report.key_high = 8;
    report.key_low = number;
  }
  return report;
}

static inline uint32_t number_of(const hj_event *event) {
  uint32_t number;
  memcpy(&number, event->reference, sizeof number);
  return event->kind == HJ_EVENT_DECIDED ? number : 0;
}

static inline int holds_word(const unsigned char *bytes, size_t count, uint64_t wanted) {
  for (size_t at = 0; at + sizeof wanted <= count; at++)
    if (memcmp(bytes + at, &wanted, sizeof wanted) == 0) return 1;
  return 0;
}

/* Whether a segment or a stream of the folder holds the eight bytes. */
static inline int is_on_record(uint64_t wanted) {
  DIR *listing = opendir(folder);
  struct dirent *entry;
  int found = 0;
  REQUIRE(listing != NULL);
  while ((entry = readdir(listing)) != NULL) {
    char path[512];
    static unsigned char bytes[4 << 20];
    if (strncmp(entry->d_name, "snapshot-", 9) == 0) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) continue;
    size_t count;
    while ((count = fread(bytes, 1, sizeof bytes, file)) > 0) found |= holds_word(bytes, count, wanted);
    fclose(file);
  }
  closedir(listing);
  return found;
}

#endif
