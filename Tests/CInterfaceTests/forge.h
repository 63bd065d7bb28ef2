/* A forger of maps: takes one that is right, puts hostile numbers into one field of one section, and makes every
 * checksum fit again, as a hostile writer would. Knows the file's format, not the library. */
#ifndef HUJIA_TEST_FORGE_H
#define HUJIA_TEST_FORGE_H

#include <fcntl.h>
#include <unistd.h>

#include "check.h"

enum { HEADER_BYTES = 64, ENTRY_BYTES = 32, MAPS = 8, TARGETS = 2048 };

typedef struct map_bytes {
  const char *path;
  unsigned char *bytes;
  size_t size;
  uint32_t sections;
  uint64_t touched[4]; /* a bit for each section that was forged; its checksum no longer fits */
} map_bytes;

/* One kind of number that can be forged: a field of the elements of a section, or of the header or its table. */
typedef struct target {
  int map;
  int section; /* -1: the header; -2: all sections of one count, shortened together */
  char name[20];
  uint32_t start, width, stride; /* within the section; stride 0: the field stands once, at `start` */
} target;

static map_bytes maps[MAPS];
static int map_count;
static target targets[TARGETS];
static int target_count;

/* Targets of one name in all maps: seeds go evenly over these, and evenly over the targets of each. */
static struct group {
  const char *name;
  int members[TARGETS / 4], count;
} groups[128];
static int group_count;

static const target *target_of(uint64_t seed) {
  const struct group *group = &groups[seed % (uint64_t)group_count];
  return &targets[group->members[seed / (uint64_t)group_count % (uint64_t)group->count]];
}

static uint64_t forge_random;
static uint64_t next_random(void) {
  uint64_t z = (forge_random += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}
static uint64_t below(uint64_t limit) {
  return limit == 0 ? 0 : next_random() % limit;
}

static uint64_t get(const unsigned char *at, uint32_t width) {
  uint64_t value = 0;
  memcpy(&value, at, width);
  return value;
}
static void set(unsigned char *at, uint32_t width, uint64_t value) {
  memcpy(at, &value, width);
}

/* The format's own checksum: four lanes of multiply and rotate. */
static uint64_t mix(uint64_t lane, uint64_t word) {
  uint64_t x = lane + word * UINT64_C(0xc2b2ae3d27d4eb4f);
  return ((x << 31) | (x >> 33)) * UINT64_C(0x9e3779b185ebca87);
}
static uint64_t checksum(const unsigned char *bytes, size_t count) {
  const uint64_t prime = UINT64_C(0x9e3779b185ebca87), second = UINT64_C(0xc2b2ae3d27d4eb4f);
  uint64_t lanes[4] = {prime, second, 0, prime + second}, rest = count;
  size_t offset = 0;
  for (; offset + 32 <= count; offset += 32) {
    for (int lane = 0; lane < 4; lane++) lanes[lane] = mix(lanes[lane], get(bytes + offset + 8 * lane, 8));
  }
  for (; offset < count; offset++) rest = mix(rest, (uint64_t)bytes[offset] + 1);
  uint64_t result = mix(mix(mix(mix(rest, lanes[0]), lanes[1]), lanes[2]), lanes[3]);
  result ^= result >> 29;
  result *= second;
  return result ^ (result >> 32);
}

static unsigned char *entry(const map_bytes *map, uint32_t section) {
  return map->bytes + HEADER_BYTES + section * ENTRY_BYTES;
}
static unsigned char *content(const map_bytes *map, uint32_t section) {
  return map->bytes + get(entry(map, section) + 8, 8);
}
static uint64_t length(const map_bytes *map, uint32_t section) {
  return get(entry(map, section) + 16, 8);
}

static void touch(map_bytes *map, uint32_t section) {
  REQUIRE_LESS(section, 256);
  map->touched[section / 64] |= UINT64_C(1) << section % 64;
}
static int is_touched(const map_bytes *map, uint32_t section) {
  return map->touched[section / 64] >> section % 64 & 1;
}
static void touch_all(map_bytes *map) {
  for (uint32_t section = 0; section < map->sections; section++) touch(map, section);
}

/* Every section that was touched, and lies in the file still, gets its checksum, then the table does. */
static void seal(map_bytes *map) {
  for (uint32_t section = 0; section < map->sections; section++) {
    if (!is_touched(map, section)) continue;
    uint64_t offset = get(entry(map, section) + 8, 8), bytes = length(map, section);
    if (offset <= map->size && bytes <= map->size - offset)
      set(entry(map, section) + 24, 8, checksum(map->bytes + offset, bytes));
  }
  set(map->bytes + 24, 8, checksum(map->bytes + HEADER_BYTES, map->sections * ENTRY_BYTES));
}

static const unsigned char *find_section(const map_bytes *map, const char *tag, uint64_t *bytes) {
  for (uint32_t section = 0; section < map->sections; section++) {
    if (memcmp(entry(map, section), tag, 4) == 0) {
      *bytes = length(map, section);
      return content(map, section);
    }
  }
  *bytes = 0;
  return NULL;
}

/* ---- What there is to forge ---- */

static void add_target(int map, int section, const char *name, uint32_t start, uint32_t width, uint32_t stride) {
  REQUIRE_LESS(target_count, TARGETS);
  target *added = &targets[target_count++];
  added->map = map, added->section = section;
  added->start = start, added->width = width, added->stride = stride;
  snprintf(added->name, sizeof added->name, "%s", name);
  int group = 0;
  while (group < group_count && strcmp(groups[group].name, name) != 0) group++;
  REQUIRE_LESS(group, 128);
  if (group == group_count) groups[group_count++].name = added->name;
  REQUIRE_LESS(groups[group].count, TARGETS / 4);
  groups[group].members[groups[group].count++] = target_count - 1;
}

static int is_tag(const char *tag, const char *pattern) {
  for (int index = 0; index < 4; index++) {
    if (pattern[index] != '?' && pattern[index] != tag[index]) return 0;
  }
  return 1;
}

/* Sections of more than one kind of number: the widths of the fields of an element. */
static const struct {
  const char *pattern;
  const char *widths;
} layouts[] = {{"FACT", "88888444444"}, {"RTFA", "8888844"}, {"RMFA", "888888"}, {"SFAC", "4444448"},
               {"RM?I", "44"},          {"RM?U", "8"},       {"RM?D", "8"},      {"SIDS", "8"},
               {"NMBY", "1"},           {"ORIG", "1"},       {"RTDE", "2"},      {"RTUD", "2"}};

static const char *widths_of(const char *tag) {
  for (size_t index = 0; index < sizeof layouts / sizeof layouts[0]; index++) {
    if (is_tag(tag, layouts[index].pattern)) return layouts[index].widths;
  }
  return "4";
}

/* Which sections have an element for each of what a count counts, and how many more. */
static const char *const counted[][16] = {
    {"NLAT", "NLON", "NPRT", "AFOU", "AFIN", "RTDE", "RTRS", "RTUF", "TPLC", "TEXI", NULL},
    {"SIDS", "SLEN", "SFAC", "SFPT", "SNAM", "SBID", NULL},
    {"ATAI", "AHEA", "ASTR", "ANOR", "ARES", "AINA", "RTMA", "RMNI", "RMRI", NULL},
    {"PLAT", "PLON", "POFF", "PSTR", NULL},
    {"NMST", NULL},
    {"RTUH", "RTUD", "RMNU", "RMND", "RMRU", "RMRD", "RMNW", "RMNw", "RMRW", "RMRw", NULL},
    {"RMNL", "RMNS", "RMNl", "RMNs", "RMRL", "RMRS", "RMRl", "RMRs", NULL}};
static const char *const count_names[] = {"all nodes", "all streets", "all arcs",  "all points",
                                          "all names", "all order",   "all labels"};

static void list_targets(int number) {
  map_bytes *map = &maps[number];
  add_target(number, -1, "header", 8, 4, 0);
  add_target(number, -1, "header", 12, 4, 0);
  add_target(number, -1, "header", 16, 8, 0);
  add_target(number, -1, "header", 32, 8, 0);
  for (size_t count = 0; count < sizeof counted / sizeof counted[0]; count++)
    add_target(number, -2, count_names[count], (uint32_t)count, 0, 0);
  for (uint32_t section = 0; section < map->sections; section++) {
    char tag[5] = {0};
    memcpy(tag, entry(map, section), 4);
    add_target(number, -1, "table", HEADER_BYTES + section * ENTRY_BYTES, 4, 0);
    add_target(number, -1, "table", HEADER_BYTES + section * ENTRY_BYTES + 8, 8, 0);
    add_target(number, -1, "table", HEADER_BYTES + section * ENTRY_BYTES + 16, 8, 0);
    const char *widths = widths_of(tag);
    uint32_t stride = 0, start = 0;
    for (const char *width = widths; *width; width++) stride += (uint32_t)(*width - '0');
    for (const char *width = widths; *width; width++) {
      add_target(number, (int)section, tag, start, (uint32_t)(*width - '0'), stride);
      start += (uint32_t)(*width - '0');
    }
  }
}

static void load_map(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) fprintf(stderr, "no map at %s\n", path);
  REQUIRE(file != NULL);
  REQUIRE_LESS(map_count, MAPS);
  map_bytes *map = &maps[map_count];
  fseek(file, 0, SEEK_END);
  map->path = path;
  map->size = (size_t)ftell(file);
  rewind(file);
  map->bytes = malloc(map->size);
  REQUIRE(map->bytes != NULL);
  REQUIRE_EQUAL(fread(map->bytes, 1, map->size, file), map->size);
  fclose(file);
  map->sections = (uint32_t)get(map->bytes + 12, 4);
  /* The checksum here is the format's. */
  REQUIRE_EQUAL(get(map->bytes + 24, 8), checksum(map->bytes + HEADER_BYTES, map->sections * ENTRY_BYTES));
  list_targets(map_count++);
}

/* ---- Hostile numbers ---- */

static uint64_t hostile(const map_bytes *map, uint64_t old, uint32_t width) {
  const uint64_t most = width == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * width)) - 1;
  uint64_t facts = 0;
  const unsigned char *counts = find_section(map, "FACT", &facts);
  uint64_t value = 0;
  switch (below(14)) {
    case 0:
      value = 0;
      break;
    case 1:
      value = 1;
      break;
    case 2:
      value = most;
      break;
    case 3:
      value = most - 1;
      break;
    case 4:
      value = most >> 1;
      break;
    case 5:
      value = (most >> 1) + 1;
      break;
    case 6: /* a count of something: at its end, one before, one beyond */
    case 7:
      if (facts >= 40) value = get(counts + 8 * below(5), 8) + below(3) - 1;
      break;
    case 8: /* one of something */
      if (facts >= 40) value = below(get(counts + 8 * below(5), 8));
      break;
    case 9:
      value = old + 1;
      break;
    case 10:
      value = old - 1;
      break;
    case 11:
      value = old ^ (UINT64_C(1) << below(8 * width));
      break;
    case 12:
      value = next_random() >> below(64);
      break;
    default:
      value = next_random();
      break;
  }
  return value & most;
}

static void forge_section(map_bytes *map, const target *at) {
  unsigned char *bytes = content(map, (uint32_t)at->section) + at->start;
  uint64_t size = length(map, (uint32_t)at->section);
  uint64_t count = at->stride == 0 ? 1 : size / at->stride;
  if (count == 0 || size < at->start + at->width) return;
#define AT(index) (bytes + (size_t)(index)*at->stride)
  uint64_t first = below(count), run = 1 + below(count - first < 200 ? count - first : 200);
  switch (count == 1 ? 0 : below(10)) {
    default: { /* one, or a few */
      for (uint64_t left = below(4) == 0 ? 1 + below(16) : 1; left > 0; left--) {
        uint64_t index = left == 1 && below(4) == 0 ? (below(2) ? 0 : count - 1) : below(count);
        set(AT(index), at->width, hostile(map, get(AT(index), at->width), at->width));
      }
      break;
    }
    case 4: { /* all of a run, or of the section, the same */
      if (below(3) == 0) first = 0, run = count;
      uint64_t value = hostile(map, get(AT(first), at->width), at->width);
      for (uint64_t index = first; index < first + run; index++) set(AT(index), at->width, value);
      break;
    }
    case 5: { /* two change places */
      uint64_t other = below(count), value = get(AT(first), at->width);
      set(AT(first), at->width, get(AT(other), at->width));
      set(AT(other), at->width, value);
      break;
    }
    case 6: { /* one twice */
      uint64_t other = below(2) ? below(count) : (first + 1) % count;
      set(AT(other), at->width, get(AT(first), at->width));
      break;
    }
    case 7: /* backwards */
      for (uint64_t low = first, high = first + run - 1; low < high; low++, high--) {
        uint64_t value = get(AT(low), at->width);
        set(AT(low), at->width, get(AT(high), at->width));
        set(AT(high), at->width, value);
      }
      break;
    case 8: { /* all a little more or less */
      uint64_t step = below(2) ? 1 : UINT64_MAX;
      for (uint64_t index = first; index < first + run; index++)
        set(AT(index), at->width, get(AT(index), at->width) + step);
      break;
    }
    case 9: /* noise */
      for (uint64_t index = first; index < first + run; index++) set(AT(index), at->width, next_random());
      break;
  }
#undef AT
}

/* Fewer of what a count counts, in all sections that hold it: every length fits. */
static void forge_count(map_bytes *map, const target *at) {
  uint64_t facts = 0, order = 0, metric = 0, fewer = 1 + below(below(4) == 0 ? 60 : 3);
  unsigned char *fact = (unsigned char *)(uintptr_t)find_section(map, "FACT", &facts);
  unsigned char *order_fact = (unsigned char *)(uintptr_t)find_section(map, "RTFA", &order);
  unsigned char *metric_fact = (unsigned char *)(uintptr_t)find_section(map, "RMFA", &metric);
  static const int order_place[] = {8, -1, -1, -1, -1, 16, 32}, metric_place[] = {8, -1, 16, -1, -1, 24, 32};
  if (at->start == 6) fewer *= 16;
  for (const char *const *tag = counted[at->start]; *tag != NULL; tag++) {
    for (uint32_t section = 0; section < map->sections; section++) {
      if (memcmp(entry(map, section), *tag, 4) != 0) continue;
      uint64_t width = 0;
      for (const char *field = widths_of(*tag); *field; field++) width += (uint64_t)(*field - '0');
      if (length(map, section) > fewer * width) set(entry(map, section) + 16, 8, length(map, section) - fewer * width);
      touch(map, section);
    }
  }
  if (at->start < 5) set(fact + 8 * at->start, 8, get(fact + 8 * at->start, 8) - fewer);
  int place = order_place[at->start];
  if (order_fact && place >= 0) set(order_fact + place, 8, get(order_fact + place, 8) - fewer);
  place = metric_place[at->start];
  if (metric_fact && place >= 0) set(metric_fact + place, 8, get(metric_fact + place, 8) - fewer);
}

static void forge_header(map_bytes *map, const target *at) {
  unsigned char *bytes = map->bytes + at->start;
  if (at->start >= HEADER_BYTES && below(2)) { /* what another section says */
    uint32_t other = HEADER_BYTES + (uint32_t)below(map->sections) * ENTRY_BYTES;
    set(bytes, at->width, get(map->bytes + other + (at->start - HEADER_BYTES) % ENTRY_BYTES, at->width));
  } else if (at->start >= HEADER_BYTES && at->width == 8 && below(2)) { /* a little more or less, aligned */
    static const uint64_t steps[] = {1, 2, 4, 8, 16, 32, 64, 128};
    uint64_t step = steps[below(8)];
    set(bytes, 8, get(bytes, 8) + (below(2) ? step : 0 - step));
  } else {
    set(bytes, at->width, hostile(map, get(bytes, at->width), at->width));
  }
}

/* Forges one target in place; the caller keeps the right bytes, and `restore` brings them back. */
static void forge(map_bytes *map, const target *at) {
  uint32_t sections = map->sections;
  memset(map->touched, 0, sizeof map->touched);
  if (at->section == -2) {
    forge_count(map, at);
    for (uint32_t section = 0; section < map->sections; section++)
      if (is_tag((const char *)entry(map, section), "FACT") || is_tag((const char *)entry(map, section), "R?FA"))
        touch(map, section);
  } else if (at->section == -1) {
    forge_header(map, at);
    touch_all(map);
  } else {
    forge_section(map, at);
    touch(map, (uint32_t)at->section);
  }
  map->sections = sections;
  seal(map);
}

/* Of the right map what was forged: the header, the table, and the sections whose content was. */
static void restore(map_bytes *map, const map_bytes *right, const target *at) {
  memcpy(map->bytes, right->bytes, HEADER_BYTES + (size_t)right->sections * ENTRY_BYTES);
  if (at->section == -1) return;
  for (uint32_t section = 0; section < right->sections; section++)
    if (is_touched(map, section)) memcpy(content(map, section), content(right, section), length(right, section));
}

#endif
