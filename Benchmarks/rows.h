/* Rows of a benchmark: the time of each call, sorted at the end; printed as a table and as JSON. */
#ifndef HUJIA_BENCHMARK_ROWS_H
#define HUJIA_BENCHMARK_ROWS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROW_LIMIT 48
#define SAMPLE_LIMIT 200000

typedef struct {
  char name[64];
  uint32_t group; /* operations a call */
  uint32_t count;
  uint32_t units;         /* on the map then; 0 = as the table says */
  double must_us, aim_us; /* what the design asks of the median; 0 = nothing */
  int64_t *times_ns;
} row;

static row rows[ROW_LIMIT];
static uint32_t row_count;
static uint64_t row_nodes; /* of the map; 0 = not said */

static int64_t clock_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* A row that the design gives a target, in microseconds; `units` on the map. */
static row *new_target_row(const char *name, uint32_t group, uint32_t units, double must_us, double aim_us) {
  row *result = &rows[row_count++];
  if (row_count > ROW_LIMIT) abort();
  snprintf(result->name, sizeof result->name, "%s", name);
  result->group = group;
  result->count = 0;
  result->units = units;
  result->must_us = must_us;
  result->aim_us = aim_us;
  result->times_ns = malloc(SAMPLE_LIMIT * sizeof(int64_t));
  if (!result->times_ns) abort();
  return result;
}

#define new_row(name, group) new_target_row(name, group, 0, 0, 0)

static void sample_value(row *to, int64_t time_ns) {
  if (to->count < SAMPLE_LIMIT) to->times_ns[to->count++] = time_ns;
}

static void sample(row *to, int64_t start_ns) {
  sample_value(to, clock_ns() - start_ns);
}

/* For another table. */
static void free_rows(void) {
  while (row_count > 0) free(rows[--row_count].times_ns);
}

static int by_time(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a;
  int64_t right = *(const int64_t *)b;
  return left < right ? -1 : left > right;
}

/* Microseconds an operation at a share of the sorted samples. */
static double at_us(const row *of, double share) {
  return (double)of->times_ns[(uint32_t)((of->count - 1) * share)] / of->group / 1000;
}

/* Whole numbers where the value is large. */
static const char *figure(double value) {
  static char texts[8][24];
  static int next;
  char *text = texts[next++ % 8];
  snprintf(text, sizeof texts[0], value < 0.01 ? "%.3f" : value < 100 ? "%.2f" : value < 1000 ? "%.1f" : "%.0f", value);
  return text;
}

static void write_row(FILE *json, const char *title, uint32_t units, const row *each) {
  fprintf(json,
          "{\"table\": \"%s\", \"units\": %u, \"nodes\": %llu, \"row\": \"%s\", \"p50_us\": %.3f, \"p90_us\": %.3f, "
          "\"p99_us\": %.3f, \"p999_us\": %.3f, \"worst_us\": %.3f, \"calls\": %u, \"group\": %u, \"must_us\": %g, "
          "\"aim_us\": %g}\n",
          title, each->units ? each->units : units, (unsigned long long)row_nodes, each->name, at_us(each, 0.5),
          at_us(each, 0.9), at_us(each, 0.99), at_us(each, 0.999), at_us(each, 1), each->count, each->group,
          each->must_us, each->aim_us);
}

static void show_rows(const char *title, uint32_t units, FILE *json) {
  uint32_t index;
  printf("\n%s\n%-52s %8s %8s %8s %8s %8s %8s %8s %8s\n", title, "us an operation", "must", "aim", "p50", "p90", "p99",
         "p99.9", "worst", "calls");
  for (index = 0; index < row_count; index++) {
    row *each = &rows[index];
    if (each->count == 0) continue;
    qsort(each->times_ns, each->count, sizeof(int64_t), by_time);
    printf("%-52s %8s %8s %8s %8s %8s %8s %8s %8u\n", each->name, each->must_us > 0 ? figure(each->must_us) : "",
           each->aim_us > 0 ? figure(each->aim_us) : "", figure(at_us(each, 0.5)), figure(at_us(each, 0.9)),
           figure(at_us(each, 0.99)), figure(at_us(each, 0.999)), figure(at_us(each, 1)), each->count);
    if (json) write_row(json, title, units, each);
  }
}

/* Half a second of reading the clock: gaps of over 100 us are the machine's, not ours. */
static void show_gaps(void) {
  int64_t start_ns = clock_ns();
  int64_t last_ns = start_ns;
  int64_t worst_ns = 0;
  int gaps = 0;
  while (last_ns - start_ns < 500000000) {
    int64_t now_ns = clock_ns();
    if (now_ns - last_ns > 100000) gaps++;
    if (now_ns - last_ns > worst_ns) worst_ns = now_ns - last_ns;
    last_ns = now_ns;
  }
  printf("the machine took the core away %d times a second for over 100 us, at worst for %lld us\n", gaps * 2,
         (long long)(worst_ns / 1000));
}

#endif
