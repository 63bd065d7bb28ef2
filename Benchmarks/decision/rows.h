/* Rows of a benchmark: the time of each call, sorted at the end; printed as a table and as JSON. */
#ifndef HUJIA_BENCHMARK_ROWS_H
#define HUJIA_BENCHMARK_ROWS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROW_LIMIT 32
#define SAMPLE_LIMIT 200000

typedef struct {
  char name[64];
  uint32_t group; /* operations a call */
  uint32_t count;
  int64_t *times_ns;
} row;

static row rows[ROW_LIMIT];
static uint32_t row_count;

static int64_t clock_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static row *new_row(const char *name, uint32_t group) {
  row *result = &rows[row_count++];
  if (row_count > ROW_LIMIT) abort();
  snprintf(result->name, sizeof result->name, "%s", name);
  result->group = group;
  result->count = 0;
  result->times_ns = malloc(SAMPLE_LIMIT * sizeof(int64_t));
  if (!result->times_ns) abort();
  return result;
}

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

static void show_rows(const char *title, uint32_t units, FILE *json) {
  uint32_t index;
  printf("\n%s\n%-44s %9s %9s %9s %9s %9s %9s\n", title, "us an operation", "p50", "p90", "p99", "p99.9", "worst",
         "calls");
  for (index = 0; index < row_count; index++) {
    row *each = &rows[index];
    if (each->count == 0) continue;
    qsort(each->times_ns, each->count, sizeof(int64_t), by_time);
    printf("%-44s %9.2f %9.2f %9.2f %9.2f %9.1f %9u\n", each->name, at_us(each, 0.5), at_us(each, 0.9),
           at_us(each, 0.99), at_us(each, 0.999), at_us(each, 1), each->count);
    if (json) {
      fprintf(
          json,
          "{\"table\": \"%s\", \"units\": %u, \"row\": \"%s\", \"p50_us\": %.3f, \"p90_us\": %.3f, \"p99_us\": %.3f, "
          "\"p999_us\": %.3f, \"worst_us\": %.3f, \"calls\": %u, \"group\": %u}\n",
          title, units, each->name, at_us(each, 0.5), at_us(each, 0.9), at_us(each, 0.99), at_us(each, 0.999),
          at_us(each, 1), each->count, each->group);
    }
  }
}

#endif
