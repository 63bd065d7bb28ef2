/* Killed under stress: a feed of posts, and the reader of events, which acknowledges now and then. */
#ifndef HUJIA_TEST_STRESS_EVENTS_H
#define HUJIA_TEST_STRESS_EVENTS_H

#include "stress_calls.h"

/* Of this process: the number of the event read last (0: none), and of the one that said it was rebuilt. */
static uint64_t last_read, recovered_at;

/* Every step of every clock has one event. A second of another number would be a clock that fired twice. */
static void note_firing(const hj_event *event) {
  uint64_t hash =
      event->incident_id * 31 + event->assignment_id * 37 + event->watch_id * 41 + (uint64_t)event->clock * 43;
  hash = (hash + (uint64_t)event->step * 47 + (uint64_t)event->cycle) * 0x9e3779b97f4a7c15u;
  for (uint32_t tries = 0, at = hash >> 50; tries < FIRINGS; tries++, at = (at + 1) % FIRINGS) {
    struct firing *place = &book->firings[at % FIRINGS];
    if (place->sequence == 0) {
      place->incident = event->incident_id;
      place->assignment = event->assignment_id;
      place->watch = event->watch_id;
      place->clock = event->clock;
      place->step = event->step;
      place->cycle = event->cycle;
      place->plans_version = event->plans_version;
      __atomic_store_n(&place->sequence, event->sequence, __ATOMIC_RELEASE);
      run->firings++;
      return;
    }
    if (place->incident != event->incident_id || place->assignment != event->assignment_id) continue;
    if (place->watch != event->watch_id || place->clock != event->clock || place->step != event->step) continue;
    if (place->cycle != event->cycle || place->plans_version != event->plans_version) continue;
    CHECK_EACH_EQUAL(event->sequence, place->sequence);
    return;
  }
  REQUIRE_EQUAL(FIRINGS, 0); /* the table is too small */
}

static void note_event(const hj_event *event, uint64_t seen) {
  /* An acknowledgement under way was taken in, or not. */
  if (last_read == 0) last_read = event->sequence == book->acking + 1 ? book->acking : book->handled;
  CHECK_EACH_EQUAL(event->sequence, last_read + 1);
  last_read = event->sequence;
  if (event->sequence <= seen) CHECK_EACH_EQUAL(event->flags & HJ_EVENT_FLAG_REPEATED, HJ_EVENT_FLAG_REPEATED);
  if (recovered_at != 0) CHECK_EACH_EQUAL(event->flags, 0);
  CHECK_EACH_DIFFERENT(event->kind, HJ_EVENT_OVERFLOW);
  CHECK_EACH_DIFFERENT(event->kind, HJ_EVENT_ALARM);
  CHECK_EACH_DIFFERENT(event->kind, HJ_EVENT_REFUSED);
  if (event->kind == HJ_EVENT_RECOVERED && event->flags == 0) {
    CHECK_EACH_EQUAL(event->reason, HJ_OK);
    recovered_at = event->sequence;
  }
  if (event->kind == HJ_EVENT_ESCALATION) note_firing(event);
  uint32_t number = number_of(event);
  if (number == 0) return;
  REQUIRE_AT_MOST(number, book->post_count);
  struct post *post = &book->posts[number - 1];
  if (post->incident == 0) post->incident = event->incident_id;
  CHECK_EACH_EQUAL(event->incident_id, post->incident);
}

static uint32_t read_some_events(void) {
  static hj_event events[64];
  uint32_t count = read_events(engine, events, 64);
  uint64_t seen = book->seen;
  for (uint32_t index = 0; index < count; index++) note_event(&events[index], seen);
  if (count > 0 && last_read > book->seen) __atomic_store_n(&book->seen, last_read, __ATOMIC_RELEASE);
  run->events += count;
  return count;
}

static void acknowledge(void) {
  if (last_read <= book->handled) return;
  __atomic_store_n(&book->acking, last_read, __ATOMIC_RELEASE);
  CHECK_EACH_EITHER(hj_events_ack(engine, last_read), HJ_OK, HJ_UNCHANGED);
  __atomic_store_n(&book->handled, last_read, __ATOMIC_RELEASE);
}

static void *read_until_killed(void *unused) {
  (void)unused;
  unsigned seed = (unsigned)book->seen;
  for (;;) {
    uint32_t count = read_some_events();
    if (rand_r(&seed) % 4 == 0) acknowledge();
    tell_failures();
    if (count == 0) nap(200000);
  }
  return NULL;
}

/* ---- Posts ---- */

static void post_one(void) {
  uint32_t number = book->post_count + 1;
  hj_report report = numbered_post(number);
  __atomic_store_n(&book->post_count, number, __ATOMIC_RELEASE);
  if (hj_incident_post(engine, &report) == HJ_OK)
    __atomic_store_n(&book->posts[number - 1].is_accepted, 1, __ATOMIC_RELEASE);
  __atomic_add_fetch(&run->posts, 1, __ATOMIC_RELAXED);
}

static void *post_until_killed(void *unused) {
  (void)unused;
  unsigned seed = book->post_count + 1;
  for (;;) {
    for (int burst = rand_r(&seed) % 8; burst >= 0; burst--)
      if (book->post_count < POSTS - 64 && book->post_count - book->posts_before < POSTS_A_LIFE) post_one();
    nap(300000);
  }
  return NULL;
}

/* One more is posted: when it is decided, all before it are. Each that was accepted is one incident. */
static void posts_are_decided_once(void) {
  post_one();
  struct post *last = &book->posts[book->post_count - 1];
  for (int looks = 0; looks < 100000 && last->incident == 0; looks++)
    if (read_some_events() == 0) nap(200000);
  uint32_t decided = 0;
  for (uint32_t index = 0; index < book->post_count; index++) {
    struct post *post = &book->posts[index];
    if (post->is_accepted) CHECK_EACH_MORE(post->incident, 0);
    if (post->incident == 0) continue;
    decided++;
    if (post->is_closed) continue;
    CHECK_EACH_EITHER(hj_incident_close(engine, post->incident, 1, 0), HJ_OK, HJ_UNCHANGED);
    post->is_closed = 1;
  }
  book->posts_before = book->post_count;
  hj_stats stats = read_stats(engine);
  CHECK_EACH_EQUAL(stats.incidents_opened, book->callers[0].count + book->callers[1].count + decided);
  int64_t calls = 0;
  for (uint32_t caller = 0; caller < CALLERS; caller++)
    for (uint32_t index = 0; index < book->callers[caller].count; index++)
      calls += book->callers[caller].calls[index].calls;
  CHECK_EACH_EQUAL(stats.calls_added, calls);
}

#endif
