/* Refuses the n-th allocation of open, for every n until open succeeds. Each time: HJ_E_MEMORY, no engine, and every
 * byte that was taken before is given back. */
#include <sched.h>

#include "host.h"

struct book {
  int64_t refuse_at; /* 1-based; 0 = never */
  int64_t calls;
  int64_t live_blocks;
  int64_t live_bytes;
  int64_t bad_alignment;
};

static void *book_allocate(void *context, uint64_t bytes, uint64_t alignment) {
  struct book *book = context;
  book->calls++;
  if (book->calls == book->refuse_at) return NULL;
  if (alignment == 0 || (alignment & (alignment - 1)) != 0) book->bad_alignment++;
  void *result = NULL;
  if (posix_memalign(&result, alignment < sizeof(void *) ? sizeof(void *) : alignment, bytes) != 0) return NULL;
  memset(result, 0xa5, bytes); /* nobody may rely on zeroes */
  book->live_blocks++;
  book->live_bytes += (int64_t)bytes;
  return result;
}

static void book_release(void *context, void *pointer, uint64_t bytes, uint64_t alignment) {
  struct book *book = context;
  (void)alignment;
  if (pointer == NULL) return;
  memset(pointer, 0x5a, bytes);
  free(pointer);
  book->live_blocks--;
  book->live_bytes -= (int64_t)bytes;
}

static int64_t attempts(int32_t run_mode, const char *map, int32_t traffic) {
  for (int64_t refuse_at = 1; refuse_at < 1000; refuse_at++) {
    struct book book = {refuse_at, 0, 0, 0, 0};
    hj_config config = poll_config();
    config.run_mode = run_mode;
    config.map_path = map;
    config.traffic = traffic;
    config.allocate = book_allocate;
    config.release = book_release;
    config.allocator_context = &book;
    config.allocator_name = "a name that is too long";
    hj_engine *engine = (hj_engine *)1;
    hj_error_detail detail;
    memset(&detail, 0, sizeof detail);
    detail.size = sizeof detail;
    hj_status status = hj_engine_open(&config, &engine, &detail);
    if (status == HJ_OK) {
      put_unit(engine, 1, 0, 0);
      hj_stats stats = read_stats(engine);
      CHECK_TEXT(stats.allocator, "a name that is ");
      CHECK_EQUAL(stats.memory_bytes, book.live_bytes);
      CHECK_STATUS(hj_engine_close(engine), HJ_OK);
      CHECK_EQUAL(book.live_blocks, 0);
      CHECK_EQUAL(book.live_bytes, 0);
      CHECK_EQUAL(book.bad_alignment, 0);
      return refuse_at;
    }
    CHECK_STATUS(status, HJ_E_MEMORY);
    CHECK_EQUAL(detail.status, HJ_E_MEMORY);
    CHECK_MORE(strlen(detail.text), 10);
    CHECK_NULL(engine);
    CHECK_EQUAL(book.live_blocks, 0);
    CHECK_EQUAL(book.live_bytes, 0);
    CHECK_EQUAL(book.calls, refuse_at); /* it gives up at once */
  }
  return 0;
}

/* Plans are loaded later, from the same allocator: refused, the old ones stay and nothing leaks. */
static void later(void) {
  struct book book = {0, 0, 0, 0, 0};
  hj_config config = poll_config();
  config.allocate = book_allocate;
  config.release = book_release;
  config.allocator_context = &book;
  hj_engine *engine = open_engine(&config);
  static const char plans[] = "{\"version\": 1, \"plans\": [{\"name\": \"two\", \"units\": [{\"count\": 2}]}]}";
  int64_t blocks = book.live_blocks;
  int64_t refused = 0;
  for (int64_t nth = 1; nth < 200; nth++) {
    book.refuse_at = book.calls + nth;
    hj_status status = hj_plans_load(engine, plans, sizeof plans - 1, NULL);
    if (status == HJ_OK) break;
    refused++;
    CHECK_STATUS(status, HJ_E_MEMORY);
    CHECK_EQUAL(book.live_blocks, blocks);
  }
  book.refuse_at = 0;
  CHECK_MORE(refused, 0);
  put_unit(engine, 1, 0, 0);
  put_unit(engine, 2, 0, 0);
  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  hj_dispatch dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  CHECK_EQUAL(dispatch.assignment_count, 2);
  for (int times = 0; times < 50; times++) CHECK_STATUS(hj_plans_load(engine, plans, sizeof plans - 1, NULL), HJ_OK);
  int64_t settled = book.live_blocks;
  for (int times = 0; times < 50; times++) CHECK_STATUS(hj_plans_load(engine, plans, sizeof plans - 1, NULL), HJ_OK);
  CHECK_EQUAL(book.live_blocks, settled); /* replaced versions are given back */
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  CHECK_EQUAL(book.live_blocks, 0);
}

static uint32_t nearest_travel_ms(hj_engine *engine) {
  hj_nearest nearest;
  memset(&nearest, 0, sizeof nearest);
  nearest.size = sizeof nearest;
  hj_nearest_query query;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.k = 1;
  place(400, 300, &query.lat_e7, &query.lon_e7);
  uint32_t count = 0;
  REQUIRE_STATUS(hj_nearest_units(engine, &query, &nearest, 1, &count), HJ_OK);
  REQUIRE_EQUAL(count, 1);
  return nearest.travel_ms;
}

/* Live traffic takes its memory with the first report, and a second profile's with the first that names one: refused,
 * nothing is taken, the answers stay, and the next report may succeed. */
static void traffic_later(const char *map, int32_t run_mode) {
  struct book book = {0, 0, 0, 0, 0};
  hj_config config = poll_config();
  config.run_mode = run_mode;
  config.map_path = map;
  config.allocate = book_allocate;
  config.release = book_release;
  config.allocator_context = &book;
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  uint32_t before_ms = nearest_travel_ms(engine);
  hj_street_time time;
  memset(&time, 0, sizeof time);
  time.size = sizeof time;
  time.street_id = 1;
  time.travel_ms = HJ_STREET_CLOSED;
  for (int32_t profile = 0; profile <= HJ_PROFILE_RESPONSE; profile++) {
    int64_t blocks = book.live_blocks, refused = 0;
    time.profile = profile;
    for (int64_t nth = 1; nth < 300; nth++) {
      book.refuse_at = book.calls + nth;
      hj_status status = hj_traffic_report(engine, &time, 1);
      if (status == HJ_OK) break;
      refused++;
      CHECK_STATUS(status, HJ_E_MEMORY);
      CHECK_EQUAL(book.live_blocks, blocks);
      CHECK_EQUAL(nearest_travel_ms(engine), before_ms);
      CHECK_EQUAL(read_stats(engine).traffic_reports, profile);
    }
    book.refuse_at = 0;
    CHECK_MORE(refused, 0);
  }
  int64_t settled = book.calls;
  for (int round = 0; round < 20; round++) {
    time.travel_ms = 1000 + (uint32_t)round;
    time.profile = round % 3;
    CHECK_STATUS(hj_traffic_report(engine, &time, 1), HJ_OK);
    if (run_mode == HJ_RUN_POLL) poll_at(engine, START_NS + round);
  }
  while (read_stats(engine).traffic_pending > 0) sched_yield();
  CHECK_EQUAL(book.calls, settled); /* nothing is taken for a build */
  CHECK_MORE(read_stats(engine).epochs_built, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  CHECK_EQUAL(book.live_blocks, 0);
}

int main(void) {
  printf("%" PRId64 " allocations to open\n", attempts(HJ_RUN_POLL, NULL, HJ_TRAFFIC_ON_DEMAND) - 1);
  attempts(HJ_RUN_THREAD, NULL, HJ_TRAFFIC_ON_DEMAND);
  attempts(HJ_RUN_THREAD, NULL, HJ_TRAFFIC_AT_OPEN);
  const char *map = on_streets();
  if (map != NULL) {
    attempts(HJ_RUN_POLL, map, HJ_TRAFFIC_ON_DEMAND);
    attempts(HJ_RUN_POLL, map, HJ_TRAFFIC_AT_OPEN);
    traffic_later(map, HJ_RUN_POLL);
    traffic_later(map, HJ_RUN_THREAD);
    off_streets();
  }
  later();
  return check_finish();
}
