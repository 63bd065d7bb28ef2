/* Escalations against a second book of promises, over thousands of random hours. Each seed makes its own plans, cars,
 * calls, signatures, refusals, closings and raised tiers; polls come on the nanosecond, early, late, after minutes of
 * silence and a few steps at a time; the wall clock jumps by hours and days. None may be missing, double or early, and
 * the oldest comes first. Then the oracle is made wrong on purpose, to show that it would notice.
 *
 *   oracle [SEEDS] [FIRST-SEED]      2,000 without an argument, 100 when HUJIA_TEST_SMALL is set */
#include "promises.h"

static hj_engine *engine;
static uint64_t seed;
static int64_t compared;
static int is_different; /* this seed has failed; the rest of it means nothing */
static int in_poll;

static void differ(const char *what, const hj_event *event) {
  if (is_different) return;
  is_different = 1;
  if (planted != NO_BUG) return;
  fprintf(stderr, "seed %" PRIu64 " at %.9f s: %s\n", seed, (double)(now_ns - START_NS) / 1e9, what);
  if (event != NULL)
    fprintf(stderr,
            "  got %s step %d.%d action %d, incident %" PRIx64 " assignment %" PRIx64 " unit %" PRIu64
            " reason %d, %" PRId64 " ns late\n",
            hj_name(HJ_NAMES_CLOCK, event->clock), event->step, event->cycle, event->action, event->incident_id,
            event->assignment_id, event->unit_id, event->reason, event->late_ns);
  for (int index = 0; index < promise_count; index++) {
    const promise *made = &promises[index];
    if (made->due_ns > now_ns) continue;
    fprintf(stderr, "  due %s step %d.%d, incident %" PRIx64 " assignment %" PRIx64 ", since %" PRId64 " ns\n",
            hj_name(HJ_NAMES_CLOCK, made->clock), made->step + 1, made->cycle, calls[made->call].id,
            made->order < 0 ? 0 : orders[made->order].id, now_ns - made->due_ns);
  }
}

/* ---- What the engine says ------------------------------------------------------------------------------------- */

/* The reports by their key: what the host knows of a call before the engine answers. */
typedef struct {
  int32_t tier;
  int is_vulnerable;
  int64_t wall_us;
} told;
static told tellings[CALLS];
static int telling_count;

static void take_escalation(const hj_event *event) {
  int64_t due_ns = planted == NEWEST_FIRST ? newest_due_ns() : earliest_ns();
  if (due_ns > now_ns) {
    differ("an escalation that nobody was promised", event);
    return;
  }
  if (dropped_due_ns < due_ns) differ("an older one was passed over", event);
  dropped_due_ns = INT64_MAX;
  for (int index = 0; index < promise_count; index++) {
    promise *made = &promises[index];
    if (made->due_ns != due_ns || !is_kept_by(made, event)) continue;
    if (event->late_ns != now_ns - due_ns || event->wall_us != wall_us ||
        event->due_wall_us != wall_us - event->late_ns / 1000)
      differ("the times are wrong", event);
    compared++;
    go_on(made);
    return;
  }
  differ("not the oldest promise, or not as promised", event);
}

static void take_assignment(const hj_event *event) {
  int call = find_call(event->incident_id);
  if (call < 0 || event->unit_id < 1 || event->unit_id > CARS) {
    differ("an assignment of nobody's", event);
    return;
  }
  int index = find_order(event->assignment_id);
  if (index < 0) {
    if (event->state != HJ_ASSIGNMENT_DISPATCHED || car_is_busy[event->unit_id]) differ("sent twice", event);
    unit_sent(call, event->assignment_id, (int)event->unit_id, in_poll && event->reason == HJ_REASON_NEXT_UNIT);
    return;
  }
  if (!orders[index].is_live || orders[index].call != call) differ("an assignment that had ended", event);
  if (event->state >= HJ_ASSIGNMENT_CLEARED)
    unit_left(index, event->state);
  else
    unit_moved(index, event->state);
}

static void hear(void) {
  hj_event events[64];
  uint32_t count;
  do {
    events[0].size = sizeof events[0];
    REQUIRE(hj_events_poll(engine, events, 64, &count) == HJ_OK);
    for (uint32_t index = 0; index < count && !is_different; index++) {
      const hj_event *event = &events[index];
      if (event->kind == HJ_EVENT_DECIDED && event->reason != HJ_EXISTS) {
        const told *known = &tellings[event->key_low];
        call_received(event->incident_id, known->tier, known->is_vulnerable, known->wall_us);
      } else if (event->kind == HJ_EVENT_ASSIGNMENT) {
        take_assignment(event);
      } else if (event->kind == HJ_EVENT_ESCALATION) {
        take_escalation(event);
      } else if (event->kind == HJ_EVENT_INCIDENT && event->state >= HJ_INCIDENT_CLOSED) {
        call_ended(find_call(event->incident_id));
      } else if (event->kind == HJ_EVENT_OVERFLOW || event->kind == HJ_EVENT_REFUSED) {
        differ("lost or refused", event);
      }
    }
  } while (count > 0);
}

/* ---- What the host does --------------------------------------------------------------------------------------- */

static void poll_now(uint32_t work_max) {
  int64_t next_ns = -1;
  dropped_due_ns = INT64_MAX;
  in_poll = 1;
  REQUIRE(hj_engine_poll(engine, now_ns, wall_us, work_max, &next_ns) == HJ_OK);
  hear();
  in_poll = 0;
  if (is_different) return;
  int is_cut = work_max != 0 && next_ns <= now_ns; /* it says itself that there is more to do now */
  if (dropped_due_ns != INT64_MAX) differ("a promise was dropped without a word", NULL);
  if (!is_cut && earliest_ns() <= now_ns) differ("missing", NULL);
  if (next_ns > (earliest_ns() < now_ns ? now_ns : earliest_ns())) differ("the next poll is wanted too late", NULL);
}

static void pass_time(void) {
  int64_t due_ns = earliest_ns();
  int64_t step_ns;
  switch (below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      step_ns = due_ns == INT64_MAX ? SECOND_NS : due_ns - now_ns;
      break;
    case 5:
      step_ns = due_ns == INT64_MAX ? SECOND_NS : due_ns - now_ns - 1;
      break;
    case 6:
      step_ns = below(1000000);
      break;
    case 7:
      step_ns = one_in(8) ? below(180) * SECOND_NS : 0;
      break;
    default:
      step_ns = below(6000) * 1000000;
      break;
  }
  if (step_ns < 0) step_ns = 0;
  if (step_ns > 300 * SECOND_NS) step_ns = 30 * SECOND_NS;
  now_ns += step_ns;
  wall_us += step_ns / 1000;
  if (!one_in(40)) return;
  static const int64_t jumps_s[] = {3600, -3600, 86400, -86400, 1, -1, 7200, 37};
  int64_t jump_us = jumps_s[below(8)] * 1000000;
  if (wall_us + jump_us < 1000000) jump_us = 0;
  wall_us += jump_us;
  wall_jumped(jump_us);
}

static void report(void) {
  if (telling_count == CALLS) return;
  hj_report report = make_report(1 + (int32_t)below(4), (int)below(1000), 0);
  hj_dispatch dispatch = empty_dispatch();
  told *new = &tellings[telling_count];
  report.key_low = (uint64_t)telling_count++;
  report.key_high = 1;
  report.flags = one_in(4) ? HJ_REPORT_VULNERABLE : 0;
  if (one_in(3)) report.wall_us = wall_us - below(400) * 1000000 - below(1000000);
  if (one_in(20)) report.wall_us = wall_us + below(3600) * 1000000;
  if (report.wall_us < 0) report.wall_us = 0;
  *new = (told){report.tier, report.flags != 0, report.wall_us};
  if (one_in(4))
    REQUIRE(hj_incident_post(engine, &report) >= 0);
  else
    REQUIRE(hj_incident_report(engine, &report, &dispatch) >= 0);
}

static void add_car(void) {
  car_count++;
  put_unit(engine, (uint64_t)car_count, car_count * 100, 0);
}

static int random_call(void) {
  for (int tries = 0; tries < 8 && call_count > 0; tries++) {
    int index = call_count - 1 - (int)below(call_count < 16 ? call_count : 16);
    if (calls[index].is_open) return index;
  }
  return -1;
}

static void move_unit(void) {
  if (order_count == 0) return;
  static const int32_t states[] = {HJ_ASSIGNMENT_DELIVERED, HJ_ASSIGNMENT_ACKNOWLEDGED, HJ_ASSIGNMENT_ACKNOWLEDGED,
                                   HJ_ASSIGNMENT_EN_ROUTE,  HJ_ASSIGNMENT_ON_SCENE,     HJ_ASSIGNMENT_REPORTED,
                                   HJ_ASSIGNMENT_CLEARED,   HJ_ASSIGNMENT_DECLINED,     HJ_ASSIGNMENT_CANCELLED,
                                   HJ_ASSIGNMENT_CLEARED};
  const order *which = &orders[order_count - 1 - below(order_count < 12 ? order_count : 12)];
  hj_status status = hj_assignment_advance(engine, which->id, states[below(10)], one_in(2) ? 0 : wall_us);
  if (status < 0 && status != HJ_E_STALE && status != HJ_E_STATE && status != HJ_E_REASON)
    differ("an assignment that cannot be moved", NULL);
  if ((status == HJ_E_STALE) == which->is_live) differ("stale or live, against the events", NULL);
}

static void change_call(void) {
  int index = random_call();
  if (index < 0) return;
  hj_report change;
  memset(&change, 0, sizeof change);
  change.size = sizeof change;
  change.tier = 1 + (int32_t)below(4);
  change.flags = one_in(5) ? HJ_REPORT_VULNERABLE : 0;
  REQUIRE(hj_incident_update(engine, calls[index].id, &change, NULL) == HJ_OK);
  call_changed(index, change.tier, change.flags != 0);
}

static void act(void) {
  int index;
  switch (below(16)) {
    case 0:
    case 1:
      report();
      break;
    case 2:
      if (car_count < CARS && one_in(2)) add_car();
      break;
    case 3:
      if ((index = random_call()) >= 0) REQUIRE(hj_incident_close(engine, calls[index].id, 1, 0) == HJ_OK);
      break;
    case 4:
      if (one_in(3) && (index = random_call()) >= 0)
        REQUIRE(hj_incident_cancel(engine, calls[index].id, wall_us) == HJ_OK);
      break;
    case 5:
      change_call();
      break;
    case 6:
      if (car_count > 0 && one_in(2) && (index = random_call()) >= 0) {
        uint64_t id;
        (void)hj_incident_assign(engine, calls[index].id, (uint64_t)(1 + below(car_count)), 0, &id);
      }
      break;
    default:
      move_unit();
      break;
  }
  hear();
}

static void run_hour(uint64_t of) {
  seed = of;
  random_state = of * UINT64_C(0x2545F4914F6CDD1D);
  is_different = telling_count = 0;
  forget_all();
  random_book(&plan);
  now_ns = START_NS + below(1000000000000);
  wall_us = START_US;
  hj_config config = poll_config();
  config.max_units = CARS;
  config.max_incidents = 256;
  config.max_assignments = 64;
  engine = open_engine(&config);
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_status loaded = hj_plans_load(engine, plan.text, plan.length, &detail);
  if (loaded != HJ_OK) fprintf(stderr, "seed %" PRIu64 ": %s: %s\n%s\n", seed, detail.field, detail.text, plan.text);
  REQUIRE(loaded == HJ_OK);
  for (int64_t first = below(5); car_count < first;) add_car();
  int64_t end_ns = now_ns + 60 * MINUTE_NS;
  poll_now(0);
  while (now_ns < end_ns && !is_different) {
    pass_time();
    poll_now(one_in(5) ? 1 + (uint32_t)below(3) : 0);
    for (int64_t acts = below(3); acts > 0 && !is_different; acts--) act();
  }
  if (!is_different) poll_now(0);
  REQUIRE(hj_engine_close(engine) == HJ_OK);
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
  printf("note: %" PRId64 " seeds of one hour, %" PRId64 " escalations compared, %" PRId64 " differences\n", seeds,
         compared, different);
  int caught = 0;
  for (planted = 1; planted <= PLANTED_BUGS; planted++) {
    int64_t tried = 0;
    for (is_different = 0; !is_different && tried < 60; tried++) run_hour(first + (uint64_t)tried);
    printf("  planted: %-32s %s %" PRId64 " seeds\n", planted_names[planted], is_different ? "caught after" : "NOT in",
           tried);
    caught += is_different;
    CHECK(is_different);
  }
  printf("note: %d planted bugs, %d caught\n", PLANTED_BUGS, caught);
  return check_finish();
}
