/* A host that starts again: it asks what is open, learns which of its calls were taken in, and goes on.
 *
 *   cc -std=c99 restart.c $(pkg-config --cflags --libs hujia) -o restart
 *   ./restart FOLDER      the first time: takes three calls in, and ends without a word
 *   ./restart FOLDER      again: finds all three, takes in the one whose answer it never saw, and closes them
 *
 * FOLDER is the journal's, made where it is not there. docs/operating/after-a-restart.md tells the same in words. */
#include <hujia.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hj_engine *engine;

static void check(hj_status status, const char *what) {
  if (hj_is_taken(status)) return;
  fprintf(stderr, "%s: %s: %s\n", what, hj_status_name(status), hj_status_text(status));
  exit(1);
}

static void open_engine(const char *folder) {
  hj_config config;
  hj_error_detail why;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  check(hj_config_init(&config, sizeof config), "config");
  config.journal_path = folder;
  config.events_when = HJ_EVENTS_WHEN_DURABLE; /* nobody drives off on an order that a power cut takes back */
  if (!hj_is_taken(hj_engine_open(&config, &engine, &why))) {
    fprintf(stderr, "%s: %s\n", why.field, why.text);
    exit(1);
  }
}

/* ---- The first time ---- */

static void put_cars(void) {
  for (uint64_t id = 11; id <= 13; id++) {
    hj_unit car;
    memset(&car, 0, sizeof car);
    car.size = sizeof car;
    car.id = id;
    check(hj_e7_from_degrees(37.7793, -122.4193 + 0.001 * (double)id, &car.lat_e7, &car.lon_e7), "place");
    check(hj_unit_put(engine, &car), "unit");
  }
}

/* The host numbers its calls. Under its number as key a call is taken in once, however often it is sent. */
static hj_status take_in(uint64_t number, hj_dispatch *answer) {
  hj_report call;
  memset(&call, 0, sizeof call);
  call.size = sizeof call;
  call.tier = HJ_TIER_EMERGENCY;
  call.key_high = 1;
  call.key_low = number;
  check(hj_e7_from_degrees(37.7599, -122.4148, &call.lat_e7, &call.lon_e7), "place");
  memset(answer, 0, sizeof *answer);
  answer->size = sizeof *answer;
  return hj_incident_report(engine, &call, answer);
}

static void first_shift(void) {
  hj_dispatch answer;
  put_cars();
  for (uint64_t number = 1; number <= 3; number++) {
    hj_status status = take_in(number, &answer);
    check(status, "report");
    if (status == HJ_EXISTS) {
      printf("this folder has been through it all: nothing is open\n");
      check(hj_engine_close(engine), "close");
      exit(0);
    }
  }
  check(hj_assignment_advance(engine, answer.chosen[0].assignment_id, HJ_ASSIGNMENT_EN_ROUTE, 0), "advance");
  printf("3 calls were taken in, and the process ends without a word\n");
  fflush(stdout);
  _Exit(0); /* no hj_engine_close: as after kill -9 */
}

/* ---- Again ---- */

static void show_cars(uint64_t incident) {
  hj_assignment cars[HJ_CHOSEN_MAX];
  uint32_t count = 0;
  memset(cars, 0, sizeof cars);
  cars[0].size = sizeof cars[0];
  check(hj_incident_units(engine, incident, cars, HJ_CHOSEN_MAX, &count), "units of an incident");
  for (uint32_t index = 0; index < count; index++)
    printf("  car %" PRIu64 ": %s, %u s to go\n", cars[index].unit_id, hj_name(HJ_NAMES_ASSIGNMENT, cars[index].state),
           cars[index].travel_ms / 1000);
}

/* All that is open. `*sequence`: what events of higher numbers say came later. */
static uint32_t list_open(uint64_t *open, uint32_t most, uint64_t *sequence) {
  hj_incident_status page[16];
  uint64_t cursor = 0, now = 0;
  uint32_t total = 0, count = 0;
  *sequence = 0;
  do {
    memset(page, 0, sizeof page);
    page[0].size = sizeof page[0];
    check(hj_incidents_list(engine, &cursor, page, 16, &count, &now), "incidents");
    if (*sequence == 0) *sequence = now;
    for (uint32_t index = 0; index < count && total < most; index++) {
      printf("call %" PRIu64 ": %s\n", page[index].key_low, hj_name(HJ_NAMES_INCIDENT, page[index].state));
      show_cars(page[index].incident_id);
      open[total++] = page[index].incident_id;
    }
  } while (cursor != 0);
  return total;
}

/* A call whose answer was lost: was it taken in? */
static void was_it_taken(uint64_t number) {
  uint64_t incident = 0;
  hj_dispatch answer;
  hj_status status = hj_incident_find(engine, 1, number, NULL, &incident);
  if (status == HJ_E_UNKNOWN) {
    check(take_in(number, &answer), "report");
    printf("call %" PRIu64 " was not taken in: it is now\n", number);
  } else {
    check(status, "find");
    printf("call %" PRIu64 " was taken in\n", number);
  }
}

/* Reads until the engine says that it was rebuilt. Events up to `known` stand in the lists already. */
static void read_events(uint64_t known) {
  struct pollfd waiting = {hj_events_fd(engine), POLLIN, 0};
  int is_over = 0;
  while (!is_over) {
    hj_event events[32];
    uint32_t count = 0;
    poll(&waiting, 1, 1000);
    memset(events, 0, sizeof events);
    events[0].size = sizeof events[0];
    check(hj_events_poll(engine, events, 32, &count), "events");
    for (uint32_t index = 0; index < count; index++) {
      if (events[index].kind == HJ_EVENT_RECOVERED) is_over = 1;
      if (events[index].sequence > known) printf("since then: %s\n", hj_name(HJ_NAMES_EVENT, events[index].kind));
    }
    if (count > 0) check(hj_events_ack(engine, events[count - 1].sequence), "ack");
  }
}

int main(int argc, char **argv) {
  uint64_t open[64], sequence = 0;
  if (argc < 2) {
    fprintf(stderr, "restart FOLDER\n");
    return 2;
  }
  open_engine(argv[1]);
  uint32_t count = list_open(open, 64, &sequence);
  if (count == 0) first_shift();
  for (uint64_t number = 3; number <= 4; number++) was_it_taken(number);
  read_events(sequence);
  count = list_open(open, 64, &sequence);
  for (uint32_t index = 0; index < count; index++) check(hj_incident_close(engine, open[index], 1, 0), "close");
  printf("%u calls were closed\n", count);
  check(hj_engine_close(engine), "close");
  return 0;
}
