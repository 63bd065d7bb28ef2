/* Nothing accepted is ever lost: a process is ended by kill -9 at any moment, opens again, and everything that was
 * answered is there, under the same ids, with its clocks, and its events come again.
 *
 *   journal [kills] */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "journal_host.h"

/* ---- One life, told by a process that is gone ---- */

enum { EVENTS = 256 };
static struct shared {
  uint64_t incident, second, assignment, record, handled;
  uint32_t event_count;
  hj_event events[EVENTS];
  hj_incident_status read;
  hj_unit_status unit;
  hj_figures figures;
} * shared;

static const char hasty[] =
    "{\"version\": 1, \"clocks\": {\"acknowledge\": {\"limit_s\": 10, \"steps\": [{\"do\": \"notify_again\"},"
    " {\"after_s\": 10, \"do\": \"supervisor\"}]}},"
    " \"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 1}]}]}";

static hj_watch make_watch(uint64_t id) {
  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.id = id;
  watch.limit_s = 3600;
  place(5, 5, &watch.lat_e7, &watch.lon_e7);
  return watch;
}

static int closes; /* it ends with hj_engine_close, and so with a snapshot */

/* In poll mode, and then killed without a word. */
static void live_once(void) {
  hj_config config = journal_config(HJ_RUN_POLL);
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 10, 0);
  put_unit(engine, 2, 300, 0);
  poll_at(engine, START_NS);
  REQUIRE_STATUS(hj_plans_load(engine, hasty, sizeof hasty - 1, NULL), HJ_OK);
  hj_watch watch = make_watch(7);
  REQUIRE_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  report.key_high = 1;
  report.key_low = 42;
  hj_dispatch answer = empty_dispatch();
  REQUIRE_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  CHECK_MORE(answer.record, 0);
  shared->record = answer.record;
  shared->incident = answer.incident_id;
  shared->assignment = answer.chosen[0].assignment_id;
  REQUIRE_STATUS(hj_assignment_advance(engine, shared->assignment, HJ_ASSIGNMENT_DELIVERED, 0), HJ_OK);
  report.key_low = 43;
  REQUIRE_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  shared->second = answer.incident_id;
  REQUIRE_STATUS(hj_assignment_advance(engine, answer.chosen[0].assignment_id, HJ_ASSIGNMENT_ON_SCENE, 0), HJ_OK);
  REQUIRE_STATUS(hj_incident_close(engine, shared->second, 3, 0), HJ_OK);
  poll_at(engine, START_NS + 12 * SECOND_NS); /* the first step of the first one's signature has fired */
  shared->event_count = read_events(engine, shared->events, EVENTS);
  shared->handled = shared->events[2].sequence;
  REQUIRE_STATUS(hj_events_ack(engine, shared->handled), HJ_OK);
  shared->read = read_incident(engine, shared->incident);
  shared->unit = read_unit(engine, 1);
  if (closes) REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  kill(getpid(), SIGKILL);
}

/* Those that were not handled come again, marked, under their numbers, and then what was not read yet. */
static void events_come_again(hj_engine *engine) {
  hj_event events[EVENTS];
  uint32_t count = read_events(engine, events, EVENTS);
  uint32_t expected = 0;
  for (uint32_t index = 0; index < shared->event_count; index++) {
    const hj_event *before = &shared->events[index];
    if (before->sequence <= shared->handled) continue;
    REQUIRE_LESS(expected, count);
    hj_event again = events[expected++];
    CHECK_EACH_EQUAL(again.flags, HJ_EVENT_FLAG_REPEATED);
    again.flags = before->flags;
    CHECK_EACH_BYTES(&again, before, sizeof again);
  }
  REQUIRE_LESS(expected, count);
  CHECK_EQUAL(events[expected].kind, HJ_EVENT_RECOVERED);
  CHECK_EQUAL(events[expected].flags, 0);
  CHECK_EQUAL(events[expected].reason, HJ_OK);
  CHECK_EQUAL(events[expected].sequence, shared->events[shared->event_count - 1].sequence + 1);
  CHECK_EQUAL(expected + 1, count);
}

static void one_life(int is_closed) {
  new_folder();
  closes = is_closed;
  in_a_child(live_once);
  hj_config config = journal_config(HJ_RUN_POLL);
  hj_engine *engine = open_engine(&config);
  hj_journal_info info = journal_info(engine);
  CHECK_EQUAL(info.state, HJ_JOURNAL_GOOD);
  CHECK_EQUAL(info.rebuilt > 10, !is_closed); /* all records, or none behind the snapshot */
  CHECK_MORE(info.recorded, shared->record);
  CHECK_EQUAL(info.reasons, 0);
  hj_incident_status read = read_incident(engine, shared->incident);
  CHECK_BYTES(&read, &shared->read, sizeof read);
  CHECK_EQUAL(read_incident(engine, shared->second).state, HJ_INCIDENT_CLOSED);
  hj_unit_status unit = read_unit(engine, 1);
  CHECK_EQUAL(unit.assignment_id, shared->unit.assignment_id);
  CHECK_EQUAL(unit.lat_e7, shared->unit.lat_e7);
  events_come_again(engine);
  /* The key is known; what was closed keeps its state; ids go on behind those that were given. */
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  report.key_high = 1;
  report.key_low = 42;
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_EXISTS);
  CHECK_EQUAL(answer.incident_id, shared->incident);
  CHECK_EQUAL(answer.record, shared->record);
  CHECK_STATUS(hj_events_ack(engine, shared->handled), HJ_UNCHANGED);
  /* Nine seconds later, by the wall: the second step fires once, late, and the first not again. */
  CHECK_STATUS(hj_engine_poll(engine, 5, START_US + 60 * 1000000, 0, NULL), HJ_OK);
  hj_event events[EVENTS];
  uint32_t count = read_events(engine, events, EVENTS);
  int fired = 0;
  for (uint32_t index = 0; index < count; index++) {
    if (events[index].kind != HJ_EVENT_ESCALATION || events[index].clock != HJ_CLOCK_ACKNOWLEDGE) continue;
    CHECK_EQUAL(events[index].step, 2);
    CHECK_MORE(events[index].late_ns, 0);
    fired++;
  }
  CHECK_EQUAL(fired, 1);
  /* A second engine on the folder is refused, and a clean end leaves nothing in doubt. */
  hj_engine *other = NULL;
  CHECK_STATUS(hj_engine_open(&config, &other, NULL), HJ_E_LOCKED);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
  info = journal_info(engine);
  CHECK_EQUAL(info.durable, info.recorded);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  engine = open_engine(&config);
  CHECK_EQUAL(journal_info(engine).reasons, 0);
  CHECK_EQUAL(read_incident(engine, shared->incident).state, HJ_INCIDENT_ASSIGNED);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  /* Smaller tables than the journal's are refused by name, larger ones taken and told. */
  config.max_incidents = 100;
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  CHECK_STATUS(hj_engine_open(&config, &other, &detail), HJ_E_LIMIT);
  CHECK_TEXT(detail.field, "max_incidents");
  config.max_incidents = 1000;
  engine = open_engine(&config);
  count = read_events(engine, events, EVENTS);
  REQUIRE_MORE(count, 0);
  CHECK_EQUAL(events[count - 1].kind, HJ_EVENT_RECOVERED);
  CHECK_EQUAL(events[count - 1].reason, HJ_CHANGED);
  CHECK_EQUAL(journal_info(engine).reasons, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* ---- What is refused ---- */

static void refuse(hj_config config, hj_status expected, const char *field) {
  hj_engine *engine = NULL;
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  CHECK_EACH_STATUS(hj_engine_open(&config, &engine, &detail), expected);
  CHECK_EACH_TEXT(detail.field, field);
  CHECK_NULL(engine);
}

#define REFUSED(setting, value, expected) \
  do {                                    \
    config = journal_config(HJ_RUN_POLL); \
    config.setting = (value);             \
    refuse(config, expected, #setting);   \
  } while (0)

static void settings_are_checked(void) {
  new_folder();
  hj_config config = poll_config();
  config.telemetry = HJ_TELEMETRY_ALL;
  refuse(config, HJ_E_ARGUMENT, "journal_path"); /* without a journal */
  REFUSED(telemetry, 7, HJ_E_ARGUMENT);
  REFUSED(events_when, -1, HJ_E_ARGUMENT);
  REFUSED(events_when, HJ_EVENTS_WHEN_DURABLE + 1, HJ_E_ARGUMENT);
  REFUSED(ring_bytes, 1, HJ_E_LIMIT);
  REFUSED(ring_bytes, UINT64_MAX, HJ_E_LIMIT);
  REFUSED(journal_bytes, UINT64_MAX, HJ_E_LIMIT);
  REFUSED(repeat_s, UINT32_MAX, HJ_E_LIMIT);
  REFUSED(retain_record_d, UINT32_MAX, HJ_E_LIMIT);
  REFUSED(snapshot_records, 999, HJ_E_LIMIT);
  REFUSED(journal_path, "/no/such/parent/journal", HJ_E_JOURNAL);
  remove_folder();
  /* Without a journal the questions have answers, too. */
  config = poll_config();
  hj_engine *engine = open_engine(&config);
  CHECK_EQUAL(journal_info(engine).state, HJ_JOURNAL_OFF);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 0), HJ_E_JOURNAL);
  CHECK_STATUS(hj_journal_wait(engine, 0, 9, 0), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, -1), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_events_ack(engine, 5), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  CHECK_STATUS(hj_events_ack(engine, 5), HJ_E_STALE);
}

/* ---- Killed at any moment, under load ---- */

enum { MOST = 400, SENT = 6000, BURST = 8, SENT_A_LIFE = 200 };
enum act { NOTHING, REPORT, ADVANCE, CLOSE, ACT_POST };
struct known {
  uint64_t id, assignment, key;
  int32_t state; /* of the assignment, as it was answered; 0 = it has none any more */
  int32_t is_closed;
};
struct sent {
  uint64_t incident; /* as its event told it */
  int32_t is_under_way, is_accepted, is_closed;
};
/* What the host of this test knows: it survives its own death, as a host's data base would. */
static struct book {
  uint32_t count;
  uint64_t next_key, handled, seen;
  /* The engine of the process under way is open. */
  int32_t is_open;
  /* The call under way: it may have happened or not. */
  int32_t act;
  uint32_t of;
  int32_t to;
  /* Answered ones, posts too, over all lives. */
  uint64_t calls;
  struct known known[MOST];
  uint32_t sent_count, sent_before;
  struct sent sent[SENT];
} * book;

static hj_engine *engine;

static const char calm[] =
    "{\"version\": 1, \"clocks\": {\"acknowledge\": {\"limit_s\": 3600, \"steps\": [{\"do\": \"notify_again\"}]}},"
    " \"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 1}]}]}";

static void report_one(void) {
  struct known *entry = &book->known[book->count];
  hj_report report = make_report(HJ_TIER_EMERGENCY, (int)(book->next_key % 300), 3);
  report.key_high = 9;
  report.key_low = entry->key = ++book->next_key;
  book->act = REPORT;
  hj_dispatch answer = empty_dispatch();
  hj_status status = hj_incident_report(engine, &report, &answer);
  if (status == HJ_OK) {
    entry->id = answer.incident_id;
    entry->assignment = answer.assignment_count > 0 ? answer.chosen[0].assignment_id : 0;
    entry->state = answer.assignment_count > 0 ? HJ_ASSIGNMENT_DISPATCHED : 0;
    entry->is_closed = 0;
    book->count++;
    book->calls++;
  }
  book->act = NOTHING;
}

static void advance_one(uint32_t index) {
  struct known *entry = &book->known[index];
  if (entry->is_closed || entry->assignment == 0 || entry->state >= HJ_ASSIGNMENT_ON_SCENE) return;
  book->of = index;
  book->to = entry->state + 1;
  book->act = ADVANCE;
  if (hj_assignment_advance(engine, entry->assignment, book->to, 0) == HJ_OK) entry->state = book->to;
  book->calls++;
  book->act = NOTHING;
}

static void close_one(uint32_t index) {
  struct known *entry = &book->known[index];
  if (entry->is_closed) return;
  book->of = index;
  book->act = CLOSE;
  if (hj_incident_close(engine, entry->id, 1, 0) == HJ_OK) entry->is_closed = 1;
  book->calls++;
  book->act = NOTHING;
}

/* Several at once, so that some wait when the end comes. */
static void post_some(void) {
  for (int times = 0; times < BURST && book->sent_count - book->sent_before < SENT_A_LIFE; times++) {
    struct sent *entry = &book->sent[book->sent_count];
    hj_report report = numbered_post(book->sent_count + 1);
    entry->is_under_way = 1;
    book->sent_count++;
    if (hj_incident_post(engine, &report) == HJ_OK) entry->is_accepted = 1;
    book->calls++;
    entry->is_under_way = 0;
  }
}

/* An event that comes again says the same; a second incident of one post would be another. */
static void note_decided(const hj_event *events, uint32_t count) {
  for (uint32_t index = 0; index < count; index++) {
    uint32_t number = number_of(&events[index]);
    if (number == 0) continue;
    struct sent *entry = &book->sent[number - 1];
    if (entry->incident == 0) entry->incident = events[index].incident_id;
    CHECK_EACH_EQUAL(events[index].incident_id, entry->incident);
  }
}

static void read_some(unsigned *seed) {
  hj_event events[64];
  uint32_t count = read_events(engine, events, 64);
  if (count == 0) return;
  note_decided(events, count);
  book->seen = events[count - 1].sequence;
  if (rand_r(seed) % 2 == 0 && hj_events_ack(engine, book->seen) == HJ_OK) book->handled = book->seen;
}

/* Plans too long for one turn: blanks behind them, each time another number. A kill between their pieces loses them. */
static void *load_until_killed(void *unused) {
  (void)unused;
  static char text[400000];
  memset(text, ' ', sizeof text);
  memcpy(text, calm, sizeof calm - 1);
  for (uint32_t round = 0;; round++) {
    REQUIRE_AT_LEAST(hj_plans_load(engine, text, 100000 + 100000 * (round % 4), NULL), HJ_OK);
    usleep(20000);
  }
  return NULL;
}

static void *work_until_killed(void *unused) {
  (void)unused;
  hj_config config = journal_config(HJ_RUN_THREAD);
  config.max_incidents = 8192;
  config.snapshot_records = 1000; /* a kill may come while one is made, and while a segment goes for it */
  engine = open_engine(&config);
  pthread_t loader;
  REQUIRE_EQUAL(pthread_create(&loader, NULL, load_until_killed, NULL), 0);
  book->is_open = 1;
  unsigned seed = (unsigned)(book->next_key * 7919 + 13);
  for (;;) {
    uint32_t index = book->count > 0 ? (uint32_t)rand_r(&seed) % book->count : 0;
    switch (rand_r(&seed) % 8) {
      case 0:
      case 1:
        if (book->count < MOST) report_one();
        break;
      case 2:
        close_one(index);
        break;
      case 3:
        read_some(&seed);
        break;
      case 4:
        post_some();
        break;
      default:
        if (book->count > 0) advance_one(index);
    }
  }
  return NULL;
}

static void killed_child(void) {
  work_until_killed(NULL);
}

/* Every answered call is there; the one under way happened whole or not at all. */
static void all_is_there(void) {
  for (uint32_t index = 0; index < book->count; index++) {
    struct known *entry = &book->known[index];
    int is_under_way = book->act != NOTHING && book->act != REPORT && book->of == index;
    hj_incident_status read = read_incident(engine, entry->id);
    int is_closed = read.state == HJ_INCIDENT_CLOSED || read.state == HJ_INCIDENT_ARCHIVED;
    if (is_under_way && book->act == CLOSE && !entry->is_closed) entry->is_closed = is_closed;
    CHECK_EACH_EQUAL(is_closed, entry->is_closed);
    if (entry->is_closed || entry->assignment == 0) continue;
    REQUIRE_EQUAL(read.live_assignments, 1);
    CHECK_EACH_EQUAL(read.assignment_ids[0], entry->assignment);
    if (is_under_way && book->act == ADVANCE) {
      hj_status again = hj_assignment_advance(engine, entry->assignment, book->to, 0);
      CHECK_EACH(again == HJ_OK || again == HJ_UNCHANGED);
      entry->state = book->to;
      continue;
    }
    CHECK_EACH_STATUS(hj_assignment_advance(engine, entry->assignment, entry->state, 0), HJ_UNCHANGED);
  }
  if (book->act == REPORT) {
    /* Its key says whether it was taken: asked again it opens one incident, and never two. */
    book->next_key--;
    report_one();
    if (book->count > 0 && book->act == REPORT) book->act = NOTHING;
  }
  book->act = NOTHING;
}

/* No number is missing, what was read before is marked, and nothing comes that was handled. */
static void no_event_is_missing(void) {
  hj_event events[64];
  uint64_t last = book->handled;
  uint32_t count;
  int is_first = 1;
  while ((count = read_events(engine, events, 64)) > 0) {
    note_decided(events, count);
    for (uint32_t index = 0; index < count; index++) {
      /* An acknowledgement under way was taken in, or not. */
      if (is_first && events[index].sequence <= book->seen + 1) last = events[index].sequence - 1;
      is_first = 0;
      CHECK_EACH_EQUAL(events[index].sequence, last + 1);
      CHECK_EACH_MORE(events[index].sequence, book->handled);
      if (events[index].sequence <= book->seen) CHECK_EACH_EQUAL(events[index].flags, HJ_EVENT_FLAG_REPEATED);
      last = events[index].sequence;
    }
  }
  book->seen = last;
  if (last > book->handled && hj_events_ack(engine, last) == HJ_OK) book->handled = last;
}

/* One more is posted: when it is decided, all before it are. Each that was accepted is one incident. */
static void every_post_is_decided(void) {
  struct sent *last = &book->sent[book->sent_count];
  book->sent_before = book->sent_count;
  post_some();
  for (int looks = 0; looks < 20000 && book->sent[book->sent_count - 1].incident == 0; looks++) {
    struct timespec look = {0, 500000};
    nanosleep(&look, NULL);
    no_event_is_missing();
  }
  CHECK_EACH_MORE(last->incident, 0);
  for (uint32_t index = 0; index < book->sent_count; index++) {
    struct sent *entry = &book->sent[index];
    if (entry->is_accepted) CHECK_EACH_MORE(entry->incident, 0);
    if (entry->incident == 0 || entry->is_closed) continue;
    CHECK_EACH_STATUS(hj_incident_close(engine, entry->incident, 1, 0), HJ_OK);
    entry->is_closed = 1;
  }
  book->sent_before = book->sent_count;
}

static void kill_at_random(int kills, unsigned seed) {
  memset(book, 0, sizeof *book);
  new_folder();
  hj_config config = journal_config(HJ_RUN_POLL);
  config.run_mode = HJ_RUN_THREAD;
  config.max_incidents = 8192;
  if (seed % 2 == 0) config.snapshot_records = 1000;
  engine = open_engine(&config);
  REQUIRE_STATUS(hj_plans_load(engine, calm, sizeof calm - 1, NULL), HJ_OK);
  for (uint64_t id = 1; id <= 64; id++) put_unit(engine, id, (int)id * 5, 0);
  for (int round = 0; round < kills; round++) {
    REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
    book->is_open = 0;
    pid_t child = fork();
    REQUIRE_AT_LEAST(child, 0);
    if (child == 0) killed_child();
    /* Mostly in its work, and now and then while it opens. */
    struct timespec pause = {0, 1000 * (long)(rand_r(&seed) % 20000)}, look = {0, 200000};
    int status = 0, ended = 0; /* one that ends by itself is waited for no longer */
    while (round % 8 != 7 && ended == 0 && !__atomic_load_n(&book->is_open, __ATOMIC_ACQUIRE))
      ended = nanosleep(&look, NULL) == 0 ? waitpid(child, &status, WNOHANG) : 0;
    nanosleep(&pause, NULL);
    if (ended == 0) ended = kill(child, SIGKILL) == 0 ? waitpid(child, &status, 0) : -1;
    REQUIRE_EQUAL(status, SIGKILL);
    engine = open_engine(&config);
    CHECK_EACH_EQUAL(journal_info(engine).reasons & ~HJ_HEALTH_TORN_TAIL, 0);
    all_is_there();
    no_event_is_missing();
    every_post_is_decided();
  }
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

int main(int argc, char **argv) {
  int kills = argc > 1 ? atoi(argv[1]) : 100;
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  book = mmap(NULL, sizeof *book, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(shared != MAP_FAILED && book != MAP_FAILED);
  one_life(0);
  one_life(1);
  settings_are_checked();
  uint64_t calls = 0, sent = 0;
  for (int done = 0; done < kills; done += 25) {
    kill_at_random(kills - done < 25 ? kills - done : 25, (unsigned)done + 1);
    calls += book->calls;
    sent += book->sent_count;
  }
  printf("note: %d kills, %llu answered calls, %llu of them posts\n", kills, (unsigned long long)calls,
         (unsigned long long)sent);
  CHECK_MORE(calls, (uint64_t)kills);
  return check_finish();
}
