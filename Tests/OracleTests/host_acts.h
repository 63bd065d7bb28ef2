/* What the host of the oracle's world does, and how it hears the engine: every event is a fact for the oracle or is
 * compared with what the oracle says must come. */
#ifndef HUJIA_ORACLE_HOST_ACTS_H
#define HUJIA_ORACLE_HOST_ACTS_H

#include "firings.h"
#include "watch_acts.h"

static uint64_t seed;
static int64_t compared, by_clock[CLOCKS];
static int is_different; /* this seed has failed; the rest of it means nothing */
static int in_poll;
static promise *forced; /* a person asked for its next step now */

static void differ(const char *what, const hj_event *event) {
  if (is_different) return;
  is_different = 1;
  if (planted != NO_BUG) return;
  fprintf(stderr, "seed %" PRIu64 " at %.9f s: %s\n", seed, (double)(now_ns - START_NS) / 1e9, what);
  if (event != NULL)
    fprintf(stderr,
            "  got kind %d %s step %d.%d action %d, incident %" PRIx64 " assignment %" PRIx64 " unit %" PRIu64
            " reason %d, %" PRId64 " ns late\n",
            event->kind, hj_name(HJ_NAMES_CLOCK, event->clock), event->step, event->cycle, event->action,
            event->incident_id, event->assignment_id, event->unit_id, event->reason, event->late_ns);
  for (int index = 0; index < promise_count; index++) {
    const promise *made = &promises[index];
    int is_meant = event != NULL && made->clock == event->clock && calls[made->call].id == event->incident_id;
    if (made->due_ns > now_ns && !is_meant) continue;
    fprintf(stderr, "  due %s step %d.%d, incident %" PRIx64 " assignment %" PRIx64 ", since %" PRId64 " ns%s%s\n",
            hj_name(HJ_NAMES_CLOCK, made->clock), made->step + 1, made->cycle, calls[made->call].id,
            made->order < 0 ? 0 : orders[made->order].id, now_ns - made->due_ns, made->is_taken ? ", taken" : "",
            made->is_last_resort ? ", last resort" : "");
  }
}

static void differ_status(const char *what, hj_status actual, hj_status expected) {
  if (is_different) return;
  if (planted == NO_BUG) fprintf(stderr, "%s: %s, not %s\n", what, hj_status_name(actual), hj_status_name(expected));
  differ(what, NULL);
}

/* ---- What the engine says ------------------------------------------------------------------------------------- */

/* The reports by their key: what the host knows of a call before the engine answers. */
typedef struct {
  int32_t tier;
  int is_vulnerable;
  int64_t wall_us, appointment_us;
  uint64_t agency;
} told;
static told tellings[CALLS];
static int telling_count;

/* The oldest promise that is due, unless it was asked for. */
static int64_t turn_ns(void) {
  if (forced != NULL) return forced->due_ns;
  if (forced_watch != NULL) return forced_watch->due_ns;
  int64_t due_ns = planted == NEWEST_FIRST ? newest_due_ns() : earliest_ns();
  if (dropped_due_ns < due_ns) differ("an older one was passed over", NULL);
  dropped_due_ns = INT64_MAX;
  told_due_ns = due_ns;
  return due_ns;
}

static void check_times(const hj_event *event, int64_t due_ns) {
  if (!is_first_of_its_kind(event)) differ("a firing like an earlier one", event);
  if (event->late_ns != now_ns - due_ns || event->wall_us != wall_us ||
      event->due_wall_us != wall_us - event->late_ns / 1000)
    differ("the times are wrong", event);
  compared++;
  by_clock[event->clock]++;
}

static void hear_absence(const hj_event *event, int64_t due_ns) {
  watch *kept = event->watch_id < 1 || event->watch_id > (uint64_t)watch_count ? NULL : &watches[event->watch_id - 1];
  int is_another = forced_watch != NULL && kept != forced_watch;
  forced_watch = NULL;
  if (kept == NULL || is_another || watch_due_ns(kept) != due_ns || !is_absence_kept(kept, event))
    differ("not the oldest promise, or not as promised", event);
  else
    check_times(event, due_ns);
}

static void hear_escalation(const hj_event *event) {
  int64_t due_ns = turn_ns();
  if (due_ns > now_ns || (!in_poll && forced == NULL && forced_watch == NULL)) {
    differ("nothing was promised for now", event);
    return;
  }
  if (event->clock == HJ_CLOCK_ABSENCE) {
    hear_absence(event, due_ns);
    return;
  }
  promise *kept = NULL;
  for (int index = 0; index < promise_count; index++) {
    promise *made = &promises[index];
    if (made->due_ns == due_ns && (forced == NULL || made == forced) && is_kept_by(made, event)) kept = made;
  }
  if (kept != NULL) {
    check_times(event, due_ns);
    if (event->plans_version != 2 + (uint32_t)(calls[kept->call].book - books)) differ("by other plans", event);
    forced = NULL;
    if (event->reason == HJ_REASON_LEAD &&
        read_incident(engine, event->incident_id).lead_agency != first_to_lead(kept->call))
      differ("another agency leads", event);
    go_on(kept, event);
    return;
  }
  differ("not the oldest promise, or not as promised", event);
}

static void hear_assignment(const hj_event *event) {
  int call = find_call(event->incident_id);
  if (call < 0 || event->unit_id < 1 || event->unit_id > CARS) {
    differ("an assignment of nobody's", event);
    return;
  }
  int index = find_order(event->assignment_id);
  if (index < 0) {
    if (event->state != HJ_ASSIGNMENT_DISPATCHED || car_is_busy[event->unit_id]) differ("sent twice", event);
    unit_sent(call, event->assignment_id, (int)event->unit_id, event->reason);
    return;
  }
  if (!orders[index].is_live || orders[index].call != call) differ("an assignment that had ended", event);
  if (event->reason == HJ_REASON_UNDELIVERABLE)
    unit_not_reached(index);
  else if (event->state >= HJ_ASSIGNMENT_CLEARED)
    unit_left(index, event->state);
  else
    unit_moved(index, event->state, event->wall_us);
}

static void hear_incident(const hj_event *event) {
  int call = find_call(event->incident_id);
  if (call < 0) {
    differ("an incident of nobody's", event);
  } else if (event->reason == HJ_REASON_APPOINTMENT) {
    promise *held = find_promise(HJ_CLOCK_APPOINTMENT, call, -1);
    int64_t due_ns = turn_ns();
    if (held == NULL || held->due_ns != due_ns || due_ns > now_ns)
      differ("an appointment before its time, or out of turn", event);
    else
      call_begins(call, due_ns);
  } else if (event->state == HJ_INCIDENT_ARCHIVED) {
    drop(find_promise(HJ_CLOCK_CALLBACK, call, -1));
  } else if ((event->state == HJ_INCIDENT_CLOSED || event->state == HJ_INCIDENT_CANCELLED) && calls[call].is_open) {
    call_ended(call, event->state, event->wall_us);
  } else if (event->reason == HJ_REASON_LEAD) {
    call_led(call);
  }
}

static void hear(void) {
  hj_event events[64];
  uint32_t count;
  do {
    events[0].size = sizeof events[0];
    REQUIRE_STATUS(hj_events_poll(engine, events, 64, &count), HJ_OK);
    for (uint32_t index = 0; index < count && !is_different; index++) {
      const hj_event *event = &events[index];
      if (event->kind == HJ_EVENT_DECIDED && event->key_high == 0) {
        hear_watched_call(event);
      } else if (event->kind == HJ_EVENT_ABSENCE_ENDED) {
        hear_absence_ended(event);
      } else if (event->kind == HJ_EVENT_DECIDED && event->reason != HJ_EXISTS) {
        const told *known = &tellings[event->key_low];
        call_received(event->incident_id, known->tier, known->is_vulnerable, known->wall_us, known->appointment_us,
                      known->agency);
      } else if (event->kind == HJ_EVENT_ASSIGNMENT) {
        hear_assignment(event);
      } else if (event->kind == HJ_EVENT_ESCALATION || event->kind == HJ_EVENT_WARNING) {
        hear_escalation(event);
      } else if (event->kind == HJ_EVENT_INCIDENT) {
        hear_incident(event);
      } else if (event->kind == HJ_EVENT_OVERFLOW || event->kind == HJ_EVENT_REFUSED) {
        differ("lost or refused", event);
      }
    }
  } while (count > 0);
  calls_unmanned();
  is_alarm = 0;
  for (int index = 0; index < watch_count; index++)
    if (watches[index].owes != 0) differ("the end of an absence was not told", NULL);
}

/* ---- What the host does --------------------------------------------------------------------------------------- */

/* Now, some time ago, or nonsense in the future. */
static int64_t some_time_us(void) {
  if (one_in(2)) return 0;
  return one_in(6) ? wall_us + below(3600000000) : wall_us - below(200000000);
}

static void report(void) {
  if (telling_count == CALLS) return;
  hj_report report = make_report(1 + (int32_t)below(4), (int)below(1000), 0);
  hj_dispatch dispatch = empty_dispatch();
  told *new = &tellings[telling_count];
  report.key_low = (uint64_t)telling_count++;
  report.key_high = 1;
  report.flags = one_in(4) ? HJ_REPORT_VULNERABLE : 0;
  report.wall_us = some_time_us();
  if (one_in(8)) report.appointment_wall_us = wall_us + below(900000000) - 100000000;
  report.agency = one_in(3) ? 1 + (uint32_t)below(2) : 0;
  report.source = (int32_t)below(HJ_SOURCE_CATCH_UP); /* what was done on paper has other promises: manual.c */
  *new = (told){report.tier, report.flags != 0, report.wall_us, report.appointment_wall_us, report.agency};
  if (one_in(4))
    REQUIRE_TAKEN(hj_incident_post(engine, &report));
  else
    REQUIRE_TAKEN(hj_incident_report(engine, &report, &dispatch));
}

static void add_car(void) {
  car_count++;
  hj_unit car = make_unit((uint64_t)car_count, car_count * 100, 0);
  car.agency = (uint32_t)agency_of(car_count);
  car.kind = (uint32_t)kind_of(car_count);
  REQUIRE_STATUS(hj_unit_put(engine, &car), HJ_OK);
}

static int random_call(void) {
  for (int tries = 0; tries < 8 && call_count > 0; tries++) {
    int index = call_count - 1 - (int)below(call_count < 16 ? call_count : 16);
    if (calls[index].is_open) return index;
  }
  return -1;
}

static int random_order(void) {
  return order_count == 0 ? -1 : order_count - 1 - (int)below(order_count < 12 ? order_count : 12);
}

static void move_unit(void) {
  static const int32_t states[] = {HJ_ASSIGNMENT_DELIVERED, HJ_ASSIGNMENT_ACKNOWLEDGED, HJ_ASSIGNMENT_ACKNOWLEDGED,
                                   HJ_ASSIGNMENT_EN_ROUTE,  HJ_ASSIGNMENT_ON_SCENE,     HJ_ASSIGNMENT_ON_SCENE,
                                   HJ_ASSIGNMENT_REPORTED,  HJ_ASSIGNMENT_CLEARED,      HJ_ASSIGNMENT_DECLINED,
                                   HJ_ASSIGNMENT_CANCELLED};
  int index = random_order();
  if (index < 0) return;
  hj_action action = {sizeof action, one_in(3), 7, 0, 0, 0, 0, 0};
  int was_live = orders[index].is_live;
  hj_status status = hj_assignment_advance_by(engine, orders[index].id, states[below(10)], some_time_us(), &action);
  if (status < 0 && status != HJ_E_STALE && status != HJ_E_STATE && status != HJ_E_REASON)
    differ("an assignment that cannot be moved", NULL);
  if ((status == HJ_E_STALE) == was_live) differ("stale or live, against the events", NULL);
}

static void lose_unit(void) {
  int index = random_order();
  if (index < 0) return;
  int32_t state = orders[index].state;
  hj_status expected = !orders[index].is_live                                 ? HJ_E_STALE
                       : is_signed(state) || state == HJ_ASSIGNMENT_DELIVERED ? HJ_E_STATE
                       : orders[index].is_undeliverable                       ? HJ_UNCHANGED
                                                                              : HJ_OK;
  hj_status status = hj_assignment_undeliverable(engine, orders[index].id, 0);
  if (status != expected) differ_status("undeliverable", status, expected);
}

static void check_in(void) {
  int index = random_order();
  if (index < 0) return;
  if (!orders[index].is_live) return;
  int64_t given_us = some_time_us();
  hj_status status = hj_unit_check_in(engine, (uint64_t)orders[index].car, given_us);
  hj_status expected = unit_is_well(index, given_us);
  if (status != expected) differ_status("check-in", status, expected);
}

static void change_call(void) {
  int index = random_call();
  if (index < 0) return;
  hj_report change;
  memset(&change, 0, sizeof change);
  change.size = sizeof change;
  change.tier = 1 + (int32_t)below(4);
  change.flags = one_in(5) ? HJ_REPORT_VULNERABLE : 0;
  REQUIRE_STATUS(hj_incident_update(engine, calls[index].id, &change, NULL), HJ_OK);
  call_changed(index, change.tier, change.flags != 0);
}

static void assign(void) {
  int index = random_call();
  if (index < 0 || car_count == 0) return;
  int car = 1 + (int)below(car_count);
  uint64_t id;
  int begins = calls[index].is_held && !car_is_busy[car];
  hj_status status = hj_incident_assign(engine, calls[index].id, (uint64_t)car, 0, &id);
  if (status == HJ_OK && begins) call_begins(index, now_ns);
}

static void end_call(void) {
  int index = random_call();
  if (index < 0) return;
  if (one_in(4))
    REQUIRE_STATUS(hj_incident_cancel(engine, calls[index].id, some_time_us()), HJ_OK);
  else
    REQUIRE_STATUS(hj_incident_close(engine, calls[index].id, 1, some_time_us()), HJ_OK);
}

/* Other plans from now on. The calls that are open keep theirs. */
static void load_book(void) {
  if (book_count == BOOKS) return;
  random_book(&books[book_count]);
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_status status = hj_plans_load(engine, books[book_count].text, books[book_count].length, &detail);
  if (status != HJ_OK)
    fprintf(stderr, "seed %" PRIu64 ": %s: %s\n%s\n", seed, detail.field, detail.text, books[book_count].text);
  REQUIRE_STATUS(status, HJ_OK);
  book_count++;
}

/* The calls that are open follow the newest plans: all of them, or one. */
static void migrate(void) {
  if (one_in(3)) {
    uint32_t count = 0, expected = 0;
    REQUIRE_STATUS(hj_plans_migrate(engine, &count), HJ_OK);
    for (int call = 0; call < call_count; call++) expected += migrate_call(call) == HJ_OK;
    if (count != expected) differ("another number of calls was migrated", NULL);
    return;
  }
  int call = random_call();
  if (call < 0) return;
  hj_status status = hj_incident_migrate(engine, calls[call].id), expected = migrate_call(call);
  if (status != expected) differ_status("migrate", status, expected);
}

static void call_back_or_lead(void) {
  if (call_count == 0) return;
  int index = call_count - 1 - (int)below(call_count < 40 ? call_count : 40);
  if (calls[index].is_open)
    (void)hj_incident_set_lead(engine, calls[index].id, 1 + (uint32_t)below(2), 0);
  else
    (void)hj_incident_called_back(engine, calls[index].id, 0);
}

/* A person takes a firing that an event told, however long ago: that one, or nothing. */
static void take_firing(void) {
  const firing *told = some_firing();
  if (told == NULL || is_cut) return;
  hj_clock_ref reference;
  memset(&reference, 0, sizeof reference);
  reference.size = sizeof reference;
  reference.clock = told->clock;
  reference.incident_id = told->incident_id;
  reference.assignment_id = told->assignment_id;
  reference.watch_id = told->watch_id;
  reference.step = told->step;
  reference.cycle = told->cycle;
  hj_action action = {sizeof action, 0, 9, 0, 0, 0, 0, 0};
  hj_status expected;
  if (told->watch_id != 0) {
    expected = take_absence(&watches[told->watch_id - 1], &reference);
  } else {
    int call = find_call(told->incident_id), order = told->assignment_id == 0 ? -1 : find_order(told->assignment_id);
    expected = order >= 0 && !orders[order].is_live ? HJ_E_STALE
                                                    : take(find_promise(told->clock, call, order), call, &reference);
  }
  hj_status status = hj_clock_take(engine, &reference, &action);
  if (status != expected) differ_status("take what was told", status, expected);
}

/* A person acts on a clock, as seen on a screen that may be old, or out of thin air. */
static void act_on_clock(void) {
  if (promise_count == 0) return;
  promise *made = &promises[below(promise_count)];
  if (made->clock == HJ_CLOCK_APPOINTMENT) return;
  int call = made->call;
  hj_clock_ref reference;
  memset(&reference, 0, sizeof reference);
  reference.size = sizeof reference;
  reference.clock = made->clock;
  if (made->order < 0 || one_in(2)) reference.incident_id = calls[call].id;
  if (made->order >= 0) reference.assignment_id = orders[made->order].id;
  reference.step = made->fired_step + (one_in(6) ? 1 - (int32_t)below(3) : 0);
  reference.cycle = made->fired_cycle + (one_in(6) ? 1 - (int32_t)below(3) : 0);
  if (reference.step < 0) reference.step = 0;
  if (reference.cycle < 0) reference.cycle = 0;
  if (one_in(10)) { /* a clock that may not run at all */
    reference.clock = made->order < 0 ? HJ_CLOCK_RESOLVE : HJ_CLOCK_WELFARE;
    made = find_promise(reference.clock, call, made->order);
  }
  hj_action action = {sizeof action, 1, 7, 0, 0, 0, 0, 0};
  hj_status status, expected;
  int64_t kind = below(5);
  if (kind < 2) {
    status = hj_clock_take(engine, &reference, &action);
    expected = take(made, call, &reference);
  } else if (kind < 4) {
    int64_t for_s = 1 + below(120);
    status = hj_clock_snooze(engine, &reference, (uint32_t)for_s, &action);
    expected = snooze(made, call, &reference, for_s);
  } else {
    status = hj_clock_escalate(engine, &reference, &action);
    expected = seen(made, call, &reference);
    if (expected == HJ_OK) {
      if (made->step < 0) made->step = 0;
      made->due_ns = now_ns;
      forced = made;
    }
  }
  if (status != expected) differ_status(kind < 2 ? "take" : kind < 4 ? "snooze" : "escalate", status, expected);
  hear();
  if (forced != NULL) differ("asked for and not fired", NULL);
  forced = NULL;
}

static void act(void) {
  int64_t kind = below(27);
  if (kind > 23) {
    act_on_watches();
    return;
  }
  if (kind == 11 && one_in(2)) {
    take_firing();
    return;
  }
  if (kind < 3)
    report();
  else if (kind == 3 && car_count < CARS && one_in(2))
    add_car();
  else if (kind == 4 || kind == 5)
    end_call();
  else if (kind == 6)
    change_call();
  else if (kind == 7)
    one_in(2) ? assign() : one_in(6) ? load_book() : migrate();
  else if (kind == 8)
    lose_unit();
  else if (kind == 9)
    check_in();
  else if (kind == 10)
    call_back_or_lead();
  else if (kind < 14)
    act_on_clock();
  else
    move_unit();
}

#endif
