/* Events that are shown when they are durable (HJ_EVENTS_WHEN_DURABLE), and events that come again. The disk is held in
 * hand: fdatasync of this program waits for a gate, or fails, as a test says. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

/* ---- The disk ---- */

/* Survives the processes of a test. */
static struct disk {
  int32_t is_held, fails, waiting;
  uint64_t first, newest;
} * disk;

static void rest_us(int32_t time_us) {
  struct timespec pause = {0, 1000 * (long)time_us};
  nanosleep(&pause, NULL);
}

static int32_t load(int32_t *cell) {
  return __atomic_load_n(cell, __ATOMIC_ACQUIRE);
}
static void store(int32_t *cell, int32_t value) {
  __atomic_store_n(cell, value, __ATOMIC_RELEASE);
}

/* Found before the C library's own. */
int fdatasync(int descriptor) {
  if (disk != NULL && load(&disk->is_held)) {
    __atomic_add_fetch(&disk->waiting, 1, __ATOMIC_ACQ_REL);
    while (load(&disk->is_held)) rest_us(200);
    __atomic_sub_fetch(&disk->waiting, 1, __ATOMIC_ACQ_REL);
  }
  if (disk != NULL && load(&disk->fails)) {
    errno = EIO;
    return -1;
  }
  return (int)syscall(SYS_fdatasync, descriptor);
}

static void await(int32_t *cell, int32_t value) {
  for (int32_t looks = 0; load(cell) != value; looks++) {
    REQUIRE_LESS(looks, 100000);
    rest_us(200);
  }
}

/* ---- The engine ---- */

static char folder[64], ring[80];

static void new_folder(void) {
  strcpy(folder, "/dev/shm/hujia-test-XXXXXX");
  if (mkdtemp(folder) == NULL) {
    strcpy(folder, "/tmp/hujia-test-XXXXXX");
    REQUIRE(mkdtemp(folder) != NULL);
  }
  snprintf(ring, sizeof ring, "%s/ring", folder);
  strcat(folder, "/j");
}

static void remove_folder(void) {
  char command[128];
  *strrchr(folder, '/') = 0;
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  CHECK_EACH_EQUAL(system(command), 0);
}

static hj_config durable_config(int32_t mode) {
  hj_config config = poll_config();
  config.run_mode = mode;
  config.journal_path = folder;
  config.ring_path = ring;
  config.ring_bytes = 4 << 20;
  config.max_incidents = 4096;
  config.event_capacity = 1 << 14;
  config.events_when = HJ_EVENTS_WHEN_DURABLE;
  return config;
}

static hj_journal_info journal_info(hj_engine *engine) {
  hj_journal_info info;
  memset(&info, 0, sizeof info);
  info.size = sizeof info;
  REQUIRE_STATUS(hj_journal_status(engine, &info), HJ_OK);
  return info;
}

static int32_t rings_within(hj_engine *engine, int32_t time_ms) {
  struct pollfd waiting = {hj_events_fd(engine), POLLIN, 0};
  return poll(&waiting, 1, time_ms);
}

static uint64_t report_one(hj_engine *engine) {
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch answer = empty_dispatch();
  hj_status status = hj_incident_report(engine, &report, &answer);
  if (status != HJ_OK) REQUIRE_STATUS(status, HJ_MANUAL);
  return answer.record;
}

/* Reads all that can be read: numbers without a gap, none beyond what is durable, none without a mark that says so. */
static uint64_t read_all(hj_engine *engine, uint64_t last, uint32_t flags) {
  static hj_event events[512];
  uint32_t count;
  while ((count = take_events(engine, events, 512)) > 0) {
    uint64_t durable = journal_info(engine).durable;
    for (uint32_t index = 0; index < count; index++) {
      CHECK_EACH_EQUAL(events[index].sequence, last + 1);
      CHECK_EACH_EQUAL(events[index].flags, flags);
      if (flags == 0) CHECK_EACH_AT_MOST(events[index].record, durable);
      last = events[index].sequence;
    }
  }
  return last;
}

/* ---- Held back, and told ---- */

static void nothing_before_it_is_durable(int32_t mode, int rounds) {
  new_folder();
  hj_config config = durable_config(mode);
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 10, 0);
  if (mode == HJ_RUN_POLL) poll_at(engine, START_NS);
  REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
  uint64_t last = read_all(engine, 0, 0);
  for (int round = 0; round < rounds; round++) {
    store(&disk->is_held, 1);
    uint64_t record = report_one(engine);
    await(&disk->waiting, 1);
    CHECK_LESS(journal_info(engine).durable, record);
    CHECK_EQUAL(read_all(engine, last, 0), last);
    CHECK_EQUAL(rings_within(engine, round == 0 ? 100 : 0), 0);
    /* Answers are not held back, nor is what is asked. */
    CHECK_MORE(read_stats(engine).events_waiting, 0);
    store(&disk->is_held, 0);
    /* Nobody calls meanwhile: the journal's thread wakes the host. (With HJ_RUN_POLL it is the only one that could.) */
    CHECK_EQUAL(rings_within(engine, 20000), 1);
    uint64_t now = read_all(engine, last, 0);
    CHECK_MORE(now, last);
    last = now;
    CHECK_AT_LEAST(journal_info(engine).durable, record);
    REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
    last = read_all(engine, last, 0);
    CHECK_EQUAL(rings_within(engine, 0), 0);
  }
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* ---- A host that reads while others report: no ring is lost ---- */

static hj_engine *shared_engine;
enum { REPORTERS = 3, REPORTS = 400 };

static void *report_many(void *unused) {
  (void)unused;
  for (int index = 0; index < REPORTS; index++) report_one(shared_engine);
  return NULL;
}

static void no_ring_is_lost(void) {
  new_folder();
  hj_config config = durable_config(HJ_RUN_THREAD);
  shared_engine = open_engine(&config);
  pthread_t threads[REPORTERS];
  for (int index = 0; index < REPORTERS; index++)
    REQUIRE_EQUAL(pthread_create(&threads[index], NULL, report_many, NULL), 0);
  /* One event each at least. It sleeps until it is woken, and reads all: a ring that is lost ends the test. */
  uint64_t last = 0;
  while (last < REPORTERS * REPORTS) {
    REQUIRE_EQUAL(rings_within(shared_engine, 60000), 1);
    last = read_all(shared_engine, last, 0);
  }
  for (int index = 0; index < REPORTERS; index++) REQUIRE_EQUAL(pthread_join(threads[index], NULL), 0);
  REQUIRE_STATUS(hj_journal_wait(shared_engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
  last = read_all(shared_engine, last, 0);
  CHECK_EQUAL(read_stats(shared_engine).events_waiting, 0);
  CHECK_EQUAL(rings_within(shared_engine, 0), 0);
  CHECK_STATUS(hj_engine_close(shared_engine), HJ_OK);
  remove_folder();
}

/* ---- A poll and a drain wait for the disk ---- */

static int32_t is_done;

static void *poll_once(void *engine) {
  CHECK_STATUS(hj_engine_poll(engine, START_NS + SECOND_NS, START_US + 1000000, 0, NULL), HJ_OK);
  store(&is_done, 1);
  return NULL;
}

static void *drain_once(void *engine) {
  CHECK_STATUS(hj_engine_drain(engine), HJ_OK);
  store(&is_done, 1);
  return NULL;
}

static uint64_t held_back(hj_engine *engine, void *(*body)(void *), uint64_t last) {
  store(&is_done, 0);
  store(&disk->is_held, 1);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  REQUIRE_STATUS(hj_incident_post(engine, &report), HJ_OK);
  pthread_t thread;
  REQUIRE_EQUAL(pthread_create(&thread, NULL, body, engine), 0);
  await(&disk->waiting, 1);
  rest_us(50000);
  CHECK_EQUAL(load(&is_done), 0);
  CHECK_EQUAL(read_all(engine, last, 0), last);
  store(&disk->is_held, 0);
  REQUIRE_EQUAL(pthread_join(thread, NULL), 0);
  CHECK_EQUAL(rings_within(engine, 0), 1);
  uint64_t now = read_all(engine, last, 0);
  CHECK_MORE(now, last);
  CHECK_EQUAL(read_stats(engine).events_waiting, 0);
  return now;
}

static void polls_and_drains_wait(void) {
  new_folder();
  hj_config config = durable_config(HJ_RUN_POLL);
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 10, 0);
  poll_at(engine, START_NS);
  uint64_t last = read_all(engine, 0, 0);
  last = held_back(engine, poll_once, last);
  last = held_back(engine, drain_once, last);
  CHECK_STATUS(hj_engine_drain(engine), HJ_UNCHANGED);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* ---- A disk that fails stops no dispatch ---- */

static void a_failed_disk_is_told(void) {
  new_folder();
  hj_config config = durable_config(HJ_RUN_THREAD);
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 10, 0);
  REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
  uint64_t last = read_all(engine, 0, 0);
  store(&disk->fails, 1);
  uint64_t record = report_one(engine);
  CHECK_EQUAL(rings_within(engine, 20000), 1);
  CHECK_DIFFERENT(journal_info(engine).reasons & HJ_HEALTH_DISK_FAILED, 0);
  CHECK_LESS(journal_info(engine).durable, record);
  uint64_t now = read_all(engine, last, HJ_EVENT_FLAG_NOT_DURABLE);
  CHECK_MORE(now, last);
  store(&disk->fails, 0);
  REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
  last = read_all(engine, now, 0); /* among them that it works again */
  report_one(engine);
  CHECK_EQUAL(rings_within(engine, 20000), 1);
  CHECK_MORE(read_all(engine, last, 0), last);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* ---- Ends ---- */

static void in_a_child(void (*body)(void)) {
  pid_t child = fork();
  REQUIRE_AT_LEAST(child, 0);
  if (child == 0) {
    body();
    _exit(1);
  }
  int status;
  REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  REQUIRE_EQUAL(status, SIGKILL);
}

/* Killed with events that nobody could read. */
static void die_unread(void) {
  hj_config config = durable_config(HJ_RUN_POLL);
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 10, 0);
  poll_at(engine, START_NS);
  disk->newest = read_all(engine, 0, 0);
  store(&disk->is_held, 1);
  for (int index = 0; index < 5; index++) report_one(engine);
  CHECK_EACH_EQUAL(read_all(engine, disk->newest, 0), disk->newest);
  kill(getpid(), SIGKILL);
}

static void what_was_held_back_comes(void) {
  new_folder();
  in_a_child(die_unread);
  store(&disk->is_held, 0);
  disk->waiting = 0;
  hj_config config = durable_config(HJ_RUN_POLL);
  hj_engine *engine = open_engine(&config);
  poll_at(engine, START_NS + SECOND_NS);
  hj_event events[64];
  uint64_t last = disk->newest;
  uint32_t count = take_events(engine, events, 64);
  REQUIRE_AT_LEAST(count, 6);
  for (uint32_t index = 0; index < count; index++) {
    CHECK_EACH_EQUAL(events[index].sequence, ++last);
    CHECK_EACH_EQUAL(events[index].flags, 0);
    CHECK_EACH_AT_MOST(events[index].record, journal_info(engine).durable);
  }
  CHECK_EQUAL(events[count - 1].kind, HJ_EVENT_RECOVERED);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* Plans are routine: a ring that waits for the disk takes none, and the text says which of the limits it was. */
static void plans_without_room(void) {
  const uint32_t length = 1 << 20;
  static const char head[] = "{\"version\": 1, \"plans\": [{\"name\": \"any\", \"units\": [{}]}]}";
  new_folder();
  hj_config config = durable_config(HJ_RUN_POLL);
  config.ring_bytes = 16 << 20;
  hj_engine *engine = open_engine(&config);
  poll_at(engine, START_NS);
  char *text = malloc(15 * (size_t)length);
  REQUIRE(text != NULL);
  memset(text, ' ', 15 * (size_t)length);
  memcpy(text, head, sizeof head - 1);
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  CHECK_STATUS(hj_plans_load(engine, text, 15 * length, &detail), HJ_FULL);
  CHECK_CONTAINS(detail.text, "raise ring_bytes");
  store(&disk->is_held, 1);
  hj_status status = HJ_OK;
  int loads = 0;
  for (; loads < 16 && (status = hj_plans_load(engine, text, length, &detail)) == HJ_OK; loads++) {
  }
  CHECK_WITHIN(loads, 8, 12); /* three quarters of the ring */
  CHECK_STATUS(status, HJ_FULL);
  CHECK_CONTAINS(detail.text, "until the disk has caught up");
  store(&disk->is_held, 0);
  REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
  CHECK_STATUS(hj_plans_load(engine, text, length, &detail), HJ_OK);
  /* Versions that incidents hold are the other limit. */
  for (loads = 0; loads < 16; loads++) {
    report_one(engine);
    REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
    if ((status = hj_plans_load(engine, head, sizeof head - 1, &detail)) != HJ_OK) break;
  }
  CHECK_STATUS(status, HJ_FULL);
  CHECK_CONTAINS(detail.text, "eight versions");
  free(text);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* What was decided while closing is answered by the next open, with the report's key. */
static void closing_is_answered_later(void) {
  for (int32_t when = HJ_EVENTS_WHEN_RECORDED; when <= HJ_EVENTS_WHEN_DURABLE; when++) {
    new_folder();
    hj_config config = durable_config(HJ_RUN_POLL);
    config.events_when = when;
    hj_engine *engine = open_engine(&config);
    put_unit(engine, 1, 10, 0);
    poll_at(engine, START_NS);
    uint64_t last = read_all(engine, 0, 0);
    REQUIRE_STATUS(hj_events_ack(engine, last), last > 0 ? HJ_OK : HJ_UNCHANGED);
    hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
    report.key_high = 3;
    for (report.key_low = 1; report.key_low <= 4; report.key_low++)
      REQUIRE_STATUS(hj_incident_post(engine, &report), HJ_OK);
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
    engine = open_engine(&config);
    poll_at(engine, START_NS + SECOND_NS);
    hj_event events[64];
    uint32_t count = take_events(engine, events, 64);
    uint64_t key = 0;
    for (uint32_t index = 0; index < count; index++) {
      CHECK_EACH_EQUAL(events[index].sequence, last + 1 + index);
      CHECK_EACH_EQUAL(events[index].flags, 0);
      if (events[index].kind != HJ_EVENT_DECIDED) continue;
      CHECK_EQUAL(events[index].key_high, 3);
      CHECK_EQUAL(events[index].key_low, ++key);
      CHECK_EQUAL(read_incident(engine, events[index].incident_id).incident_id, events[index].incident_id);
    }
    CHECK_EQUAL(key, 4);
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
    remove_folder();
  }
}

/* ---- Events that come again ---- */

enum { OLD = 300, YOUNG = 300 };

/* A host that never acknowledges: it reads all, an hour passes, it reads again, and is killed. */
static void die_unacknowledged(void) {
  hj_config config = durable_config(HJ_RUN_POLL);
  hj_engine *engine = open_engine(&config);
  poll_at(engine, START_NS);
  for (int index = 0; index < OLD; index++) report_one(engine);
  poll_at(engine, START_NS + 1);
  disk->first = read_all(engine, 0, 0);
  REQUIRE_STATUS(hj_engine_poll(engine, START_NS + 2, START_US + INT64_C(3600000000), 0, NULL), HJ_OK);
  for (int index = 0; index < YOUNG; index++) report_one(engine);
  REQUIRE_STATUS(hj_engine_poll(engine, START_NS + 3, START_US + INT64_C(3600000000), 0, NULL), HJ_OK);
  disk->newest = read_all(engine, disk->first, 0);
  kill(getpid(), SIGKILL);
}

static void only_the_last_minutes_come_again(void) {
  const uint32_t limits[] = {0, 3599, 3601};
  for (int which = 0; which < 3; which++) {
    new_folder();
    in_a_child(die_unacknowledged);
    CHECK_AT_LEAST(disk->first, OLD);
    CHECK_AT_LEAST(disk->newest, disk->first + YOUNG);
    hj_config config = durable_config(HJ_RUN_POLL);
    config.repeat_s = limits[which];
    hj_engine *engine = open_engine(&config);
    REQUIRE_STATUS(hj_engine_poll(engine, 1, START_US + INT64_C(3600000000), 0, NULL), HJ_OK);
    /* All in one call, in order, and then what is new. */
    static hj_event events[1024];
    uint32_t count = take_events(engine, events, 1024);
    uint64_t first = limits[which] == 3601 ? 1 : disk->first + 1;
    CHECK_EQUAL(events[0].sequence, first);
    for (uint32_t index = 0; index < count; index++) {
      CHECK_EACH_EQUAL(events[index].sequence, first + index);
      CHECK_EACH_EQUAL(events[index].flags, events[index].sequence <= disk->newest ? HJ_EVENT_FLAG_REPEATED : 0);
    }
    CHECK_EQUAL(count, disk->newest + 1 - first + 1);
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
    remove_folder();
  }
}

/* That events were read stands in the ring alone when it is lost with the machine's memory. */
static void die_reading(void) {
  hj_config config = durable_config(HJ_RUN_POLL);
  config.events_when = HJ_EVENTS_WHEN_RECORDED;
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 10, 0);
  poll_at(engine, START_NS);
  disk->first = read_all(engine, 0, 0);
  report_one(engine);
  REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
  store(&disk->is_held, 1);
  put_unit(engine, 2, 20, 0);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 1), HJ_TIMEOUT);
  await(&disk->waiting, 1);
  hj_event events[64];
  uint32_t count = take_events(engine, events, 64);
  disk->newest = events[count - 1].sequence;
  kill(getpid(), SIGKILL);
}

static void what_may_have_been_read_is_marked(void) {
  new_folder();
  in_a_child(die_reading);
  store(&disk->is_held, 0);
  disk->waiting = 0;
  REQUIRE_EQUAL(unlink(ring), 0);
  hj_config config = durable_config(HJ_RUN_POLL);
  hj_engine *engine = open_engine(&config);
  CHECK_DIFFERENT(journal_info(engine).reasons & HJ_HEALTH_RING_LOST, 0);
  poll_at(engine, START_NS + SECOND_NS);
  hj_event events[64];
  uint32_t count = take_events(engine, events, 64);
  CHECK_MORE(disk->newest, disk->first);
  uint64_t marked = 0;
  for (uint32_t index = 0; index < count; index++) {
    if (events[index].sequence <= disk->first || events[index].sequence > disk->newest) continue;
    CHECK_EACH_EQUAL(events[index].flags, HJ_EVENT_FLAG_REPEATED);
    marked++;
  }
  CHECK_EQUAL(marked, disk->newest - disk->first);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

int main(void) {
  disk = mmap(NULL, sizeof *disk, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(disk != MAP_FAILED);
  nothing_before_it_is_durable(HJ_RUN_POLL, 3);
  nothing_before_it_is_durable(HJ_RUN_THREAD, 20);
  no_ring_is_lost();
  polls_and_drains_wait();
  a_failed_disk_is_told();
  what_was_held_back_comes();
  closing_is_answered_later();
  plans_without_room();
  only_the_last_minutes_come_again();
  what_may_have_been_read_is_marked();
  return check_finish();
}
