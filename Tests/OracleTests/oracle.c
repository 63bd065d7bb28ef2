/* Escalations against a second book of promises, over thousands of random hours. Each seed makes its own plans, cars,
 * calls, signatures, refusals, closings, raised tiers, appointments, people that take, snooze and hurry what has fired,
 * watches that fall silent, newer plans and calls that are migrated to them; polls come on the nanosecond, early, late,
 * after minutes of silence and a few steps at a time; the wall clock jumps by hours and days. None may be missing,
 * double or early, and the oldest comes first. Then the oracle is made wrong on purpose, to show that it would notice.
 *
 *   oracle [SEEDS] [FIRST-SEED]      2,000 without an argument, 100 when HUJIA_TEST_SMALL is set */
#include "host_acts.h"

static void poll_now(uint32_t work_max) {
  int64_t next_ns = -1;
  dropped_due_ns = told_due_ns = INT64_MAX;
  in_poll = 1;
  REQUIRE_STATUS(hj_engine_poll(engine, now_ns, wall_us, work_max, &next_ns), HJ_OK);
  hear();
  in_poll = 0;
  if (is_different) return;
  is_cut = work_max != 0 && next_ns <= now_ns; /* it says itself that there is more to do now */
  if (!is_cut) pauses_end();
  if (dropped_due_ns != INT64_MAX) differ("a promise was dropped without a word", NULL);
  if (!is_cut && earliest_ns() <= now_ns) differ("missing", NULL);
  if (next_ns > (earliest_ns() < now_ns ? now_ns : earliest_ns())) differ("the next poll is wanted too late", NULL);
}

static void pass_time(void) {
  int64_t due_ns = earliest_ns();
  int64_t step_ns, kind = below(16);
  if (kind < 5)
    step_ns = due_ns == INT64_MAX ? SECOND_NS : due_ns - now_ns;
  else if (kind == 5)
    step_ns = due_ns == INT64_MAX ? SECOND_NS : due_ns - now_ns - 1;
  else if (kind == 6)
    step_ns = below(1000000);
  else if (kind == 7)
    step_ns = one_in(8) ? below(180) * SECOND_NS : 0;
  else
    step_ns = below(6000) * 1000000;
  if (step_ns < 0) step_ns = 0;
  if (step_ns > 300 * SECOND_NS) step_ns = 30 * SECOND_NS;
  now_ns += step_ns;
  wall_us += step_ns / 1000;
  if (!one_in(40)) return;
  static const int64_t jumps_s[] = {3600, -3600, 86400, -86400, 1, -1, 7200, 37};
  int64_t jump_us = jumps_s[below(8)] * 1000000;
  wall_us += jump_us;
  wall_jumped(jump_us);
}

static void run_hour(uint64_t of) {
  seed = of;
  random_state = of * UINT64_C(0x2545F4914F6CDD1D);
  is_different = telling_count = 0;
  forced = NULL;
  forced_watch = NULL;
  forget_all();
  forget_firings();
  now_ns = START_NS + below(1000000000000);
  wall_us = START_US;
  hj_config config = poll_config();
  config.max_units = CARS;
  config.max_incidents = 1024;
  config.max_assignments = 64;
  engine = open_engine(&config);
  book_count = watch_count = 0;
  load_book();
  for (int64_t first = below(5); car_count < first;) add_car();
  int64_t end_ns = now_ns + 60 * MINUTE_NS;
  poll_now(0);
  while (now_ns < end_ns && !is_different) {
    pass_time();
    poll_now(one_in(5) ? 1 + (uint32_t)below(3) : 0);
    for (int64_t acts = below(3); acts > 0 && !is_different; acts--) {
      act();
      hear();
    }
  }
  if (!is_different) poll_now(0);
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(int argc, char **argv) {
  int64_t seeds = argc > 1 ? atoll(argv[1]) : getenv("HUJIA_TEST_SMALL") ? 100 : 2000;
  uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
  int64_t different = 0;
  for (int64_t index = 0; index < seeds; index++) {
    run_hour(first + (uint64_t)index);
    different += is_different;
    CHECK(!is_different);
    if (different == 5) break;
  }
  printf("note: %" PRId64 " seeds of one hour, %" PRId64 " escalations and warnings compared, %" PRId64
         " differences\n",
         seeds, compared, different);
  for (int clock = 1; clock < CLOCKS; clock++)
    if (by_clock[clock] > 0) printf("note:   %-12s %" PRId64 "\n", hj_name(HJ_NAMES_CLOCK, clock), by_clock[clock]);
  int caught = 0;
  for (planted = 1; planted <= PLANTED_BUGS; planted++) {
    int64_t tried = 0;
    for (is_different = 0; !is_different && tried < 60; tried++) run_hour(first + (uint64_t)tried);
    printf("  planted: %-40s %s %" PRId64 " seeds\n", planted_names[planted], is_different ? "caught after" : "NOT in",
           tried);
    caught += is_different;
    CHECK(is_different);
  }
  printf("note: %d planted bugs, %d caught\n", PLANTED_BUGS, caught);
  return check_finish();
}
