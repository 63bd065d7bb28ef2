/* A street network as a plain program holds it, and Dijkstra's search on it: what the engine's answers are compared
 * with, in time and in content. Read from the text that scripts/bench-network writes. */
#ifndef HUJIA_BENCHMARK_NETWORK_H
#define HUJIA_BENCHMARK_NETWORK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEVER UINT32_MAX

typedef struct {
  uint32_t from, to, time_ms;
} arc;

typedef struct {
  uint32_t node_count, arc_count;
  int32_t (*places)[2]; /* lat_e7, lon_e7 */
  arc *arcs;            /* sorted by `to` */
  uint32_t *first;      /* arcs that reach node n: first[n] ... first[n + 1] */
  uint32_t *first_from; /* numbers of arcs in the order of `from` */
  uint32_t *from_order;
  uint8_t *is_clear; /* no other node within two metres: a place there is that node */
} network;

static void *take(size_t count, size_t bytes) {
  void *memory = calloc(count ? count : 1, bytes);
  if (!memory) {
    fprintf(stderr, "no memory for %zu bytes\n", count * bytes);
    exit(1);
  }
  return memory;
}

/* The next whole number of a text; `*at` moves behind it. */
static int64_t next_number(const char **at) {
  const char *text = *at;
  int64_t number = 0;
  int is_negative = 0;
  while (*text && *text != '-' && (*text < '0' || *text > '9')) text++;
  if (*text == '-') is_negative = 1, text++;
  while (*text >= '0' && *text <= '9') number = number * 10 + (*text++ - '0');
  *at = text;
  return is_negative ? -number : number;
}

static char *read_text(const char *path) {
  FILE *file = fopen(path, "rb");
  char *text;
  long bytes;
  if (!file || fseek(file, 0, SEEK_END) != 0 || (bytes = ftell(file)) < 0 || fseek(file, 0, SEEK_SET) != 0) {
    fprintf(stderr, "cannot read %s\n", path);
    exit(1);
  }
  text = take((size_t)bytes + 1, 1);
  if (fread(text, 1, (size_t)bytes, file) != (size_t)bytes) exit(1);
  fclose(file);
  return text;
}

static uint32_t *starts(const network *of, int by_from) {
  uint32_t *first = take(of->node_count + 2, sizeof *first);
  uint32_t index;
  for (index = 0; index < of->arc_count; index++) first[(by_from ? of->arcs[index].from : of->arcs[index].to) + 1]++;
  for (index = 0; index < of->node_count; index++) first[index + 1] += first[index];
  return first;
}

static int by_to(const void *a, const void *b) {
  const arc *left = a, *right = b;
  return left->to < right->to ? -1 : left->to > right->to;
}

static const network *sorting;
static int by_place(const void *a, const void *b) {
  const int32_t *left = sorting->places[*(const uint32_t *)a], *right = sorting->places[*(const uint32_t *)b];
  return left[0] < right[0] ? -1 : left[0] > right[0];
}

static void mark_clear(network *of) {
  uint32_t *order = take(of->node_count, sizeof *order);
  uint32_t index, other;
  for (index = 0; index < of->node_count; index++) order[index] = index;
  sorting = of;
  qsort(order, of->node_count, sizeof *order, by_place);
  memset(of->is_clear, 1, of->node_count);
  for (index = 0; index < of->node_count; index++) {
    for (other = index + 1; other < of->node_count; other++) {
      if (of->places[order[other]][0] - of->places[order[index]][0] > 200) break;
      if (abs(of->places[order[other]][1] - of->places[order[index]][1]) > 300) continue;
      of->is_clear[order[index]] = of->is_clear[order[other]] = 0;
    }
  }
  free(order);
}

/* "nodes arcs", then "lat_e7 lon_e7" a node, then "from to time_ms" an arc. */
static network read_network(const char *path) {
  char *text = read_text(path);
  const char *at = text;
  network result;
  uint32_t index;
  uint32_t *place;
  result.node_count = (uint32_t)next_number(&at);
  result.arc_count = (uint32_t)next_number(&at);
  result.places = take(result.node_count, sizeof *result.places);
  result.arcs = take(result.arc_count, sizeof *result.arcs);
  result.is_clear = take(result.node_count, 1);
  for (index = 0; index < result.node_count; index++) {
    result.places[index][0] = (int32_t)next_number(&at);
    result.places[index][1] = (int32_t)next_number(&at);
  }
  for (index = 0; index < result.arc_count; index++) {
    result.arcs[index].from = (uint32_t)next_number(&at);
    result.arcs[index].to = (uint32_t)next_number(&at);
    result.arcs[index].time_ms = (uint32_t)next_number(&at);
    if (result.arcs[index].from >= result.node_count || result.arcs[index].to >= result.node_count) exit(1);
  }
  free(text);
  qsort(result.arcs, result.arc_count, sizeof *result.arcs, by_to);
  result.first = starts(&result, 0);
  result.first_from = starts(&result, 1);
  result.from_order = take(result.arc_count, sizeof *result.from_order);
  place = take(result.node_count, sizeof *place);
  for (index = 0; index < result.arc_count; index++) {
    uint32_t from = result.arcs[index].from;
    result.from_order[result.first_from[from] + place[from]++] = index;
  }
  free(place);
  mark_clear(&result);
  return result;
}

/* ---- Dijkstra's search against the direction of travel, with a binary heap ---- */

typedef struct {
  uint32_t time_ms, node;
} entry;

typedef struct {
  const network *of;
  uint32_t *times_ms, *seen, *next_arc;
  uint32_t stamp;
  entry *heap;
  uint32_t heap_count, heap_room;
} search;

static search new_search(const network *of) {
  search result;
  result.of = of;
  result.times_ms = take(of->node_count, sizeof(uint32_t));
  result.seen = take(of->node_count, sizeof(uint32_t));
  result.next_arc = take(of->node_count, sizeof(uint32_t));
  result.stamp = 0;
  result.heap_room = of->arc_count + 2;
  result.heap = take(result.heap_room, sizeof(entry));
  result.heap_count = 0;
  return result;
}

static void search_lower(search *in, uint32_t node, uint32_t time_ms, uint32_t by_arc) {
  uint32_t place;
  if (in->seen[node] == in->stamp && in->times_ms[node] <= time_ms) return;
  in->seen[node] = in->stamp;
  in->times_ms[node] = time_ms;
  in->next_arc[node] = by_arc;
  place = in->heap_count++;
  while (place > 0 && in->heap[(place - 1) / 2].time_ms > time_ms) {
    in->heap[place] = in->heap[(place - 1) / 2];
    place = (place - 1) / 2;
  }
  in->heap[place].time_ms = time_ms;
  in->heap[place].node = node;
}

static void search_begin(search *in, uint32_t goal) {
  in->stamp++;
  in->heap_count = 0;
  search_lower(in, goal, 0, NEVER);
}

/* Settles the nearest node and returns it; NEVER when none is left. */
static uint32_t search_settle(search *in) {
  while (in->heap_count > 0) {
    entry least = in->heap[0];
    entry last = in->heap[--in->heap_count];
    uint32_t place = 0, child, index;
    while ((child = place * 2 + 1) < in->heap_count) {
      if (child + 1 < in->heap_count && in->heap[child + 1].time_ms < in->heap[child].time_ms) child++;
      if (in->heap[child].time_ms >= last.time_ms) break;
      in->heap[place] = in->heap[child];
      place = child;
    }
    in->heap[place] = last;
    if (in->times_ms[least.node] != least.time_ms) continue;
    for (index = in->of->first[least.node]; index < in->of->first[least.node + 1]; index++) {
      search_lower(in, in->of->arcs[index].from, least.time_ms + in->of->arcs[index].time_ms, index);
    }
    return least.node;
  }
  return NEVER;
}

#endif
