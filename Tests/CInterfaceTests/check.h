/* The whole test framework: count, say where, close with one line. Usable from several threads. */
#ifndef HUJIA_TEST_CHECK_H
#define HUJIA_TEST_CHECK_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "hujia.h"

static int checks_passed;
static int checks_failed;
static int checks_skipped;

/* A test that does not end is looked at from outside (scripts/within), where the system lets only parents do so. */
__attribute__((constructor)) static void check_may_be_watched(void) {
#ifdef PR_SET_PTRACER
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
#endif
}

/* Counts and returns whether it held. What is asked in long loops (`is_counted` 0) counts only when it does not. */
static inline int check_count(int holds, int is_counted) {
  if (!holds)
    __atomic_fetch_add(&checks_failed, 1, __ATOMIC_RELAXED);
  else if (is_counted)
    __atomic_fetch_add(&checks_passed, 1, __ATOMIC_RELAXED);
  return holds;
}

static inline int check_held(int is_counted, int holds, const char *what, const char *file, int line) {
  if (!holds) fprintf(stderr, "%s:%d: %s\n", file, line, what);
  return check_count(holds, is_counted);
}

static inline int check_of(const char *name, int holds, const char *what, const char *file, int line) {
  if (!holds) fprintf(stderr, "%s:%d: %s: %s\n", file, line, name, what);
  return check_count(holds, 1);
}

/* For tables whose place is no line of a file: `place` and `number` say which row it was. */
static inline void check_that(int holds, const char *what, const char *place, int number) {
  check_held(1, holds, what, place, number);
}

enum check_relation { CHECK_IS, CHECK_IS_NOT, CHECK_IS_AT_LEAST, CHECK_IS_AT_MOST, CHECK_IS_MORE, CHECK_IS_LESS };

static inline int check_compare(int is_counted, enum check_relation relation, int64_t actual, int64_t expected,
                                const char *what, const char *file, int line) {
  static const char *const words[] = {"", "anything but ", "at least ", "at most ", "more than ", "less than "};
  const int holds[] = {actual == expected, actual != expected, actual >= expected,
                       actual <= expected, actual > expected,  actual < expected};
  if (!holds[relation])
    fprintf(stderr, "%s:%d: %s is %" PRId64 ", expected %s%" PRId64 "\n", file, line, what, actual, words[relation],
            expected);
  return check_count(holds[relation], is_counted);
}

static inline void check_equal(int64_t actual, int64_t expected, const char *what, const char *place, int number) {
  check_compare(1, CHECK_IS, actual, expected, what, place, number);
}

static inline int check_within(int is_counted, int64_t actual, int64_t least, int64_t most, const char *what,
                               const char *file, int line) {
  int holds = actual >= least && actual <= most;
  if (!holds)
    fprintf(stderr, "%s:%d: %s is %" PRId64 ", expected %" PRId64 " to %" PRId64 "\n", file, line, what, actual, least,
            most);
  return check_count(holds, is_counted);
}

static inline int check_text(int is_counted, int is_part, const char *actual, const char *expected, const char *what,
                             const char *file, int line) {
  int holds = actual != NULL && (is_part ? strstr(actual, expected) != NULL : strcmp(actual, expected) == 0);
  if (!holds)
    fprintf(stderr, "%s:%d: %s is \"%s\", expected %s\"%s\"\n", file, line, what, actual != NULL ? actual : "NULL",
            is_part ? "something with " : "", expected);
  return check_count(holds, is_counted);
}

static inline int check_bytes(int is_counted, const void *actual, const void *expected, size_t size, const char *what,
                              const char *file, int line) {
  const unsigned char *a = (const unsigned char *)actual, *e = (const unsigned char *)expected;
  size_t at = 0;
  while (at < size && a[at] == e[at]) at++;
  if (at < size)
    fprintf(stderr, "%s:%d: byte %zu of the %zu of %s is %u, expected %u\n", file, line, at, size, what, a[at], e[at]);
  return check_count(at == size, is_counted);
}

static inline int check_null(int is_counted, const void *actual, const char *what, const char *file, int line) {
  if (actual != NULL) fprintf(stderr, "%s:%d: %s is %p, expected NULL\n", file, line, what, actual);
  return check_count(actual == NULL, is_counted);
}

/* A status must be one of the expected, and have a name and a text that a person can read. */
static inline int check_answer(int is_counted, hj_status actual, hj_status expected, hj_status other, const char *what,
                               const char *file, int line) {
  const char *name = hj_status_name(actual);
  const char *text = hj_status_text(actual);
  int is_right = actual == expected || actual == other;
  int is_named = name != NULL && strncmp(name, "HJ_", 3) == 0 && strcmp(name, "HJ_UNKNOWN_STATUS") != 0;
  int is_told = text != NULL && strlen(text) > 2;
  if (!is_right && other != expected)
    fprintf(stderr, "%s:%d: %s answered %s, expected %s or %s\n", file, line, what, name, hj_status_name(expected),
            hj_status_name(other));
  else if (!is_right)
    fprintf(stderr, "%s:%d: %s answered %s, expected %s\n", file, line, what, name, hj_status_name(expected));
  else if (!is_named || !is_told)
    fprintf(stderr, "%s:%d: %s answered %d without a name or text\n", file, line, what, actual);
  return check_count(is_right && is_named && is_told, is_counted);
}

/* Zero and above: done, perhaps with a reservation that the status names. */
static inline int check_taken(int is_counted, hj_status actual, const char *what, const char *file, int line) {
  if (actual < 0) fprintf(stderr, "%s:%d: %s answered %s\n", file, line, what, hj_status_name(actual));
  return check_count(actual >= 0, is_counted);
}

/* For set-up: without it nothing after makes sense. */
static inline void check_required(int holds) {
  if (holds) return;
  printf("%d passed, %d failed\n", checks_passed, checks_failed);
  exit(1);
}

/* Each says what it found and what it expected. Two values are never compared inside of CHECK (`scripts/tidy`).
 *   CHECK_      counts
 *   CHECK_EACH_ for the inside of long loops: counts only when it fails
 *   REQUIRE_    for set-up: ends the program when it fails */
#define HERE __FILE__, __LINE__
#define CHECK(condition) check_held(1, (condition) != 0, #condition, HERE)
#define CHECK_EQUAL(actual, expected) check_compare(1, CHECK_IS, (actual), (expected), #actual, HERE)
#define CHECK_DIFFERENT(actual, expected) check_compare(1, CHECK_IS_NOT, (actual), (expected), #actual, HERE)
#define CHECK_AT_LEAST(actual, expected) check_compare(1, CHECK_IS_AT_LEAST, (actual), (expected), #actual, HERE)
#define CHECK_AT_MOST(actual, expected) check_compare(1, CHECK_IS_AT_MOST, (actual), (expected), #actual, HERE)
#define CHECK_MORE(actual, expected) check_compare(1, CHECK_IS_MORE, (actual), (expected), #actual, HERE)
#define CHECK_LESS(actual, expected) check_compare(1, CHECK_IS_LESS, (actual), (expected), #actual, HERE)
/* `name`: which row of a table it was; `what`: what is wrong when it does not hold. */
#define CHECK_OF(name, condition, what) check_of((name), (condition) != 0, (what), HERE)
#define CHECK_STATUS_OF(name, actual, expected) check_answer(1, (actual), (expected), (expected), (name), HERE)
#define CHECK_WITHIN(actual, least, most) check_within(1, (actual), (least), (most), #actual, HERE)
#define CHECK_NEAR(actual, expected, by) check_within(1, (actual), (expected) - (by), (expected) + (by), #actual, HERE)
#define CHECK_TEXT(actual, expected) check_text(1, 0, (actual), (expected), #actual, HERE)
#define CHECK_CONTAINS(actual, part) check_text(1, 1, (actual), (part), #actual, HERE)
#define CHECK_BYTES(actual, expected, size) check_bytes(1, (actual), (expected), (size), #actual, HERE)
#define CHECK_NULL(actual) check_null(1, (actual), #actual, HERE)
#define CHECK_STATUS(call, expected) check_answer(1, (call), (expected), (expected), #call, HERE)
#define CHECK_EITHER(call, expected, other) check_answer(1, (call), (expected), (other), #call, HERE)
#define CHECK_TAKEN(call) check_taken(1, (call), #call, HERE)

#define CHECK_EACH(condition) check_held(0, (condition) != 0, #condition, HERE)
#define CHECK_EACH_EQUAL(actual, expected) check_compare(0, CHECK_IS, (actual), (expected), #actual, HERE)
#define CHECK_EACH_DIFFERENT(actual, expected) check_compare(0, CHECK_IS_NOT, (actual), (expected), #actual, HERE)
#define CHECK_EACH_AT_LEAST(actual, expected) check_compare(0, CHECK_IS_AT_LEAST, (actual), (expected), #actual, HERE)
#define CHECK_EACH_AT_MOST(actual, expected) check_compare(0, CHECK_IS_AT_MOST, (actual), (expected), #actual, HERE)
#define CHECK_EACH_MORE(actual, expected) check_compare(0, CHECK_IS_MORE, (actual), (expected), #actual, HERE)
#define CHECK_EACH_LESS(actual, expected) check_compare(0, CHECK_IS_LESS, (actual), (expected), #actual, HERE)
#define CHECK_EACH_WITHIN(actual, least, most) check_within(0, (actual), (least), (most), #actual, HERE)
#define CHECK_EACH_TEXT(actual, expected) check_text(0, 0, (actual), (expected), #actual, HERE)
#define CHECK_EACH_BYTES(actual, expected, size) check_bytes(0, (actual), (expected), (size), #actual, HERE)
#define CHECK_EACH_STATUS(call, expected) check_answer(0, (call), (expected), (expected), #call, HERE)
#define CHECK_EACH_EITHER(call, expected, other) check_answer(0, (call), (expected), (other), #call, HERE)
#define CHECK_EACH_TAKEN(call) check_taken(0, (call), #call, HERE)

#define REQUIRE(condition) check_required(check_held(0, (condition) != 0, #condition, HERE))
#define REQUIRE_EQUAL(actual, expected) check_required(check_compare(0, CHECK_IS, (actual), (expected), #actual, HERE))
#define REQUIRE_DIFFERENT(actual, expected) \
  check_required(check_compare(0, CHECK_IS_NOT, (actual), (expected), #actual, HERE))
#define REQUIRE_AT_LEAST(actual, expected) \
  check_required(check_compare(0, CHECK_IS_AT_LEAST, (actual), (expected), #actual, HERE))
#define REQUIRE_AT_MOST(actual, expected) \
  check_required(check_compare(0, CHECK_IS_AT_MOST, (actual), (expected), #actual, HERE))
#define REQUIRE_MORE(actual, expected) \
  check_required(check_compare(0, CHECK_IS_MORE, (actual), (expected), #actual, HERE))
#define REQUIRE_LESS(actual, expected) \
  check_required(check_compare(0, CHECK_IS_LESS, (actual), (expected), #actual, HERE))
#define REQUIRE_WITHIN(actual, least, most) check_required(check_within(0, (actual), (least), (most), #actual, HERE))
#define REQUIRE_STATUS(call, expected) check_required(check_answer(0, (call), (expected), (expected), #call, HERE))
#define REQUIRE_EITHER(call, expected, other) check_required(check_answer(0, (call), (expected), (other), #call, HERE))
#define REQUIRE_TAKEN(call) check_required(check_taken(0, (call), #call, HERE))
/* What cannot run here, and why. It is counted and shown, never taken for passed. */
static inline void check_skip(const char *what, const char *why) {
  checks_skipped++;
  printf("skipped: %s: %s\n", what, why);
}

static inline int check_finish(void) {
  printf("%d passed, %d failed", checks_passed, checks_failed);
  if (checks_skipped > 0) printf(", %d skipped", checks_skipped);
  printf("\n");
  return checks_failed != 0;
}

#endif
