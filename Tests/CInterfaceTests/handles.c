/* Every exported function with every kind of handle that opens nothing: NULL, invented, closed, of a slot that is in
 * use again, and, in a forked child, the parent's. The table below is compared with the library's list of symbols
 * (scripts/tests-c gives its path), so that no function can be forgotten. */
#include <sys/wait.h>
#include <unistd.h>

#include "watch_rows.h"
#include "world.h"

static hj_action valid_action = {.size = sizeof valid_action};
static hj_stats some_stats = {.size = sizeof some_stats};
static hj_unit_status some_unit = {.size = sizeof some_unit};
static hj_dispatch some_dispatch = {.size = sizeof some_dispatch};
static hj_incident_status some_incident = {.size = sizeof some_incident};
static hj_clock_status some_clock = {.size = sizeof some_clock};
static hj_event some_event = {.size = sizeof some_event};
static hj_watch_status some_watch = {.size = sizeof some_watch};
static hj_figures some_figures = {.size = sizeof some_figures};
static hj_breach some_breach = {.size = sizeof some_breach};
static hj_health_info some_health = {.size = sizeof some_health};
static hj_journal_info some_journal = {.size = sizeof some_journal};
static hj_repeat some_repeat = {.size = sizeof some_repeat};
static hj_nearest some_nearest = {.size = sizeof some_nearest};
static hj_route_summary some_summary = {.size = sizeof some_summary};
static hj_route_point some_point = {.size = sizeof some_point};
static uint32_t some_count;
static uint64_t some_id;
static uint64_t some_cursor;
static uint8_t some_reference[32] = {1};
static hj_assignment some_assignment = {.size = sizeof some_assignment};
static char some_text[64];
static hj_status some_verdict;

/* Each with arguments that an open engine would take, so that only the handle is wrong. */
#define WITH_ARGUMENTS(X)                                                                           \
  X(hj_engine_poll, START_NS, START_US, 0, NULL)                                                    \
  X(hj_engine_stats, &some_stats)                                                                   \
  X(hj_health, &some_health)                                                                        \
  X(hj_mode_set, HJ_MODE_MANUAL, &valid_action)                                                     \
  X(hj_journal_status, &some_journal)                                                               \
  X(hj_journal_wait, 0, HJ_STRENGTH_RECORDED, 0)                                                    \
  X(hj_events_ack, 0)                                                                               \
  X(hj_plans_load, "{\"version\": 1, \"plans\": [{\"units\": [{}]}]}", 42, NULL)                    \
  X(hj_plans_load_by, "{\"version\": 1, \"plans\": [{\"units\": [{}]}]}", 42, NULL, &valid_action)  \
  X(hj_plans_migrate, &some_count)                                                                  \
  X(hj_unit_put, &valid_unit)                                                                       \
  X(hj_unit_put_by, &valid_unit, &valid_action)                                                     \
  X(hj_unit_remove, 2)                                                                              \
  X(hj_unit_remove_by, 2, &valid_action)                                                            \
  X(hj_unit_set_activity, 2, HJ_ACTIVITY_MEAL, 0)                                                   \
  X(hj_unit_set_activity_by, 2, HJ_ACTIVITY_MEAL, 0, &valid_action)                                 \
  X(hj_unit_check_in, 2, 0)                                                                         \
  X(hj_unit_read, 2, &some_unit)                                                                    \
  X(hj_positions_report, &valid_position, 1, &some_count)                                           \
  X(hj_incident_report, &valid_report, &some_dispatch)                                              \
  X(hj_incident_report_by, &valid_report, &some_dispatch, &valid_action)                            \
  X(hj_incident_recommend, &valid_report, &some_dispatch)                                           \
  X(hj_incident_post, &valid_report)                                                                \
  X(hj_incident_post_by, &valid_report, &valid_action)                                              \
  X(hj_incident_post_within, &valid_report, INT64_MAX)                                              \
  X(hj_incident_update, live_incident, &valid_report, &some_dispatch)                               \
  X(hj_incident_update_by, live_incident, &valid_report, &some_dispatch, &valid_action)             \
  X(hj_incident_assign, live_incident, 2, 0, &some_id)                                              \
  X(hj_incident_assign_by, live_incident, 2, 0, &some_id, &valid_action)                            \
  X(hj_incident_cancel, live_incident, 0)                                                           \
  X(hj_incident_cancel_by, live_incident, 0, &valid_action)                                         \
  X(hj_incident_close, live_incident, 0, 0)                                                         \
  X(hj_incident_close_by, live_incident, 0, 0, &valid_action)                                       \
  X(hj_incident_called_back, live_incident, 0)                                                      \
  X(hj_incident_called_back_by, live_incident, 0, &valid_action)                                    \
  X(hj_incident_called_back_with, live_incident, 1, 0, &valid_action)                               \
  X(hj_incident_set_lead, live_incident, 1, 0)                                                      \
  X(hj_incident_set_lead_by, live_incident, 1, 0, &valid_action)                                    \
  X(hj_incident_raise, live_incident, 2, 0, &some_dispatch)                                         \
  X(hj_incident_raise_by, live_incident, 2, 0, &some_dispatch, &valid_action)                       \
  X(hj_incident_repeats, &valid_report, &some_repeat, 1, &some_count)                               \
  X(hj_incident_merge, live_incident, 2, 0)                                                         \
  X(hj_incident_merge_by, live_incident, 2, 0, &valid_action)                                       \
  X(hj_incident_unmerge, live_incident, 0)                                                          \
  X(hj_incident_unmerge_by, live_incident, 0, &valid_action)                                        \
  X(hj_incident_separate, live_incident, 0, &some_dispatch)                                         \
  X(hj_incident_separate_by, live_incident, 0, &some_dispatch, &valid_action)                       \
  X(hj_incident_add_call, live_incident, &valid_report)                                             \
  X(hj_incident_add_call_by, live_incident, &valid_report, &valid_action)                           \
  X(hj_unit_self_initiated, 2, &valid_report, &some_dispatch)                                       \
  X(hj_unit_self_initiated_by, 2, &valid_report, &some_dispatch, &valid_action)                     \
  X(hj_incident_migrate, live_incident)                                                             \
  X(hj_incident_read, live_incident, &some_incident)                                                \
  X(hj_assignment_advance, live_assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, 0)                          \
  X(hj_assignment_advance_by, live_assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, 0, &valid_action)        \
  X(hj_assignment_divert, live_assignment, 12345, 0, &some_id)                                      \
  X(hj_assignment_divert_by, live_assignment, 12345, 0, &some_id, &valid_action)                    \
  X(hj_assignment_route, live_assignment, &some_point, 1, &some_count)                              \
  X(hj_assignment_undeliverable, live_assignment, 0)                                                \
  X(hj_assignment_read, live_assignment, &some_assignment)                                          \
  X(hj_incident_units, live_incident, &some_assignment, 1, &some_count)                             \
  X(hj_incident_find, 0, 0, some_reference, &some_id)                                               \
  X(hj_incidents_list, &some_cursor, &some_incident, 1, &some_count, NULL)                          \
  X(hj_units_list, &some_cursor, &some_unit, 1, &some_count, NULL)                                  \
  X(hj_watches_list, &some_cursor, &some_watch, 1, &some_count, NULL)                               \
  X(hj_clock_read, &valid_clock, &some_clock)                                                       \
  X(hj_clock_take, &valid_clock, &valid_action)                                                     \
  X(hj_clock_snooze, &valid_clock, 1, &valid_action)                                                \
  X(hj_clock_escalate, &valid_clock, &valid_action)                                                 \
  X(hj_events_poll, &some_event, 1, &some_count)                                                    \
  X(hj_watch_put, &valid_watch)                                                                     \
  X(hj_watch_put_by, &valid_watch, &valid_action)                                                   \
  X(hj_watch_remove, 5)                                                                             \
  X(hj_watch_remove_by, 5, &valid_action)                                                           \
  X(hj_watch_beats, &valid_beat, 1, &some_count)                                                    \
  X(hj_watch_pause, 5, 0)                                                                           \
  X(hj_watch_pause_by, 5, 0, &valid_action)                                                         \
  X(hj_watch_resume, 5)                                                                             \
  X(hj_watch_resume_by, 5, &valid_action)                                                           \
  X(hj_watch_alarm, 5, 0, &some_dispatch)                                                           \
  X(hj_watch_alarm_by, 5, 0, &some_dispatch, &valid_action)                                         \
  X(hj_watch_read, 5, &some_watch)                                                                  \
  X(hj_figures_read, &valid_figures, &some_figures)                                                 \
  X(hj_figures_values, HJ_FIGURES_TYPE, NULL, 0, &some_count)                                       \
  X(hj_figures_breaches, &some_breach, 1, &some_count)                                              \
  X(hj_nearest_units, &valid_query, &some_nearest, 1, &some_count)                                  \
  X(hj_travel_time, 0, 0, 1, 1, HJ_PROFILE_DEFAULT, &some_count, NULL, NULL, NULL)                  \
  X(hj_route, 0, 0, 1, 1, &some_summary, &some_point, 1, &some_count)                               \
  X(hj_route_by_profile, 0, 0, 1, 1, HJ_PROFILE_NORMAL, &some_summary, &some_point, 1, &some_count) \
  X(hj_street_name, 1, some_text, sizeof some_text, &some_count)                                    \
  X(hj_traffic_report, &valid_street_time, 1)                                                       \
  X(hj_traffic_report_each, &valid_street_time, 1, &some_verdict, &some_count)                      \
  X(hj_traffic_report_by, &valid_street_time, 1, &some_verdict, &some_count, &valid_action)
#define WITHOUT_ARGUMENTS(X) \
  X(hj_figures_reset)        \
  X(hj_engine_drain)         \
  X(hj_engine_close)

/* These take no engine. */
static const char *const others[] = {"hj_version",     "hj_abi_version", "hj_status_name",     "hj_is_taken",
                                     "hj_status_text", "hj_name",        "hj_e7_from_degrees", "hj_degrees_from_e7",
                                     "hj_config_init", "hj_engine_open", "hj_datum_convert"};

#define DEFINE(function, ...)                           \
  static hj_status call_##function(hj_engine *engine) { \
    return function(engine, __VA_ARGS__);               \
  }
#define DEFINE_PLAIN(function)                          \
  static hj_status call_##function(hj_engine *engine) { \
    return function(engine);                            \
  }
WITH_ARGUMENTS(DEFINE)
WITHOUT_ARGUMENTS(DEFINE_PLAIN)

static hj_status expected_of_descriptor;
/* It has no status: -1 says that there is no engine. */
static hj_status call_hj_events_fd(hj_engine *engine) {
  return hj_events_fd(engine) == -1 ? expected_of_descriptor : HJ_OK;
}

#define ROW(function, ...) {#function, call_##function},
#define ROW_PLAIN(function) {#function, call_##function},
static const struct {
  const char *name;
  hj_status (*call)(hj_engine *);
} rows[] = {WITH_ARGUMENTS(ROW) WITHOUT_ARGUMENTS(ROW_PLAIN){"hj_events_fd", call_hj_events_fd}};
enum { ROWS = sizeof rows / sizeof rows[0], OTHERS = sizeof others / sizeof others[0] };

static int is_known(const char *name) {
  int times = 0;
  for (int row = 0; row < ROWS; row++) times += strcmp(rows[row].name, name) == 0;
  for (int other = 0; other < OTHERS; other++) times += strcmp(others[other], name) == 0;
  return times == 1;
}

/* `path`: the output of nm -D --defined-only. */
static void complete(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) fprintf(stderr, "give the path of the library's list of symbols\n");
  REQUIRE(file != NULL);
  char line[512];
  int found = 0;
  while (fgets(line, sizeof line, file) != NULL) {
    char *name = strstr(line, " T hj_");
    if (name == NULL) continue;
    name += 3;
    name[strcspn(name, "@\n ")] = 0;
    found++;
    if (!is_known(name)) fprintf(stderr, "%s is exported and has no row in handles.c\n", name);
    CHECK(is_known(name));
  }
  fclose(file);
  CHECK_EQUAL(found, ROWS + OTHERS); /* and none of the rows names a function that is gone */
}

static int count_wrong(hj_engine *handle, hj_status expected, const char *kind) {
  int wrong = 0;
  expected_of_descriptor = expected;
  for (int row = 0; row < ROWS; row++) {
    hj_status wanted = handle == NULL && rows[row].call == call_hj_engine_close ? HJ_OK : expected;
    hj_status status = rows[row].call(handle);
    if (status == wanted) continue;
    fprintf(stderr, "%s, %s handle %#" PRIxPTR ": %s\n", rows[row].name, kind, (uintptr_t)handle,
            hj_status_name(status));
    wrong++;
  }
  return wrong;
}

static void refuse(hj_engine *handle, hj_status expected, const char *kind) {
  CHECK_EQUAL(count_wrong(handle, expected, kind), 0);
}

static void invented_handles(void) {
  int on_stack = 0;
  const uintptr_t invented[] = {0,
                                1,
                                2,
                                3,
                                4,
                                8,
                                0xffff,
                                UINTPTR_MAX,
                                UINTPTR_MAX - 1,
                                (uintptr_t)1 << 47,
                                (uintptr_t)INTPTR_MAX,
                                (uintptr_t)&on_stack,
                                (uintptr_t)rows,
                                (uintptr_t)good + 1,
                                (uintptr_t)good - 1,
                                (uintptr_t)good + (1u << 16),
                                (uintptr_t)good - (1u << 16),
                                (uintptr_t)good | 0xfff0,
                                (uintptr_t)malloc};
  for (size_t index = 0; index < sizeof invented / sizeof invented[0]; index++)
    if (invented[index] != (uintptr_t)good) refuse((hj_engine *)invented[index], HJ_E_STALE, "invented");
}

static hj_config smallest(void) {
  hj_config config = poll_config();
  config.max_units = config.max_incidents = config.max_assignments = 1;
  config.event_capacity = 16;
  config.max_watches = config.figure_types = config.figure_agencies = config.figure_beats = 0;
  return config;
}

static void closed_handles(void) {
  hj_config config = smallest();
  hj_engine *closed = open_engine(&config);
  CHECK_STATUS(hj_engine_close(closed), HJ_OK);
  refuse(closed, HJ_E_STALE, "closed");
  hj_engine *after = open_engine(&config); /* in the same slot: nobody else opens one */
  CHECK_EQUAL(((uintptr_t)after & 0xffff), ((uintptr_t)closed & 0xffff));
  refuse(closed, HJ_E_STALE, "recycled");
  CHECK_STATUS(hj_engine_close(after), HJ_OK);
  refuse(closed, HJ_E_STALE, "twice recycled");
}

/* Every slot in use, emptied and used again: 512 handles, of which 256 open something. */
static void full_table(void) {
  static hj_engine *first[256], *second[256];
  hj_config config = smallest();
  int count = 0;
  hj_status status = HJ_OK;
  while (count < 256 && (status = hj_engine_open(&config, &first[count], NULL)) == HJ_OK) count++;
  CHECK_STATUS(status, HJ_FULL);
  CHECK_EQUAL(count, 255); /* 256 with the one of this test */
  CHECK_NULL(first[count]);
  for (int index = 0; index < count; index++) {
    CHECK_EACH_STATUS(hj_unit_read(first[index], 1, &some_unit), HJ_E_UNKNOWN);
    CHECK_EACH_STATUS(hj_engine_close(first[index]), HJ_OK);
    second[index] = open_engine(&config);
    CHECK_EACH_STATUS(hj_unit_read(first[index], 1, &some_unit), HJ_E_STALE);
    for (int earlier = 0; earlier < index; earlier++)
      CHECK_EACH_DIFFERENT((intptr_t)second[earlier], (intptr_t)second[index]);
  }
  for (int index = 0; index < count; index++) CHECK_EACH_STATUS(hj_engine_close(first[index]), HJ_E_STALE);
  for (int index = 0; index < count; index++) CHECK_EACH_STATUS(hj_engine_close(second[index]), HJ_OK);
  refuse(first[0], HJ_E_STALE, "recycled");
}

/* In the child the parent's handles are its own no more, whatever else the child opens; closed ones stay stale. */
static void handles_of_a_parent(void) {
  fflush(NULL);
  pid_t child = fork();
  REQUIRE_AT_LEAST(child, 0);
  if (child == 0) {
    alarm(60);
    int wrong = count_wrong(good, HJ_E_FORKED, "parent's");
    hj_config config = smallest();
    hj_engine *own = NULL;
    wrong += hj_engine_open(&config, &own, NULL) != HJ_OK;
    wrong += count_wrong(good, HJ_E_FORKED, "parent's");
    wrong += hj_unit_read(own, 1, &some_unit) != HJ_E_UNKNOWN;
    wrong += hj_engine_close(own) != HJ_OK;
    wrong += count_wrong(own, HJ_E_STALE, "closed");
    wrong += count_wrong(NULL, HJ_E_STALE, "no");
    _exit(wrong != 0);
  }
  int status = -1;
  REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  CHECK(WIFEXITED(status));
  CHECK_EQUAL(WEXITSTATUS(status), 0);
}

int main(int count, char **arguments) {
  complete(count > 1 ? arguments[1] : "");
  open_world();
  REQUIRE_STATUS(hj_watch_put(good, &valid_watch), HJ_OK);
  hj_stats before = read_stats(good);
  invented_handles();
  closed_handles();
  full_table();
  handles_of_a_parent();
  hj_stats after = read_stats(good);
  CHECK_BYTES(&before, &after, sizeof before); /* no call with a wrong handle reached the engine that is open */
  close_world();
  return check_finish();
}
