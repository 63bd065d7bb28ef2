/* The whole test framework: count, say where, close with one line. Usable from several threads. */
#ifndef HUJIA_TEST_CHECK_H
#define HUJIA_TEST_CHECK_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hujia.h"

static int checks_passed;
static int checks_failed;
static int checks_skipped;

static inline void check_count(int holds) {
  __atomic_fetch_add(holds ? &checks_passed : &checks_failed, 1, __ATOMIC_RELAXED);
}

static inline void check_that(int holds, const char *what, const char *file, int line) {
  check_count(holds);
  if (!holds) fprintf(stderr, "%s:%d: %s\n", file, line, what);
}

static inline void check_equal(int64_t actual, int64_t expected, const char *what, const char *file, int line) {
  check_count(actual == expected);
  if (actual != expected)
    fprintf(stderr, "%s:%d: %s is %" PRId64 ", expected %" PRId64 "\n", file, line, what, actual, expected);
}

/* A status must be the expected one, and have a name and a text that a person can read. */
static inline void check_status(hj_status actual, hj_status expected, const char *what, const char *file, int line) {
  const char *name = hj_status_name(actual);
  const char *text = hj_status_text(actual);
  int is_named = name != NULL && strncmp(name, "HJ_", 3) == 0 && strcmp(name, "HJ_UNKNOWN_STATUS") != 0;
  int is_told = text != NULL && strlen(text) > 2;
  check_count(actual == expected && is_named && is_told);
  if (actual != expected)
    fprintf(stderr, "%s:%d: %s answered %s, expected %s\n", file, line, what, name, hj_status_name(expected));
  else if (!is_named || !is_told)
    fprintf(stderr, "%s:%d: %s answered %d without a name or text\n", file, line, what, actual);
}

#define CHECK(condition) check_that((condition) != 0, #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(actual, expected) check_equal((int64_t)(actual), (int64_t)(expected), #actual, __FILE__, __LINE__)
#define CHECK_STATUS(call, expected) check_status((call), (expected), #call, __FILE__, __LINE__)
/* For the inside of long loops: counted only when it fails. */
#define CHECK_EACH(condition)                                        \
  do {                                                               \
    if (!(condition)) check_that(0, #condition, __FILE__, __LINE__); \
  } while (0)
/* For set-up: without it nothing after makes sense. */
#define REQUIRE(condition)                                                \
  do {                                                                    \
    if (!(condition)) {                                                   \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);     \
      printf("%d passed, %d failed\n", checks_passed, checks_failed + 1); \
      exit(1);                                                            \
    }                                                                     \
  } while (0)

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
