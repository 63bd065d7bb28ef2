/* A random plans file, twice: as the text that the engine loads and as the plain tables that the oracle reads. */
#ifndef HUJIA_ORACLE_BOOK_H
#define HUJIA_ORACLE_BOOK_H

#include <stdarg.h>

#include "../CInterfaceTests/host.h"

#define TIERS 5
#define CLOCKS 13
#define STEP_MAX 5
#define NO_LIMIT (-1)
#define CAR_KINDS 2

typedef struct {
  int64_t after_ms;
  int32_t action;
} step;

/* What is done on breach, for one clock and tier; no steps = the clock is off. */
typedef struct {
  int64_t limit_ms, repeat_ms;
  int64_t warn_before_ms, snooze_most_ms, taken_ms;
  int32_t warn_percent, signatures, skips_nobody, last_resort;
  int32_t steps;
  step step[STEP_MAX];
} chain;

typedef struct {
  int64_t respond_ms, arrive_ms, arrive_vulnerable_ms, resolve_ms;
} limits;

typedef struct {
  limits tier[TIERS];
  chain chain[CLOCKS][TIERS];
  /* Where the caller is vulnerable, or from one hour of local time to another: one clock has another chain, or none.
   * 0 = no such rule. */
  int32_t ruled_clock, is_by_hours, from_hour, to_hour;
  chain rule[TIERS];
  int64_t zone_s; /* local time is so far ahead of UTC */
  int64_t turnout_ms[CAR_KINDS];
  int unit_count, is_multi_agency;
  char text[32768];
  uint32_t length;
} book;

/* splitmix64: the seed is the test. */
static uint64_t random_state;

static uint64_t random_next(void) {
  uint64_t x = random_state += UINT64_C(0x9E3779B97F4A7C15);
  x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
  return x ^ (x >> 31);
}

static int64_t below(int64_t bound) {
  return (int64_t)(random_next() % (uint64_t)bound);
}

static int one_in(int64_t bound) {
  return below(bound) == 0;
}

static void say(book *to, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int written = vsnprintf(to->text + to->length, sizeof to->text - to->length, format, arguments);
  va_end(arguments);
  REQUIRE_MORE(written, 0);
  REQUIRE_LESS(to->length + (uint32_t)written, sizeof to->text);
  to->length += (uint32_t)written;
}

/* Whole seconds as people write them, and now and then milliseconds, so that few deadlines meet and some do. */
static int64_t random_ms(int64_t most_s) {
  return one_in(3) ? 1 + below(most_s * 1000) : (1 + below(most_s)) * 1000;
}

static void say_seconds(book *to, const char *key, int64_t ms) {
  if (ms == NO_LIMIT)
    say(to, "\"%s\": null", key);
  else
    say(to, "\"%s\": %" PRId64 ".%03" PRId64, key, ms / 1000, ms % 1000);
}

/* As the plans write them; here, and not by hj_name, so that neither stands in for the other. */
static const char *step_word(int32_t action) {
  static const char *const words[] = {"",
                                      "notify_again",
                                      "other_channel",
                                      "next_unit",
                                      "widen",
                                      "supervisor",
                                      "tell_caller",
                                      "suggest_exchange",
                                      "neighbour",
                                      "manual",
                                      "supervision",
                                      "call_unit",
                                      "backup",
                                      "first_leads",
                                      "last_resort",
                                      "",
                                      "",
                                      "",
                                      "",
                                      "",
                                      "open_incident",
                                      "home_officer",
                                      "grid_worker"};
  return words[action];
}

static int32_t random_action(int32_t clock) {
  static const int32_t actions[] = {HJ_STEP_NOTIFY_AGAIN, HJ_STEP_OTHER_CHANNEL, HJ_STEP_SUPERVISOR,
                                    HJ_STEP_CALL_UNIT,    HJ_STEP_BACKUP,        HJ_STEP_NEXT_UNIT};
  if (clock == HJ_CLOCK_LEAD && one_in(2)) return HJ_STEP_FIRST_LEADS;
  int has_unit_to_replace = clock == HJ_CLOCK_DELIVERY || clock == HJ_CLOCK_ACKNOWLEDGE || clock == HJ_CLOCK_TURNOUT;
  return actions[below(has_unit_to_replace ? 6 : 5)];
}

static void random_chain(chain *to, int32_t clock, int64_t limit_s) {
  memset(to, 0, sizeof *to);
  to->limit_ms = limit_s == 0 ? NO_LIMIT : random_ms(limit_s);
  to->steps = 1 + (int32_t)below(STEP_MAX);
  for (int32_t index = 0; index < to->steps; index++) {
    to->step[index].after_ms = index > 0 ? random_ms(90) : one_in(3) ? random_ms(20) : 0;
    to->step[index].action = random_action(clock);
  }
  to->repeat_ms = one_in(4) ? random_ms(5) : random_ms(300);
  to->snooze_most_ms = one_in(4) ? 0 : random_ms(200);
  to->taken_ms = one_in(2) ? 0 : random_ms(300);
  to->skips_nobody = one_in(2);
  to->last_resort = one_in(3) ? HJ_STEP_SUPERVISION : HJ_STEP_LAST_RESORT;
  to->warn_before_ms = to->limit_ms != 1 && one_in(4) ? random_ms(60) : 0;
  if (to->limit_ms != NO_LIMIT && to->warn_before_ms >= to->limit_ms) to->warn_before_ms = to->limit_ms - 1;
  if (to->warn_before_ms == 0 && one_in(4)) to->warn_percent = 1 + (int32_t)below(99);
  if (clock == HJ_CLOCK_ACKNOWLEDGE && one_in(4)) to->signatures = 1 + (int32_t)below(2);
}

static void say_steps(book *to, const chain *what) {
  for (int32_t index = 0; index < what->steps; index++) {
    say(to, "%s{\"do\": \"%s\"", index == 0 ? "" : ", ", step_word(what->step[index].action));
    if (what->step[index].after_ms > 0) {
      say(to, ", ");
      say_seconds(to, "after_s", what->step[index].after_ms);
    }
    say(to, "}");
  }
}

static void say_chain(book *to, const chain *what) {
  if (what->limit_ms != NO_LIMIT) {
    say_seconds(to, "limit_s", what->limit_ms);
    say(to, ", ");
  }
  say(to, "\"steps\": [");
  say_steps(to, what);
  say(to, "], ");
  say_seconds(to, "repeat_s", what->repeat_ms);
  say(to, ", ");
  say_seconds(to, "snooze_max_s", what->snooze_most_ms);
  if (what->taken_ms > 0) say(to, ", "), say_seconds(to, "taken_s", what->taken_ms);
  if (what->warn_before_ms > 0) say(to, ", "), say_seconds(to, "warn_before_s", what->warn_before_ms);
  if (what->warn_percent > 0) say(to, ", \"warn_percent\": %d", what->warn_percent);
  if (what->signatures > 0) say(to, ", \"acknowledgements\": %d", what->signatures);
  if (what->skips_nobody) say(to, ", \"nobody\": \"skip\"");
  say(to, ", \"last_resort\": \"%s\"", step_word(what->last_resort));
}

/* One clock: the same for all tiers, or with a tier of its own, or off. */
static void random_clock(book *to, int32_t clock, int64_t limit_s, int is_last) {
  chain common;
  memset(&common, 0, sizeof common);
  say(to, "\"%s\": ", hj_name(HJ_NAMES_CLOCK, clock));
  if (one_in(8)) {
    for (int tier = 0; tier < TIERS; tier++) to->chain[clock][tier] = common;
    say(to, "null%s", is_last ? "" : ", ");
    return;
  }
  random_chain(&common, clock, limit_s);
  for (int tier = 0; tier < TIERS; tier++) to->chain[clock][tier] = common;
  say(to, "{");
  say_chain(to, &common);
  if (one_in(2)) {
    int32_t tier = 1 + (int32_t)below(4);
    random_chain(&to->chain[clock][tier], clock, limit_s);
    say(to, ", \"tiers\": {\"%s\": {", hj_name(HJ_NAMES_TIER, tier));
    say_chain(to, &to->chain[clock][tier]);
    say(to, "}}");
  }
  say(to, "}%s", is_last ? "" : ", ");
}

/* A rule says what is different: another limit, another repeat, or that the clock does not run. */
static void random_rule(book *to) {
  static const int32_t clocks[] = {HJ_CLOCK_PENDING, HJ_CLOCK_ACKNOWLEDGE, HJ_CLOCK_ARRIVAL,
                                   HJ_CLOCK_RESOLVE, HJ_CLOCK_WELFARE,     HJ_CLOCK_CALLBACK};
  int32_t clock = clocks[below(6)];
  if (one_in(2) || to->chain[clock][1].steps == 0) return;
  to->ruled_clock = clock;
  to->is_by_hours = one_in(2);
  say(to, "\"clock_rules\": [{\"clock\": \"%s\", ", hj_name(HJ_NAMES_CLOCK, clock));
  if (to->is_by_hours) {
    to->from_hour = (int32_t)below(24);
    to->to_hour = (to->from_hour + 1 + (int32_t)below(12)) % 24;
    say(to, "\"hours\": [[%d, %d]], ", to->from_hour, to->to_hour);
  } else {
    say(to, "\"vulnerable\": true, ");
  }
  if (one_in(3)) {
    say(to, "\"runs\": false}], ");
    return;
  }
  int64_t limit_ms = (61 + below(200)) * 1000, repeat_ms = random_ms(200);
  for (int tier = 0; tier < TIERS; tier++) {
    to->rule[tier] = to->chain[clock][tier];
    to->rule[tier].limit_ms = limit_ms;
    to->rule[tier].repeat_ms = repeat_ms;
  }
  say_seconds(to, "limit_s", limit_ms);
  say(to, ", ");
  say_seconds(to, "repeat_s", repeat_ms);
  say(to, "}], ");
}

/* Of watches: by tier, and never without steps, so that loading other plans leaves no chain hanging. */
static void random_absence(book *to) {
  static const int32_t actions[] = {HJ_STEP_HOME_OFFICER, HJ_STEP_GRID_WORKER, HJ_STEP_OPEN_INCIDENT,
                                    HJ_STEP_OPEN_INCIDENT, HJ_STEP_SUPERVISOR};
  say(to, ", \"absence\": {");
  for (int tier = 1; tier < TIERS; tier++) {
    chain *own = &to->chain[HJ_CLOCK_ABSENCE][tier];
    own->limit_ms = (1 + below(900)) * 1000;
    own->repeat_ms = random_ms(200);
    own->snooze_most_ms = one_in(4) ? 0 : random_ms(400);
    own->taken_ms = one_in(2) ? 0 : random_ms(300);
    own->steps = 1 + (int32_t)below(STEP_MAX);
    for (int32_t index = 0; index < own->steps; index++) {
      own->step[index].after_ms = index > 0 ? random_ms(90) : one_in(3) ? random_ms(20) : 0;
      own->step[index].action = actions[below(5)];
    }
    if (tier == 1) say(to, "\"steps\": [{\"do\": \"supervisor\"}], \"tiers\": {");
    say(to, "%s\"%s\": {", tier == 1 ? "" : ", ", hj_name(HJ_NAMES_TIER, tier));
    say_seconds(to, "limit_s", own->limit_ms);
    say(to, ", ");
    say_seconds(to, "repeat_s", own->repeat_ms);
    say(to, ", ");
    say_seconds(to, "snooze_max_s", own->snooze_most_ms);
    if (own->taken_ms > 0) say(to, ", "), say_seconds(to, "taken_s", own->taken_ms);
    say(to, ", \"steps\": [");
    say_steps(to, own);
    say(to, "]}");
  }
  say(to, "}}");
}

static void random_tiers(book *to) {
  say(to, "\"tiers\": {");
  for (int tier = 1; tier < TIERS; tier++) {
    limits *own = &to->tier[tier];
    own->respond_ms = one_in(6) ? NO_LIMIT : random_ms(300);
    own->arrive_ms = one_in(6) ? NO_LIMIT : random_ms(900);
    own->arrive_vulnerable_ms = one_in(2) ? NO_LIMIT : random_ms(500);
    own->resolve_ms = one_in(4) ? NO_LIMIT : random_ms(2400);
    say(to, "%s\"%s\": {", tier == 1 ? "" : ", ", hj_name(HJ_NAMES_TIER, tier));
    say_seconds(to, "respond_s", own->respond_ms);
    say(to, ", ");
    say_seconds(to, "arrive_s", own->arrive_ms);
    say(to, ", ");
    say_seconds(to, "arrive_vulnerable_s", own->arrive_vulnerable_ms);
    say(to, ", ");
    say_seconds(to, "resolve_s", own->resolve_ms);
    say(to, "}");
  }
  say(to, "}, ");
}

static void random_book(book *to) {
  memset(to, 0, sizeof *to);
  to->unit_count = 1 + (int)below(2);
  to->is_multi_agency = one_in(4);
  to->turnout_ms[0] = random_ms(90);
  to->turnout_ms[1] = random_ms(90);
  to->zone_s = (below(49) - 24) * 1800;
  int minutes = (int)(to->zone_s < 0 ? -to->zone_s : to->zone_s) / 60;
  say(to, "{\"version\": 1, \"time_zone\": \"%c%02d:%02d\", ", to->zone_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
  say(to, "\"turnout_s\": {");
  say_seconds(to, "default", to->turnout_ms[0]);
  say(to, ", \"kinds\": {");
  say_seconds(to, "1", to->turnout_ms[1]);
  say(to, "}}, ");
  random_tiers(to);
  say(to, "\"clocks\": {");
  random_clock(to, HJ_CLOCK_PENDING, 0, 0);
  random_clock(to, HJ_CLOCK_DELIVERY, 20, 0);
  random_clock(to, HJ_CLOCK_ACKNOWLEDGE, 40, 0);
  random_clock(to, HJ_CLOCK_TURNOUT, one_in(2) ? 0 : 60, 0);
  random_clock(to, HJ_CLOCK_ARRIVAL, 0, 0);
  random_clock(to, HJ_CLOCK_WELFARE, 120, 0);
  random_clock(to, HJ_CLOCK_REPORT, 300, 0);
  random_clock(to, HJ_CLOCK_RESOLVE, 0, 0);
  random_clock(to, HJ_CLOCK_CALLBACK, 600, 0);
  random_clock(to, HJ_CLOCK_LEAD, 60, 1);
  random_absence(to);
  say(to, "}, ");
  random_rule(to);
  say(to, "\"plans\": [{\"name\": \"any\", \"units\": [");
  if (to->is_multi_agency)
    say(to, "{\"agency\": 1}, {\"agency\": 2}");
  else
    say(to, "{\"count\": %d}", to->unit_count);
  say(to, "]}]}");
}

static int64_t arrive_ms(const book *from, int32_t tier, int is_vulnerable) {
  const limits *own = &from->tier[tier];
  return is_vulnerable && own->arrive_vulnerable_ms != NO_LIMIT ? own->arrive_vulnerable_ms : own->arrive_ms;
}

#endif
