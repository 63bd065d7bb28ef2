/* Sending by hand, the run sheet, and what is typed in from paper: as a host sees them. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

static char folder[64], sheet_path[96];

static void new_folder(void) {
  strcpy(folder, "/tmp/hujia-test-XXXXXX");
  REQUIRE(mkdtemp(folder) != NULL);
  snprintf(sheet_path, sizeof sheet_path, "%s/sheet.txt", folder);
}

static void remove_folder(void) {
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  CHECK_EACH_EQUAL(system(command), 0);
}

static hj_health_info health(hj_engine *engine) {
  hj_health_info info;
  memset(&info, 0, sizeof info);
  info.size = sizeof info;
  REQUIRE_STATUS(hj_health(engine, &info), HJ_OK);
  return info;
}

static hj_action person(uint64_t operator_id, uint32_t reason) {
  hj_action action;
  memset(&action, 0, sizeof action);
  action.size = sizeof action;
  action.operator_id = operator_id;
  action.reason = reason;
  return action;
}

static hj_event last_of(hj_engine *engine, int32_t kind, int32_t reason) {
  hj_event events[64], found;
  memset(&found, 0, sizeof found);
  for (uint32_t count; (count = take_events(engine, events, 64)) > 0;) {
    for (uint32_t index = 0; index < count; index++) {
      if (events[index].kind == kind && (reason < 0 || events[index].reason == reason)) found = events[index];
    }
  }
  return found;
}

/* ---- The mode ---- */

static void sends_by_hand(void) {
  hj_config config = poll_config();
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 10, 0);
  poll_at(engine, START_NS);
  CHECK_EQUAL(health(engine).mode, HJ_MODE_NORMAL);
  hj_action by = person(77, 5);
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_MANUAL, &by), HJ_OK);
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_MANUAL, &by), HJ_UNCHANGED);
  CHECK_EQUAL(health(engine).mode, HJ_MODE_MANUAL);
  CHECK_EQUAL(health(engine).reasons, 0);
  hj_event told = last_of(engine, HJ_EVENT_MODE, -1);
  CHECK_EQUAL(told.state, HJ_MODE_MANUAL);
  CHECK_EQUAL(told.operator_id, 77);
  CHECK_EQUAL(told.operator_reason, 5);

  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch advice = empty_dispatch(), answer = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &report, &advice), HJ_MANUAL);
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_MANUAL);
  CHECK(hj_is_taken(HJ_MANUAL));
  CHECK_EQUAL(answer.assignment_count, 1);
  CHECK_EQUAL(advice.assignment_count, 1);
  CHECK_EQUAL(answer.chosen[0].unit_id, 1);
  CHECK_EQUAL(answer.chosen[0].assignment_id, 0);
  /* Without streets every way is an estimate. */
  CHECK_EQUAL(answer.shortfall, HJ_SHORTFALL_MANUAL | HJ_SHORTFALL_NOT_ON_STREETS);
  CHECK_EQUAL(read_incident(engine, answer.incident_id).shortfall, answer.shortfall);
  CHECK_EQUAL(read_incident(engine, answer.incident_id).live_assignments, 0);
  CHECK_EQUAL(read_unit(engine, 1).level, HJ_LEVEL_AVAILABLE);
  hj_event proposed = last_of(engine, HJ_EVENT_INCIDENT, HJ_REASON_PROPOSED);
  CHECK_EQUAL(proposed.unit_id, 1);
  CHECK_EQUAL(proposed.incident_id, answer.incident_id);

  /* A post is decided alike. */
  report.key_high = 1;
  CHECK_STATUS(hj_incident_post(engine, &report), HJ_OK);
  poll_at(engine, START_NS + SECOND_NS);
  CHECK_EQUAL(last_of(engine, HJ_EVENT_DECIDED, HJ_MANUAL).key_high, 1);
  CHECK_EQUAL(read_stats(engine).assignments_live, 0);

  /* Given back, the longest waiting gets the only unit. */
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_NORMAL, NULL), HJ_OK);
  CHECK_EQUAL(health(engine).mode, HJ_MODE_NORMAL);
  poll_at(engine, START_NS + 2 * SECOND_NS);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, answer.incident_id);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void bad_modes(void) {
  hj_config config = poll_config();
  hj_engine *engine = open_engine(&config);
  static const int32_t wrong[] = {0, -1, HJ_MODE_DEGRADED, 4, 5, INT32_MIN, INT32_MAX};
  for (int index = 0; index < 7; index++) CHECK_STATUS(hj_mode_set(engine, wrong[index], NULL), HJ_E_ARGUMENT);
  hj_action by = person(1, 1);
  by.force = 1;
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_MANUAL, &by), HJ_E_UNSUPPORTED);
  by.force = 0;
  by.size = 1;
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_MANUAL, &by), HJ_E_SIZE);
  CHECK_EQUAL(health(engine).mode, HJ_MODE_NORMAL);
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_NORMAL, NULL), HJ_UNCHANGED);
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_MANUAL, NULL), HJ_OK); /* before the first poll as well */
  CHECK_STATUS(hj_engine_drain(engine), HJ_OK);
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_NORMAL, NULL), HJ_E_STATE);
  CHECK_EQUAL(health(engine).mode, HJ_MODE_MANUAL);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* It is on record: a process that is killed opens again in MANUAL, and what waited waits. */
static void survives(void) {
  new_folder();
  char journal[96];
  snprintf(journal, sizeof journal, "%s/journal", folder);
  hj_config config = poll_config();
  config.journal_path = journal;
  config.ring_bytes = 4 << 20;
  pid_t child = fork();
  if (child == 0) {
    hj_engine *engine = open_engine(&config);
    put_unit(engine, 1, 10, 0);
    poll_at(engine, START_NS);
    hj_action by = person(77, 5);
    REQUIRE_STATUS(hj_mode_set(engine, HJ_MODE_MANUAL, &by), HJ_OK);
    hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
    hj_dispatch answer = empty_dispatch();
    REQUIRE_STATUS(hj_incident_report(engine, &report, &answer), HJ_MANUAL);
    kill(getpid(), SIGKILL);
  }
  int ended = 0;
  REQUIRE_EQUAL(waitpid(child, &ended, 0), child);
  REQUIRE(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL);
  hj_engine *engine = open_engine(&config);
  CHECK_EQUAL(health(engine).mode, HJ_MODE_MANUAL);
  CHECK_EQUAL(health(engine).reasons & HJ_HEALTH_REBUILT_OTHERWISE, 0);
  poll_at(engine, START_NS + SECOND_NS);
  hj_event told = last_of(engine, HJ_EVENT_MODE, -1);
  CHECK_EQUAL(told.state, HJ_MODE_MANUAL); /* this process has told its host */
  CHECK_EQUAL(told.flags & HJ_EVENT_FLAG_REPEATED, 0);
  CHECK_EQUAL(read_stats(engine).incidents_open, 1);
  CHECK_EQUAL(read_stats(engine).assignments_live, 0);
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_NORMAL, NULL), HJ_OK);
  poll_at(engine, START_NS + 2 * SECOND_NS);
  CHECK_EQUAL(read_stats(engine).assignments_live, 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* ---- The run sheet ---- */

static char text[1 << 20];

/* The whole file; how many bytes. */
static size_t read_sheet(void) {
  FILE *file = fopen(sheet_path, "r");
  if (file == NULL) {
    text[0] = 0;
    return 0;
  }
  size_t bytes = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[bytes] = 0;
  return bytes;
}

/* Lines of at most 80 columns, pages of at most 60 lines, UTF-8; whole to its last line. */
static void check_form(void) {
  int column = 0, line = 0, lines = 0, most = 0, pages = 1;
  for (const unsigned char *byte = (const unsigned char *)text; *byte != 0; byte++) {
    if (*byte == '\n') {
      most = column > most ? column : most;
      column = 0;
      line++;
      lines = line > lines ? line : lines;
    } else if (*byte == '\f') {
      pages++;
      line = 0;
    } else if (*byte >= 0xe0) {
      column += 2;
    } else if (*byte < 0x80 || (*byte & 0xe0) == 0xc0) {
      column += *byte >= ' ';
    }
  }
  CHECK_LESS(most, 81);
  CHECK_LESS(lines, 61);
  CHECK_EQUAL(column, 0);
  CHECK_CONTAINS(text, "END OF SHEET");
  char page[32];
  snprintf(page, sizeof page, "page %d", pages);
  CHECK_CONTAINS(text, page);
}

static uint64_t sheet_event(void) {
  const char *place = strstr(text, "true at event");
  REQUIRE(place != NULL);
  place = strpbrk(place, "0123456789");
  return strtoull(place, NULL, 10);
}

static int times_in(const char *place, const char *what) {
  int times = 0;
  for (; place != NULL && (place = strstr(place, what)) != NULL; place++) times++;
  return times;
}

/* Units that may not be sent, and one with the longest number that may. */
static void put_away(hj_engine *engine) {
  for (int which = 0; which < 4; which++) {
    hj_unit unit = make_unit(which == 0 ? UINT64_MAX : 700 + (uint64_t)which, 5, 0);
    if (which == 1) unit.activity = HJ_ACTIVITY_OFF_DUTY;
    if (which == 2) unit.crew = HJ_CREW_NONE;
    if (which == 3) unit.shift_begin_wall_us = START_US + 3600 * 1000000LL;
    REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  }
}

static void check_away(void) {
  const char *other = strstr(text, "OTHER UNITS 其他警力");
  REQUIRE(other != NULL);
  CHECK_CONTAINS(other, " 701 off duty 下班\n");
  CHECK_CONTAINS(other, " 702 patrolling 巡逻 no crew 无人\n");
  CHECK_CONTAINS(other, " 703 patrolling 巡逻 before its shift 未到班次\n");
}

/* Each unit stands on it once: free, or sent to an incident that the engine says too, or neither. */
static void check_units(hj_engine *engine) {
  const char *others = strstr(text, "OTHER UNITS");
  REQUIRE(others != NULL);
  int sent = 0;
  for (const char *place = others; (place = strstr(place, "incident 警情 ")) != NULL; place++) {
    uint64_t incident = strtoull(place + strlen("incident 警情 "), NULL, 10);
    const char *line = place;
    while (line[-1] != '\n') line--;
    hj_unit_status unit = read_unit(engine, strtoull(line, NULL, 10));
    CHECK_EACH_EQUAL(unit.incident_id, incident);
    sent++;
  }
  CHECK_EQUAL(sent, 202);
  CHECK_EQUAL(times_in(strstr(text, "FREE UNITS"), "patrolling 巡逻"), 701 - 202 + 2);
}

static void sheet_in_poll(void) {
  new_folder();
  hj_config config = poll_config();
  config.run_sheet_path = sheet_path;
  CHECK_EQUAL(config.run_sheet_s, 30);
  config.max_units = 1000;
  config.max_incidents = 512;
  config.max_assignments = 512;
  umask(0);
  hj_engine *engine = open_engine(&config);
  CHECK_EQUAL(read_sheet(), 0);
  for (int id = 1; id <= 700; id++) put_unit(engine, (uint64_t)id, id, 0);
  put_away(engine);
  int64_t next = poll_at(engine, START_NS);
  CHECK_EQUAL(next, START_NS + 30 * SECOND_NS);
  CHECK_MORE(read_sheet(), 0);
  check_form();
  struct stat facts;
  REQUIRE_EQUAL(stat(sheet_path, &facts), 0);
  CHECK_EQUAL(facts.st_mode & 0777, 0600);
  CHECK_CONTAINS(text, "NORMAL 正常");
  CHECK_CONTAINS(text, "no open incident");
  CHECK_CONTAINS(text, " 700 patrolling 巡逻");
  CHECK_NULL(strstr(text, "reasons"));
  CHECK_EQUAL(times_in(strstr(text, "FREE UNITS"), "patrolling 巡逻"), 701 + 2);
  check_away();
  CHECK_CONTAINS(text, "2018-01-15 07:06:40 UTC");

  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  memcpy(report.reference, "20260105-0042", 13);
  report.type = 1203;
  hj_dispatch answer = empty_dispatch();
  REQUIRE_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  report.tier = HJ_TIER_EMERGENCY;
  report.flags = HJ_REPORT_VULNERABLE;
  memcpy(report.reference, "警2号\0\0\0\0\0\0\0", 14);
  REQUIRE_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  for (int index = 0; index < 200; index++) {
    memset(report.reference, 0, sizeof report.reference);
    report.reference[0] = 0xff;
    report.tier = HJ_TIER_ROUTINE;
    REQUIRE_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  }
  poll_at(engine, START_NS + 29 * SECOND_NS);
  read_sheet();
  CHECK_CONTAINS(text, "no open incident"); /* not before its time */
  poll_at(engine, START_NS + 30 * SECOND_NS);
  read_sheet();
  check_form();
  drop_events(engine);
  const char *urgent = strstr(text, "20260105-0042"), *emergency = strstr(text, "警2号");
  REQUIRE(urgent != NULL && emergency != NULL);
  CHECK_LESS(emergency - text, urgent - text); /* the most urgent first */
  CHECK_CONTAINS(text, "URGENT 较急");
  CHECK_CONTAINS(text, "type 类型 1203");
  CHECK_CONTAINS(text, "vulnerable 弱势");
  CHECK_CONTAINS(text, "37.7793000, -122.4193000");
  CHECK_CONTAINS(text, "dispatched 派警");
  check_away();
  CHECK_CONTAINS(text, "arrival 到场 07:21:40"); /* 15 minutes after 07:06:40 */
  CHECK_CONTAINS(text, "ref 编号 ff");
  CHECK_CONTAINS(text, "\f");
  /* All that was on one side is on the other. */
  int orders = 0;
  for (const char *place = text; (place = strstr(place, "unit 单位 ")) != NULL; place++) orders++;
  CHECK_EQUAL(orders, 202);
  check_units(engine);

  /* A change of mode does not wait, and the event that is told of it is the one that the sheet is true at. */
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_MANUAL, NULL), HJ_OK);
  hj_event told = last_of(engine, HJ_EVENT_MODE, -1);
  poll_at(engine, START_NS + 31 * SECOND_NS);
  read_sheet();
  check_form();
  CHECK_CONTAINS(text, "MANUAL 人工调度");
  CHECK_MORE(sheet_event() + 1, told.sequence);
  CHECK_NULL(strstr(text, " to ")); /* true at one moment */
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* A sheet that cannot be written fails no call: it is told, and so is that it can be again. */
static void sheet_refused(void) {
  new_folder();
  char moved[96];
  snprintf(moved, sizeof moved, "%s.moved", folder);
  hj_config config = poll_config();
  config.run_sheet_path = sheet_path;
  config.run_sheet_s = 1;
  hj_engine *engine = open_engine(&config);
  poll_at(engine, START_NS);
  drop_events(engine);
  size_t bytes = read_sheet();
  CHECK_MORE(bytes, 0);
  REQUIRE_EQUAL(rename(folder, moved), 0);
  poll_at(engine, START_NS + SECOND_NS);
  CHECK_EQUAL(health(engine).reasons, HJ_HEALTH_RUN_SHEET);
  CHECK_EQUAL(health(engine).mode, HJ_MODE_DEGRADED);
  poll_at(engine, START_NS + SECOND_NS);
  hj_event told = last_of(engine, HJ_EVENT_MODE, -1);
  CHECK_EQUAL(told.state, HJ_MODE_DEGRADED);
  CHECK_EQUAL(told.step, HJ_HEALTH_RUN_SHEET);
  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_MANUAL, NULL), HJ_OK);
  CHECK_EQUAL(health(engine).mode, HJ_MODE_MANUAL);
  CHECK_EQUAL(health(engine).reasons, HJ_HEALTH_RUN_SHEET);
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_NORMAL, NULL), HJ_OK);
  REQUIRE_EQUAL(rename(moved, folder), 0);
  poll_at(engine, START_NS + 3 * SECOND_NS);
  CHECK_EQUAL(health(engine).reasons, 0);
  read_sheet();
  check_form();
  CHECK_CONTAINS(text, " - a run sheet could not be written 值班单写入失败\n"); /* it stands on the first that is */
  poll_at(engine, START_NS + 3 * SECOND_NS);
  CHECK_EQUAL(last_of(engine, HJ_EVENT_MODE, -1).state, HJ_MODE_NORMAL);
  CHECK_MORE(read_sheet(), 0);
  check_form();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();

  /* What can never be written is refused at once. */
  static const char *const wrong[] = {"", "/", "/no/such/folder/sheet.txt", "/tmp/.."};
  for (int index = 0; index < 4; index++) {
    hj_error_detail why;
    memset(&why, 0, sizeof why);
    why.size = sizeof why;
    config.run_sheet_path = wrong[index];
    engine = NULL;
    CHECK_STATUS(hj_engine_open(&config, &engine, &why), HJ_E_FILE);
    CHECK_TEXT(why.field, "run_sheet_path");
    CHECK_NULL(engine);
  }
  config.run_sheet_path = NULL;
  config.run_sheet_s = 86401;
  CHECK_STATUS(hj_engine_open(&config, &engine, NULL), HJ_E_LIMIT);
}

/* With a thread of the engine's: at open, at a change of mode, at close. A link in its place is not followed. */
static void sheet_on_its_thread(void) {
  new_folder();
  char elsewhere[96], beside[112];
  snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", folder);
  snprintf(beside, sizeof beside, "%s.new", sheet_path);
  REQUIRE_EQUAL(symlink(elsewhere, beside), 0);
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.run_sheet_path = sheet_path;
  config.run_sheet_s = 86400;
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 10, 0);
  const struct timespec rest = {0, 5000000};
  for (int tries = 0; tries < 4000 && read_sheet() == 0; tries++) nanosleep(&rest, NULL);
  check_form();
  CHECK_EQUAL(access(elsewhere, F_OK), -1);
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_MANUAL, NULL), HJ_OK);
  for (int tries = 0; tries < 4000 && strstr(text, "MANUAL") == NULL; tries++) {
    nanosleep(&rest, NULL);
    read_sheet();
  }
  check_form();
  CHECK_CONTAINS(text, "MANUAL");
  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  memcpy(report.reference, "the last one", 12);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_MANUAL);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  read_sheet();
  check_form();
  CHECK_CONTAINS(text, "the last one");
  remove_folder();
}

/* ---- Catch-up ---- */

static void catch_up(void) {
  hj_config config = poll_config();
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 10, 0);
  poll_at(engine, START_NS + 7200 * SECOND_NS);
  drop_events(engine);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  report.source = HJ_SOURCE_CATCH_UP;
  report.wall_us = START_US + 60 * 1000000LL;
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_MANUAL);
  CHECK_EQUAL(answer.assignment_count, 0);
  uint64_t assignment = 0;
  int64_t minute = 60 * 1000000LL;
  CHECK_STATUS(hj_incident_assign(engine, answer.incident_id, 1, START_US + 5 * minute, &assignment), HJ_OK);
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ON_SCENE, START_US + 9 * minute), HJ_OK);
  CHECK_STATUS(hj_incident_close(engine, answer.incident_id, 1, START_US + 30 * minute), HJ_OK);
  poll_at(engine, START_NS + 90000 * SECOND_NS);
  hj_event events[64];
  uint32_t count = take_events(engine, events, 64);
  CHECK_MORE(count, 0);
  for (uint32_t index = 0; index < count; index++) {
    CHECK_EQUAL(events[index].flags, HJ_EVENT_FLAG_CATCH_UP);
    CHECK(events[index].kind != HJ_EVENT_ESCALATION && events[index].kind != HJ_EVENT_WARNING);
  }
  hj_incident_status status = read_incident(engine, answer.incident_id);
  CHECK_EQUAL(status.source, HJ_SOURCE_CATCH_UP);
  CHECK_EQUAL(status.dispatched_wall_us, START_US + 5 * minute);
  CHECK_EQUAL(status.arrived_wall_us, START_US + 9 * minute);
  CHECK_EQUAL(status.closed_wall_us, START_US + 30 * minute);

  hj_breach breach;
  memset(&breach, 0, sizeof breach);
  breach.size = sizeof breach;
  CHECK_STATUS(hj_figures_breaches(engine, &breach, 1, &count), HJ_OK);
  CHECK_EQUAL(count, 1); /* sent after four minutes, where one was promised */
  CHECK_EQUAL(breach.clock, HJ_CLOCK_PENDING);
  CHECK_EQUAL(breach.flags, HJ_BREACH_CATCH_UP);
  CHECK_EQUAL(breach.over_ms, 3 * 60 * 1000);
  hj_figures_query query;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.interval = HJ_INTERVAL_DISPATCH_TO_ARRIVAL;
  hj_figures figures;
  memset(&figures, 0, sizeof figures);
  figures.size = sizeof figures;
  query.dimension = HJ_FIGURES_CATCH_UP;
  CHECK_STATUS(hj_figures_read(engine, &query, &figures), HJ_OK);
  CHECK_EQUAL(figures.count, 1);
  CHECK_EQUAL(figures.max_ms, 4 * 60 * 1000);
  CHECK_EQUAL(figures.within_target, 1);
  query.dimension = HJ_FIGURES_ALL;
  CHECK_STATUS(hj_figures_read(engine, &query, &figures), HJ_OK);
  CHECK_EQUAL(figures.count, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(void) {
  sends_by_hand();
  bad_modes();
  survives();
  sheet_in_poll();
  sheet_refused();
  sheet_on_its_thread();
  catch_up();
  return check_finish();
}
