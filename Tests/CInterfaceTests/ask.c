/* Asking what is open: pages and names. Each list and each look-up is held against a slow twin, a read of
 * every id that was ever given, while a random host works, before and after it was killed, and beside other threads. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pages.h"

enum { UNITS = 150, WATCHES = 90, NAMES = 40 };

/* What a host's data base would know. It survives the process that writes it. */
struct known {
  uint64_t id, key, reference, referred; /* `referred`: when it got its reference */
};
static struct book {
  uint32_t count;
  uint64_t now; /* counts what happens */
  int64_t now_ns;
  struct known known[MOST];
} * book;

static char folder[64];

static void new_folder(void) {
  strcpy(folder, "/dev/shm/hujia-test-XXXXXX");
  if (mkdtemp(folder) == NULL) {
    strcpy(folder, "/tmp/hujia-test-XXXXXX");
    REQUIRE(mkdtemp(folder) != NULL);
  }
  strcat(folder, "/j");
}

static void remove_folder(void) {
  char command[128];
  *strrchr(folder, '/') = 0;
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  CHECK_EACH_EQUAL(system(command), 0);
}

/* ---- The slow twins ---- */

static int is_under_way(hj_engine *engine, uint64_t id) {
  hj_incident_status status;
  memset(&status, 0, sizeof status);
  status.size = sizeof status;
  if (hj_incident_read(engine, id, &status) != HJ_OK) return 0;
  if (status.state == HJ_INCIDENT_ARCHIVED || status.state == HJ_INCIDENT_CANCELLED) return 0;
  if (status.state != HJ_INCIDENT_CLOSED) return 1;
  hj_clock_ref clock = {.size = sizeof clock, .clock = HJ_CLOCK_CALLBACK, .incident_id = id};
  hj_clock_status running = {.size = sizeof running};
  REQUIRE_STATUS(hj_clock_read(engine, &clock, &running), HJ_OK);
  return running.state != HJ_CLOCK_STATE_NONE;
}

static void check_list(hj_engine *engine, int which, uint32_t capacity) {
  static uint64_t ids[MOST];
  uint32_t count = list_all(engine, &tables[which], capacity, ids), expected = 0;
  if (which == 0) {
    for (uint32_t index = 0; index < book->count; index++) {
      int is_open = is_under_way(engine, book->known[index].id);
      CHECK_EACH_EQUAL(holds(ids, count, book->known[index].id), is_open);
      expected += (uint32_t)is_open;
    }
  } else {
    for (uint64_t id = 1; id <= UNITS; id++) {
      char one[ROOM] = {0};
      memcpy(one, &tables[which].size, sizeof tables[which].size);
      int is_there = tables[which].read(engine, id, one) == HJ_OK;
      CHECK_EACH_EQUAL(holds(ids, count, id), is_there);
      expected += (uint32_t)is_there;
    }
  }
  CHECK_EACH_EQUAL(count, expected);
}

static void reference_of(uint64_t number, uint8_t *reference) {
  memset(reference, 0, 32);
  if (number > 0) snprintf((char *)reference, 32, "case %" PRIu64, number);
}

static int is_kept(hj_engine *engine, uint64_t id) {
  hj_incident_status status;
  memset(&status, 0, sizeof status);
  status.size = sizeof status;
  return hj_incident_read(engine, id, &status) == HJ_OK;
}

/* Of all that are kept, the one opened last with this key, and the one that got this reference last. */
static void check_names(hj_engine *engine) {
  uint64_t by_key[NAMES + 1] = {0}, by_reference[NAMES + 1] = {0}, when[NAMES + 1] = {0};
  for (uint32_t index = 0; index < book->count; index++) {
    const struct known *known = &book->known[index];
    if (!is_kept(engine, known->id)) continue;
    by_key[known->key] = known->id;
    if (known->referred < when[known->reference]) continue;
    when[known->reference] = known->referred;
    by_reference[known->reference] = known->id;
  }
  for (uint64_t name = 1; name <= NAMES; name++) {
    uint64_t found = 0;
    hj_status status = hj_incident_find(engine, 9, name, NULL, &found);
    CHECK_EACH_STATUS(status, by_key[name] ? HJ_OK : HJ_E_UNKNOWN);
    CHECK_EACH_EQUAL(found, by_key[name]);
    uint8_t reference[32];
    reference_of(name, reference);
    found = 0;
    status = hj_incident_find(engine, 0, 0, reference, &found);
    CHECK_EACH_STATUS(status, by_reference[name] ? HJ_OK : HJ_E_UNKNOWN);
    CHECK_EACH_EQUAL(found, by_reference[name]);
  }
}

static void check_all(hj_engine *engine, uint32_t capacity) {
  for (int which = 0; which < TABLES; which++) check_list(engine, which, capacity);
  check_names(engine);
}

/* ---- A random host ---- */

static unsigned seed;
static uint32_t below(uint32_t bound) {
  return (uint32_t)rand_r(&seed) % bound;
}

static void report_one(hj_engine *engine) {
  if (book->count == MOST) return;
  struct known *known = &book->known[book->count];
  hj_report report = make_report((int32_t)(1 + below(4)), (int)below(300), 3);
  known->key = below(NAMES + 1);
  known->reference = below(3) == 0 ? 1 : below(NAMES + 1); /* one name that very many share */
  if (known->key > 0) report.key_high = 9;
  report.key_low = known->key;
  reference_of(known->reference, report.reference);
  hj_dispatch answer = empty_dispatch();
  hj_status status = hj_incident_report(engine, &report, &answer);
  if (status != HJ_OK && status != HJ_MANUAL) return; /* known, or another body under a known key, or full */
  known->id = answer.incident_id;
  known->referred = ++book->now;
  book->count++;
}

static void change_one(hj_engine *engine) {
  if (book->count == 0) return;
  struct known *known = &book->known[book->count - 1 - below(book->count < 80 ? book->count : 80)];
  hj_dispatch answer = empty_dispatch();
  switch (below(6)) {
    case 0:
      hj_incident_cancel(engine, known->id, 0);
      break;
    case 1:
    case 2:
      hj_incident_close(engine, known->id, 1, 0);
      break;
    case 3:
      hj_incident_called_back(engine, known->id, 0);
      break;
    default: {
      hj_incident_status status;
      memset(&status, 0, sizeof status);
      status.size = sizeof status;
      if (hj_incident_read(engine, known->id, &status) != HJ_OK) return;
      hj_report report = make_report(status.tier, 0, 0);
      report.lat_e7 = status.lat_e7;
      report.lon_e7 = status.lon_e7;
      uint64_t name = below(NAMES + 1);
      reference_of(name, report.reference);
      hj_status changed = hj_incident_update(engine, known->id, &report, &answer);
      if (!hj_is_taken(changed) || name == 0 || name == known->reference) return;
      known->reference = name;
      known->referred = ++book->now;
    }
  }
}

static void act(hj_engine *engine) {
  uint64_t id = 1 + below(UNITS);
  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.id = 1 + below(WATCHES);
  watch.limit_s = 0; /* that of the plans: no incident is opened by silence here */
  hj_unit unit = make_unit(id, (int)below(400), 0);
  switch (below(12)) {
    case 0:
      hj_unit_put(engine, &unit);
      break;
    case 1:
      hj_unit_remove(engine, id);
      break;
    case 2:
      hj_watch_put(engine, &watch);
      break;
    case 3:
      hj_watch_remove(engine, watch.id);
      break;
    case 4:
      hj_unit_set_activity(engine, id, below(2) ? HJ_ACTIVITY_MEAL : HJ_ACTIVITY_PATROLLING, 0);
      break;
    case 5:
    case 6:
    case 7:
      report_one(engine);
      break;
    case 8:
    case 9:
      change_one(engine);
      break;
    case 10: {
      hj_unit_status status = {.size = sizeof status};
      if (hj_unit_read(engine, id, &status) != HJ_OK || status.assignment_id == 0) return;
      hj_assignment_advance(engine, status.assignment_id, (int32_t)(HJ_ASSIGNMENT_DELIVERED + below(8)), 0);
      break;
    }
    default:
      book->now_ns += (int64_t)below(200) * SECOND_NS;
      poll_at(engine, book->now_ns);
  }
}

static void work(hj_engine *engine, uint32_t acts) {
  for (uint32_t index = 0; index < acts; index++) {
    act(engine);
    if (index % 16 == 0) drop_events(engine);
    if (index % 97 == 0) check_all(engine, (uint32_t[]){1, 7, 64, UINT32_MAX}[below(4)]);
  }
}

/* One life after the other, each ended without a word. */
static void live_and_die(void) {
  hj_config config = ask_config(HJ_RUN_POLL, folder);
  config.key_retention_s = 900;
  hj_engine *engine = open_engine(&config);
  if (book->count == 0) REQUIRE_STATUS(hj_plans_load(engine, plans, sizeof plans - 1, NULL), HJ_OK);
  poll_at(engine, book->now_ns);
  check_all(engine, 5);
  work(engine, 1500);
  check_all(engine, 5);
  if (checks_failed > 0) exit(1);
  kill(getpid(), SIGKILL);
}

static void a_random_host(void) {
  memset(book, 0, sizeof *book);
  book->now_ns = START_NS;
  new_folder();
  for (int life = 0; life < 3; life++) {
    seed = (unsigned)life + 1;
    pid_t child = fork();
    REQUIRE_AT_LEAST(child, 0);
    if (child == 0) live_and_die();
    int status;
    REQUIRE_EQUAL(waitpid(child, &status, 0), child);
    REQUIRE_EQUAL(status, SIGKILL);
  }
  hj_config config = ask_config(HJ_RUN_POLL, folder);
  config.key_retention_s = 900;
  hj_engine *engine = open_engine(&config);
  for (int which = 0; which < 3; which++) check_all(engine, (uint32_t[]){1, 64, 1000}[which]);
  CHECK_MORE(book->count, INCIDENTS); /* slots were used again: names of records that are gone lead nowhere */
  CHECK_EQUAL(is_kept(engine, book->known[0].id), 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  engine = open_engine(&config);
  check_all(engine, 3);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* ---- What is refused ---- */

static void wrong_arguments(void) {
  hj_config config = ask_config(HJ_RUN_POLL, NULL);
  hj_engine *engine = open_engine(&config);
  poll_at(engine, START_NS);
  for (uint64_t id = 1; id <= 100; id++) {
    put_unit(engine, id, (int)id, 0);
    hj_watch watch = {.size = sizeof watch, .id = id};
    REQUIRE_STATUS(hj_watch_put(engine, &watch), HJ_OK);
    hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
    hj_dispatch answer = empty_dispatch();
    REQUIRE_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  }
  static char room[64 * ROOM / 8];
  uint64_t last = 0, sequence = 77;
  for (int which = 0; which < TABLES; which++) {
    const struct table *table = &tables[which];
    memcpy(room, &table->size, sizeof table->size);
    uint32_t count = 9;
    uint64_t cursor = 0;
    CHECK_STATUS_OF(table->name, table->list(engine, NULL, room, 1, &count, &sequence), HJ_E_NULL);
    CHECK_STATUS_OF(table->name, table->list(engine, &cursor, room, 1, NULL, &sequence), HJ_E_NULL);
    CHECK_STATUS_OF(table->name, table->list(engine, &cursor, NULL, 1, &count, &sequence), HJ_E_NULL);
    CHECK_STATUS_OF(table->name, table->list(engine, &cursor, NULL, 0, &count, NULL), HJ_OK);
    CHECK_EQUAL(count, 0);
    CHECK_STATUS_OF(table->name, table->list(engine, &cursor, room, 3, &count, NULL), HJ_OK);
    CHECK_EQUAL(count, 3);
    uint64_t second = cursor;
    CHECK_STATUS_OF(table->name, table->list(engine, &cursor, NULL, 0, &count, &sequence), HJ_OK);
    CHECK_EQUAL(cursor, second);
    CHECK_EQUAL(sequence, 77);
    memcpy(room, (uint32_t[]){0}, 4);
    CHECK_STATUS_OF(table->name, table->list(engine, &cursor, room, 1, &count, NULL), HJ_E_SIZE);
    memcpy(room, (uint32_t[]){table->size + 8}, 4);
    memset(room + table->size, 1, 8);
    CHECK_STATUS_OF(table->name, table->list(engine, &cursor, room, 1, &count, NULL), HJ_E_NEWER);
    memcpy(room, &table->size, sizeof table->size);
    CHECK_EQUAL(cursor, second);
    /* Forged: of another list, beyond the table, any number. */
    uint64_t forged = last;
    if (last != 0) CHECK_STATUS_OF(table->name, table->list(engine, &forged, room, 64, &count, NULL), HJ_E_ARGUMENT);
    forged = (second & ~UINT64_C(0xffffffff)) | UINT32_MAX;
    CHECK_STATUS_OF(table->name, table->list(engine, &forged, room, 64, &count, NULL), HJ_E_ARGUMENT);
    CHECK_EQUAL(forged, (second & ~UINT64_C(0xffffffff)) | UINT32_MAX);
    CHECK_EQUAL(count, 0);
    forged = second & ~UINT64_C(0xffffffff);
    CHECK_STATUS_OF(table->name, table->list(engine, &forged, room, 64, &count, NULL), HJ_E_ARGUMENT);
    for (int round = 0; round < 3000; round++) {
      forged = (uint64_t)rand_r(&seed) << 33 ^ (uint64_t)rand_r(&seed);
      if (round % 2) forged = (second & ~UINT64_C(0xffffffff)) | below(1 << (round % 20));
      hj_status status = table->list(engine, &forged, room, UINT32_MAX, &count, NULL);
      if (status != HJ_OK) CHECK_EACH_STATUS(status, HJ_E_ARGUMENT);
      CHECK_EACH_AT_MOST(count, HJ_PAGE_MAX);
    }
    last = second;
  }
  uint64_t id = 5;
  uint8_t reference[32] = {0};
  CHECK_STATUS(hj_incident_find(engine, 1, 2, NULL, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_incident_find(engine, 0, 0, NULL, &id), HJ_E_NULL);
  CHECK_STATUS(hj_incident_find(engine, 0, 0, reference, &id), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_find(engine, 1, 2, NULL, &id), HJ_E_UNKNOWN);
  CHECK_STATUS(hj_incident_find(engine, UINT64_MAX, UINT64_MAX, reference, &id), HJ_E_UNKNOWN);
  memset(reference, 255, sizeof reference);
  CHECK_STATUS(hj_incident_find(engine, 0, 0, reference, &id), HJ_E_UNKNOWN);
  CHECK_EQUAL(id, 5);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Beside other threads ---- */

enum { CHANGERS = 3, CHANGES = 500 };
static hj_engine *shared_engine;
static int32_t left;

static void *change_much(void *unused) {
  (void)unused;
  uint64_t mine[8] = {0};
  for (int index = 0; index < CHANGES; index++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
    hj_dispatch answer = empty_dispatch();
    hj_status status = hj_incident_report(shared_engine, &report, &answer);
    if (!hj_is_taken(status)) continue;
    if (mine[index % 8] != 0) CHECK_EACH_STATUS(hj_incident_close(shared_engine, mine[index % 8], 1, 0), HJ_OK);
    mine[index % 8] = answer.incident_id;
  }
  __atomic_sub_fetch(&left, 1, __ATOMIC_ACQ_REL);
  return NULL;
}

enum { LISTED = 4096 };
static struct listing {
  uint64_t first, last;
  uint32_t count;
  uint64_t ids[LISTED];
} listing;

static void list_once(uint32_t capacity) {
  static hj_incident_status page[HJ_PAGE_MAX];
  uint64_t cursor = 0;
  listing.count = 0;
  listing.first = 0;
  do {
    uint32_t count = 0;
    page[0].size = sizeof page[0];
    REQUIRE_STATUS(hj_incidents_list(shared_engine, &cursor, page, capacity, &count, &listing.last), HJ_OK);
    if (listing.first == 0) listing.first = listing.last;
    for (uint32_t index = 0; index < count; index++) {
      CHECK_EACH_EQUAL(holds(listing.ids, listing.count, page[index].incident_id), 0);
      REQUIRE_LESS(listing.count, LISTED);
      listing.ids[listing.count++] = page[index].incident_id;
    }
  } while (cursor != 0);
}

/* Of each incident the events say when it was opened and when it was over: the list is held against that. */
static struct told { uint64_t id, opened, over; } told[CHANGERS * CHANGES + 64];
static uint32_t told_count;

static void read_told(void) {
  static hj_event events[256];
  uint32_t count;
  while ((count = take_events(shared_engine, events, 256)) > 0) {
    for (uint32_t index = 0; index < count; index++) {
      const hj_event *event = &events[index];
      REQUIRE_DIFFERENT(event->kind, HJ_EVENT_OVERFLOW);
      if (event->kind == HJ_EVENT_DECIDED) {
        REQUIRE_LESS(told_count, sizeof told / sizeof told[0]);
        told[told_count++] = (struct told){event->incident_id, event->sequence, 0};
      } else if (event->kind == HJ_EVENT_INCIDENT && event->state == HJ_INCIDENT_CLOSED) {
        for (uint32_t other = 0; other < told_count; other++)
          if (told[other].id == event->incident_id) told[other].over = event->sequence;
      }
    }
  }
}

static void other_threads_change_things(void) {
  hj_config config = ask_config(HJ_RUN_THREAD, NULL);
  config.max_incidents = 4096;
  config.event_capacity = 1 << 16;
  shared_engine = open_engine(&config);
  for (int index = 0; index < 32; index++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
    hj_dispatch answer = empty_dispatch();
    REQUIRE_TAKEN(hj_incident_report(shared_engine, &report, &answer));
  }
  left = CHANGERS;
  told_count = 0;
  pthread_t threads[CHANGERS];
  for (int index = 0; index < CHANGERS; index++)
    REQUIRE_EQUAL(pthread_create(&threads[index], NULL, change_much, NULL), 0);
  uint32_t listings = 0, certain = 0;
  int is_last;
  do {
    is_last = __atomic_load_n(&left, __ATOMIC_ACQUIRE) == 0;
    list_once(1 + listings % 5);
    /* What came later than its last page is in events; all of those that it can rest on were filed by now. */
    read_told();
    for (uint32_t index = 0; index < told_count; index++) {
      const struct told *incident = &told[index];
      int is_listed = holds(listing.ids, listing.count, incident->id);
      if (incident->opened <= listing.first && (incident->over == 0 || incident->over > listing.last)) {
        CHECK_EACH_EQUAL(is_listed, 1);
        certain++;
      }
      if (incident->opened > listing.last || (incident->over != 0 && incident->over <= listing.first))
        CHECK_EACH_EQUAL(is_listed, 0);
    }
    listings++;
  } while (!is_last);
  for (int index = 0; index < CHANGERS; index++) REQUIRE_EQUAL(pthread_join(threads[index], NULL), 0);
  CHECK_AT_LEAST(certain, 32 * listings);
  printf("note: %u listings beside %d threads\n", listings, CHANGERS);
  CHECK_STATUS(hj_engine_close(shared_engine), HJ_OK);
}

int main(void) {
  book = mmap(NULL, sizeof *book, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(book != MAP_FAILED);
  a_random_host();
  wrong_arguments();
  other_threads_change_things();
  return check_finish();
}
