/* What benchmarks share besides rows.h: numbers that are drawn alike in each run, and a call that has to succeed. */
#ifndef HUJIA_BENCHMARK_DRAW_H
#define HUJIA_BENCHMARK_DRAW_H

#include <hujia.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t random_state = 1; /* a program may begin elsewhere */

/* Steele, Lea, Flood 2014. */
static uint64_t next_random(void) {
  uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static uint32_t below(uint32_t bound) {
  return (uint32_t)(next_random() % bound);
}

static void check(hj_status status, const char *what) {
  if (status >= 0) return;
  fprintf(stderr, "%s: %s: %s\n", what, hj_status_name(status), hj_status_text(status));
  exit(1);
}

#endif
