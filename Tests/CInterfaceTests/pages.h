/* Lists, page by page: the three tables alike, each entry held against its own read. */
#ifndef HUJIA_TEST_PAGES_H
#define HUJIA_TEST_PAGES_H

#include "host.h"

enum { MOST = 1500, INCIDENTS = 300 };

static hj_config ask_config(int32_t mode, const char *journal) {
  hj_config config = poll_config();
  config.run_mode = mode;
  config.journal_path = journal;
  if (journal != NULL) config.ring_bytes = 4 << 20;
  config.max_units = 256;
  config.max_incidents = INCIDENTS;
  config.max_assignments = 512;
  config.max_watches = 128;
  config.event_capacity = 1 << 14;
  return config;
}

/* ---- Pages ---- */

static int list_incidents(hj_engine *engine, uint64_t *cursor, void *room, uint32_t capacity, uint32_t *count,
                          uint64_t *sequence) {
  return hj_incidents_list(engine, cursor, room, capacity, count, sequence);
}
static int list_units(hj_engine *engine, uint64_t *cursor, void *room, uint32_t capacity, uint32_t *count,
                      uint64_t *sequence) {
  return hj_units_list(engine, cursor, room, capacity, count, sequence);
}
static int list_watches(hj_engine *engine, uint64_t *cursor, void *room, uint32_t capacity, uint32_t *count,
                        uint64_t *sequence) {
  return hj_watches_list(engine, cursor, room, capacity, count, sequence);
}

static int read_incident_of(hj_engine *engine, uint64_t id, void *room) {
  return hj_incident_read(engine, id, room);
}
static int read_unit_of(hj_engine *engine, uint64_t id, void *room) {
  return hj_unit_read(engine, id, room);
}
static int read_watch_of(hj_engine *engine, uint64_t id, void *room) {
  return hj_watch_read(engine, id, room);
}

/* The three lists. In each of their structs a status comes second and the id third. */
static const struct table {
  const char *name;
  int (*list)(hj_engine *, uint64_t *, void *, uint32_t, uint32_t *, uint64_t *);
  int (*read)(hj_engine *, uint64_t, void *);
  uint32_t size;
} tables[] = {{"incidents", list_incidents, read_incident_of, sizeof(hj_incident_status)},
              {"units", list_units, read_unit_of, sizeof(hj_unit_status)},
              {"watches", list_watches, read_watch_of, sizeof(hj_watch_status)}};
enum { TABLES = 3, ROOM = 4096 };

static uint64_t id_of(const char *entry) {
  uint64_t id;
  memcpy(&id, entry + 8, sizeof id);
  return id;
}

/* All pages of `capacity`; returns how many entries, each as its own read gives it, none twice. */
static uint32_t list_all(hj_engine *engine, const struct table *table, uint32_t capacity, uint64_t *ids) {
  static char room[64 * ROOM / 8], one[ROOM];
  uint64_t cursor = 0, before = 0;
  uint32_t total = 0, count = 0;
  do {
    uint64_t sequence = 0;
    memset(room, 0, sizeof room);
    memcpy(room, &table->size, sizeof table->size);
    REQUIRE_STATUS(table->list(engine, &cursor, room, capacity, &count, &sequence), HJ_OK);
    CHECK_EACH_AT_MOST(count, capacity < HJ_PAGE_MAX ? capacity : HJ_PAGE_MAX);
    if (count == 0) CHECK_EACH_EQUAL(cursor, 0); /* only a last page is empty */
    CHECK_EACH_AT_LEAST(sequence, before);
    before = sequence;
    for (uint32_t index = 0; index < count; index++) {
      const char *entry = room + index * table->size;
      memset(one, 0, sizeof one);
      memcpy(one, &table->size, sizeof table->size);
      REQUIRE_STATUS(table->read(engine, id_of(entry), one), HJ_OK);
      CHECK_EACH_BYTES(entry, one, table->size);
      for (uint32_t other = 0; other < total; other++) CHECK_EACH_DIFFERENT(ids[other], id_of(entry));
      REQUIRE_LESS(total, MOST);
      ids[total++] = id_of(entry);
    }
  } while (cursor != 0);
  return total;
}

static int holds(const uint64_t *ids, uint32_t count, uint64_t id) {
  for (uint32_t index = 0; index < count; index++)
    if (ids[index] == id) return 1;
  return 0;
}

static const char plans[] =
    "{\"version\": 1, \"clocks\": {\"callback\": {\"limit_s\": 600, \"steps\": [{\"do\": \"notify_again\"}]}},"
    " \"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 2}]}]}";

#endif
