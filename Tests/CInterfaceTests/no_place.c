/* 0/0 is no place. A position without one is refused, a call without one is taken in and left to a person, and an
 * update that brings a place does what the plan says. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "forge.h"
#include "host.h"

static hj_engine *engine;

static hj_report call_without_place(void) {
  hj_report call = make_report(HJ_TIER_EMERGENCY, 0, 0);
  call.lat_e7 = call.lon_e7 = 0;
  return call;
}

static void open_at(const char *map) {
  hj_config config = poll_config();
  config.map_path = map;
  engine = open_engine(&config);
}

/* Exact zeros never move a unit, nor do they place one; rubbish near them does not carry it away. */
static void positions(void) {
  static const int32_t rubbish[][2] = {{0, 0}, {32768, 32768}, {131072, 131072}, {-65536, 65536}};
  for (int kind = 0; kind < 4; kind++) {
    for (uint32_t accuracy_dm = 0; accuracy_dm <= 50; accuracy_dm += 50) {
      open_at(NULL);
      hj_unit unit = make_unit(1, 0, 0);
      unit.lat_e7 = unit.lon_e7 = 0;
      REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
      poll_at(engine, START_NS);
      hj_position fix;
      memset(&fix, 0, sizeof fix);
      fix.size = sizeof fix;
      fix.unit_id = 1;
      fix.accuracy_dm = accuracy_dm;
      fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
      uint32_t accepted = 9;
      if (kind == 0) {
        CHECK_STATUS(hj_positions_report(engine, &fix, 1, &accepted), HJ_PARTIAL);
        CHECK_EQUAL(accepted, 0);
        CHECK_EQUAL(read_unit(engine, 1).has_position, 0);
        CHECK_EQUAL(read_unit(engine, 1).age_s, HJ_AGE_UNKNOWN);
      }
      place(0, 0, &fix.lat_e7, &fix.lon_e7);
      CHECK_STATUS(hj_positions_report(engine, &fix, 1, NULL), HJ_OK);
      for (int times = 0; times < (kind == 0 ? 5 : 2); times++) {
        poll_at(engine, START_NS + (10 + 10 * times) * SECOND_NS);
        fix.lat_e7 = rubbish[kind][0];
        fix.lon_e7 = rubbish[kind][1];
        CHECK_STATUS(hj_positions_report(engine, &fix, 1, &accepted), HJ_PARTIAL);
        CHECK_EQUAL(read_unit(engine, 1).lat_e7, CENTRE_LAT_E7);
      }
      poll_at(engine, START_NS + 70 * SECOND_NS);
      place(9, 0, &fix.lat_e7, &fix.lon_e7);
      CHECK_STATUS(hj_positions_report(engine, &fix, 1, NULL), HJ_OK);
      hj_stats stats = read_stats(engine);
      CHECK_EQUAL(stats.positions_out_of_range, kind == 0 ? 6 : 0);
      CHECK_EQUAL(stats.positions_too_fast, kind == 0 ? 0 : 2);
      CHECK_STATUS(hj_engine_close(engine), HJ_OK);
    }
  }
}

static void calls(const char *map) {
  open_at(map);
  poll_at(engine, START_NS);
  put_unit(engine, 1, 10, 0);
  put_unit(engine, 2, 300, 0);
  hj_report call = call_without_place();
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &call, &answer), HJ_MANUAL);
  CHECK_EQUAL(answer.shortfall, HJ_SHORTFALL_MANUAL | HJ_SHORTFALL_NO_PLACE);
  CHECK_EQUAL(answer.assignment_count, 0);
  CHECK_STATUS(hj_incident_report(engine, &call, &answer), HJ_MANUAL);
  CHECK_EQUAL(answer.shortfall, HJ_SHORTFALL_MANUAL | HJ_SHORTFALL_NO_PLACE);
  CHECK_EQUAL(answer.assignment_count, 0);
  CHECK_DIFFERENT(answer.incident_id, 0);
  CHECK_EQUAL(answer.incident_state, HJ_INCIDENT_PENDING);
  CHECK_EQUAL(answer.plan, 1);
  uint64_t id = answer.incident_id;
  CHECK_EQUAL(read_incident(engine, id).lat_e7, 0);
  CHECK_EQUAL(read_incident(engine, id).shortfall, HJ_SHORTFALL_MANUAL | HJ_SHORTFALL_NO_PLACE);

  /* A unit that becomes free is not sent to nowhere, and the clock tells somebody. */
  put_unit(engine, 3, 50, 0);
  CHECK_EQUAL(read_incident(engine, id).live_assignments, 0);
  drop_events(engine);
  poll_at(engine, START_NS + 61 * SECOND_NS);
  hj_event events[16];
  uint32_t count = take_events(engine, events, 16);
  CHECK_AT_LEAST(count, 1);
  CHECK_EQUAL(events[0].kind, HJ_EVENT_ESCALATION);
  CHECK_EQUAL(events[0].clock, HJ_CLOCK_PENDING);

  /* An update without a place changes nothing of that; a person may send. */
  call.tier = HJ_TIER_URGENT;
  CHECK_STATUS(hj_incident_update(engine, id, &call, &answer), HJ_OK);
  CHECK_EQUAL(answer.assignment_count, 0);
  CHECK_EQUAL(answer.shortfall, HJ_SHORTFALL_MANUAL | HJ_SHORTFALL_NO_PLACE);
  uint64_t assignment = 0;
  CHECK_STATUS(hj_incident_assign(engine, id, 2, 0, &assignment), HJ_OK);
  CHECK_STATUS(hj_incident_update(engine, id, &call, &answer), HJ_OK);
  CHECK_EQUAL(answer.assignment_count, 1);
  CHECK_EQUAL(answer.chosen[0].travel_ms, HJ_UNREACHABLE);
  CHECK_EQUAL(answer.chosen_flags[0], 0);
  uint32_t needed = 9;
  CHECK_STATUS(hj_assignment_route(engine, assignment, NULL, 0, &needed), HJ_E_STATE);
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_DECLINED, 0), HJ_OK);
  CHECK_EQUAL(read_incident(engine, id).live_assignments, 0);

  /* The place is found: the plan is carried out. */
  call = make_report(HJ_TIER_EMERGENCY, 0, 0);
  CHECK_STATUS(hj_incident_update(engine, id, &call, &answer), HJ_OK);
  CHECK_EQUAL(answer.assignment_count, 1);
  CHECK_EQUAL(answer.chosen[0].unit_id, 1);
  CHECK_EQUAL(answer.shortfall & (HJ_SHORTFALL_MANUAL | HJ_SHORTFALL_NO_PLACE), 0);
  CHECK_EQUAL(read_incident(engine, id).lat_e7, centre_lat_e7);
  /* And stays, when a later update names none. */
  call = call_without_place();
  CHECK_STATUS(hj_incident_update(engine, id, &call, &answer), HJ_OK);
  CHECK_EQUAL(answer.assignment_count, 1);
  CHECK_EQUAL(read_incident(engine, id).lat_e7, centre_lat_e7);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* An area around 0/0 holds no call without a place; the plan without areas does. */
static void areas(void) {
  static const char plans[] =
      "{\"version\": 1, \"areas\": [{\"name\": \"gulf\", \"polygon\": [[-1, -1], [1, -1], [1, 1], [-1, 1]]}],"
      " \"plans\": [{\"name\": \"gulf\", \"areas\": [\"gulf\"], \"units\": [{\"count\": 1}]}, {\"name\": \"any\", "
      "\"units\": [{\"count\": 1}]}]}";
  open_at(NULL);
  poll_at(engine, START_NS);
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_status status = hj_plans_load(engine, plans, sizeof plans - 1, &detail);
  if (status < 0) fprintf(stderr, "%s: %s\n", detail.field, detail.text);
  CHECK_STATUS(status, HJ_OK);
  hj_report call = call_without_place();
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &call, &answer), HJ_MANUAL);
  CHECK_EQUAL(answer.plan, 2);
  call.lat_e7 = 1;
  CHECK_STATUS(hj_incident_recommend(engine, &call, &answer), HJ_OK);
  CHECK_EQUAL(answer.plan, 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* Posts, appointments and watches are calls like any other. */
static void other_ways(void) {
  open_at(NULL);
  poll_at(engine, START_NS);
  put_unit(engine, 1, 10, 0);
  hj_report call = call_without_place();
  call.key_low = 5;
  CHECK_STATUS(hj_incident_post(engine, &call), HJ_OK);
  poll_at(engine, START_NS + SECOND_NS);
  hj_event events[16];
  uint32_t count = take_events(engine, events, 16);
  REQUIRE_EQUAL(count, 1);
  CHECK_EQUAL(events[0].kind, HJ_EVENT_DECIDED);
  CHECK_EQUAL(events[0].reason, HJ_MANUAL);
  CHECK_EQUAL(read_incident(engine, events[0].incident_id).live_assignments, 0);

  call = call_without_place();
  call.appointment_wall_us = START_US + INT64_C(60000000);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &call, &answer), HJ_HELD);
  poll_at(engine, START_NS + 61 * SECOND_NS);
  CHECK_EQUAL(read_incident(engine, answer.incident_id).state, HJ_INCIDENT_PENDING);
  CHECK_EQUAL(read_incident(engine, answer.incident_id).shortfall, HJ_SHORTFALL_MANUAL | HJ_SHORTFALL_NO_PLACE);

  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.id = 3;
  watch.alarm_tier = HJ_TIER_EMERGENCY;
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  CHECK_STATUS(hj_watch_alarm(engine, 3, 0, &answer), HJ_MANUAL);
  CHECK_EQUAL(answer.assignment_count, 0);
  CHECK_STATUS(hj_incident_cancel(engine, answer.incident_id, 0), HJ_OK);
  watch.carrier_id = 1; /* it is where its carrier is */
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  CHECK_STATUS(hj_watch_alarm(engine, 3, 0, &answer), HJ_OK);
  CHECK_EQUAL(answer.assignment_count, 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* Where a place is asked about, 0/0 is refused; where a unit is put, it means "as it is". */
static void asked(const char *map) {
  open_at(map);
  poll_at(engine, START_NS);
  put_unit(engine, 1, 10, 0);
  hj_nearest_query query;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.k = 1;
  hj_nearest nearest;
  memset(&nearest, 0, sizeof nearest);
  nearest.size = sizeof nearest;
  uint32_t count = 9, time_ms = 9;
  CHECK_STATUS(hj_nearest_units(engine, &query, &nearest, 1, &count), HJ_E_RANGE);
  CHECK_EQUAL(count, 0);
  query.lon_e7 = 1; /* a coast has streets within metres of the equator or of Greenwich, not of both */
  CHECK_STATUS(hj_nearest_units(engine, &query, &nearest, 1, &count), HJ_OK);
  /* Without streets a road is a straight line between any two points. */
  hj_status road = map == NULL ? HJ_OK : HJ_E_RANGE;
  CHECK_STATUS(hj_travel_time(engine, 0, 0, centre_lat_e7, centre_lon_e7, 0, &time_ms, NULL, NULL, NULL), road);
  CHECK_STATUS(hj_travel_time(engine, centre_lat_e7, centre_lon_e7, 0, 0, 0, &time_ms, NULL, NULL, NULL), road);
  if (map != NULL) CHECK_EQUAL(time_ms, 9);
  CHECK_STATUS(hj_route(engine, 0, 0, centre_lat_e7, centre_lon_e7, NULL, NULL, 0, &count), road);
  CHECK_STATUS(hj_route(engine, centre_lat_e7, centre_lon_e7, 0, 0, NULL, NULL, 0, &count), road);
  hj_unit_status before = read_unit(engine, 1);
  hj_unit unit = make_unit(1, 0, 0);
  unit.lat_e7 = unit.lon_e7 = 0;
  CHECK_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 1).lat_e7, before.lat_e7);
  CHECK_EQUAL(read_unit(engine, 1).street_id, before.street_id);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- What is read of the streets' grid ---- */

/* The pages of a shared map that hold the grid and nothing else. A look at one is counted, and opens it. */
static struct {
  unsigned char *first;
  size_t bytes;
} grid[2];
static size_t page_bytes;
static volatile sig_atomic_t looks;

static void on_look(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)context;
  unsigned char *at = info->si_addr;
  for (int part = 0; part < 2; part++) {
    if (at < grid[part].first || at >= grid[part].first + grid[part].bytes) continue;
    looks = looks + 1;
    mprotect(grid[part].first + (size_t)(at - grid[part].first) / page_bytes * page_bytes, page_bytes, PROT_READ);
    return;
  }
  abort();
}

/* Where the engine has mapped the file: its offset 0. */
static unsigned char *mapped(const char *path) {
  struct stat file;
  REQUIRE_EQUAL(stat(path, &file), 0);
  char line[512];
  FILE *maps = fopen("/proc/self/maps", "r");
  REQUIRE(maps != NULL);
  unsigned char *found = NULL;
  while (fgets(line, sizeof line, maps) != NULL) {
    unsigned long first, last, offset, inode;
    unsigned major, minor;
    if (sscanf(line, "%lx-%lx %*s %lx %x:%x %lu", &first, &last, &offset, &major, &minor, &inode) == 6 && offset == 0 &&
        inode == file.st_ino)
      found = (unsigned char *)first; /* NOLINT: an address as the system writes it */
  }
  fclose(maps);
  REQUIRE(found != NULL);
  return found;
}

/* The map once more, with the two sections of the grid behind all others, each on pages of its own. */
static void lay_grid_apart(const char *map, char *path) {
  static const char *const tags[] = {"GFIR", "GSEG"};
  load_map(map);
  map_bytes *laid = &maps[map_count - 1];
  size_t grid_at = (laid->size + page_bytes - 1) / page_bytes * page_bytes;
  unsigned char *bytes = calloc(1, grid_at + 2 * laid->size + 2 * page_bytes);
  REQUIRE(bytes != NULL);
  memcpy(bytes, laid->bytes, laid->size);
  free(laid->bytes);
  laid->bytes = bytes;
  for (int part = 0; part < 2; part++) {
    uint32_t section = 0;
    while (memcmp(entry(laid, section), tags[part], 4) != 0) REQUIRE_LESS(++section, laid->sections);
    memcpy(bytes + grid_at, content(laid, section), length(laid, section));
    set(entry(laid, section) + 8, 8, grid_at);
    grid[part].first = (unsigned char *)grid_at; /* from the file's beginning, until it is mapped */
    grid[part].bytes = (length(laid, section) + page_bytes - 1) / page_bytes * page_bytes;
    REQUIRE_MORE(grid[part].bytes, 0);
    grid_at += grid[part].bytes;
  }
  laid->size = grid_at;
  set(bytes + 16, 8, grid_at);
  touch_all(laid);
  seal(laid);
  int file = mkstemp(path);
  REQUIRE_AT_LEAST(file, 0);
  REQUIRE_EQUAL(write(file, bytes, grid_at), (ssize_t)grid_at);
  close(file);
}

static int looks_of(hj_status status, hj_status expected) {
  CHECK_STATUS(status, expected);
  int seen = looks;
  looks = 0;
  for (int part = 0; part < 2; part++) REQUIRE_EQUAL(mprotect(grid[part].first, grid[part].bytes, PROT_NONE), 0);
  return seen;
}

/* Far from all streets a search would go through the whole grid; for no place nobody looks. */
static void nothing_is_searched(const char *map) {
  struct sigaction action, before;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_look;
  action.sa_flags = SA_SIGINFO;
  page_bytes = (size_t)sysconf(_SC_PAGESIZE);
  char path[] = "/tmp/hujia-no-place-XXXXXX";
  lay_grid_apart(map, path);
  hj_config config = poll_config();
  config.map_path = path;
  config.map_memory = HJ_MAP_SHARED;
  engine = open_engine(&config);
  for (int part = 0; part < 2; part++) grid[part].first = mapped(path) + (size_t)grid[part].first;
  unlink(path);
  poll_at(engine, START_NS);
  put_unit(engine, 1, 10, 0);
  REQUIRE_EQUAL(sigaction(SIGSEGV, &action, &before), 0);
  (void)looks_of(HJ_OK, HJ_OK);

  hj_report call = call_without_place();
  hj_dispatch answer = empty_dispatch();
  CHECK_EQUAL(looks_of(hj_incident_recommend(engine, &call, &answer), HJ_MANUAL), 0);
  CHECK_EQUAL(looks_of(hj_incident_report(engine, &call, &answer), HJ_MANUAL), 0);
  uint64_t id = answer.incident_id;
  CHECK_EQUAL(looks_of(hj_incident_update(engine, id, &call, &answer), HJ_OK), 0);
  call.key_low = 7;
  CHECK_EQUAL(looks_of(hj_incident_post(engine, &call), HJ_OK), 0);
  hj_unit unit = make_unit(2, 0, 0);
  unit.lat_e7 = unit.lon_e7 = 0;
  CHECK_EQUAL(looks_of(hj_unit_put(engine, &unit), HJ_OK), 0);
  unit.id = 1; /* it stays where it is */
  CHECK_EQUAL(looks_of(hj_unit_put(engine, &unit), HJ_OK), 0);
  hj_position fix;
  memset(&fix, 0, sizeof fix);
  fix.size = sizeof fix;
  fix.unit_id = 1;
  fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
  CHECK_EQUAL(looks_of(hj_positions_report(engine, &fix, 1, NULL), HJ_PARTIAL), 0);
  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.id = 3;
  watch.alarm_tier = HJ_TIER_EMERGENCY;
  CHECK_EQUAL(looks_of(hj_watch_put(engine, &watch), HJ_OK), 0);
  CHECK_EQUAL(looks_of(hj_watch_alarm(engine, 3, 0, &answer), HJ_MANUAL), 0);

  /* A place a degree from all streets is looked for, in each of these ways. */
  call.lat_e7 = centre_lat_e7 + 10000000;
  call.lon_e7 = centre_lon_e7;
  call.key_low = 0;
  CHECK_MORE(looks_of(hj_incident_recommend(engine, &call, &answer), HJ_OK), 0);
  CHECK_MORE(looks_of(hj_incident_update(engine, id, &call, &answer), HJ_OK), 0);
  unit.id = 4;
  unit.lat_e7 = call.lat_e7;
  unit.lon_e7 = call.lon_e7;
  CHECK_MORE(looks_of(hj_unit_put(engine, &unit), HJ_OK), 0);

  for (int part = 0; part < 2; part++) REQUIRE_EQUAL(mprotect(grid[part].first, grid[part].bytes, PROT_READ), 0);
  REQUIRE_EQUAL(sigaction(SIGSEGV, &before, NULL), 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(void) {
  positions();
  calls(NULL);
  areas();
  other_ways();
  asked(NULL);
  const char *map = on_streets();
  if (map != NULL) {
    calls(map);
    asked(map);
    nothing_is_searched(map);
  }
  return check_finish();
}
