/* Every constant of the header has the word that its name gives: HJ_STEP_NOTIFY_AGAIN is "notify_again". The header's
 * own text says which constants there are, so that one added without a word is found here.
 *
 *   names [hujia.h] */
#include <ctype.h>

#include "check.h"

#define ROW(prefix) \
  { "HJ_" #prefix "_", HJ_NAMES_##prefix }
static const struct {
  const char *prefix;
  int32_t vocabulary;
} vocabularies[] = {ROW(TIER),    ROW(LEVEL),   ROW(ACTIVITY),  ROW(INCIDENT),    ROW(ASSIGNMENT),
                    ROW(CLOCK),   ROW(STEP),    ROW(EVENT),     ROW(REASON),      ROW(CLOCK_STATE),
                    ROW(WATCH),   ROW(FIGURES), ROW(INTERVAL),  ROW(SHORTFALL),   ROW(DATUM),
                    ROW(PROFILE), ROW(RUN),     ROW(TRAFFIC),   ROW(DIRECTION),   ROW(REPORT),
                    ROW(ROUTE),   ROW(NEAREST), ROW(SOURCE),    ROW(MAP),         ROW(OFF_DUTY_POSITIONS),
                    ROW(CHOSEN),  ROW(BREACH),  ROW(TELEMETRY), ROW(EVENTS_WHEN), ROW(STRENGTH),
                    ROW(JOURNAL), ROW(MODE),    ROW(HEALTH),    ROW(DIGEST)};
#define VOCABULARIES (sizeof vocabularies / sizeof vocabularies[0])

/* Numbers of the header that are no words: sizes, bounds and marks. Statuses have names of their own, checked below. */
static const char *const wordless[] = {"HJ_VERSION_MAJOR",
                                       "HJ_VERSION_MINOR",
                                       "HJ_VERSION_PATCH",
                                       "HJ_ABI_VERSION",
                                       "HJ_UNKNOWN",
                                       "HJ_UNREACHABLE",
                                       "HJ_CREW_NONE",
                                       "HJ_CHOSEN_MAX",
                                       "HJ_STREET_CLOSED",
                                       "HJ_REPEATS_MAX",
                                       "HJ_HELD_BY_NOTHING",
                                       "HJ_HELD_BY_RETENTION",
                                       "HJ_HELD_BY_SNAPSHOT",
                                       "HJ_STREET_TIME_MAX",
                                       "HJ_AGE_UNKNOWN",
                                       "HJ_FIGURES_OTHER",
                                       "HJ_STREET_AS_MAPPED",
                                       "HJ_FIGURES_UNKNOWN",
                                       "HJ_FIGURES_TABLE_FULL",
                                       "HJ_EVENT_FLAG_REPEATED",
                                       "HJ_PAGE_MAX",
                                       "HJ_EVENT_FLAG_NOT_DURABLE",
                                       "HJ_EVENT_FLAG_CATCH_UP",
                                       "HJ_SEAL_OVERHEAD",
                                       "HJ_SEAL_NAME_MAX",
                                       "HJ_SNAPSHOT_AT_CLOSE"};

#define MOST 512
static char defined[MOST][64];
static int defined_count;
static int words[VOCABULARIES];
static int64_t numbers[VOCABULARIES][64];

static int is_wordless(const char *name) {
  for (size_t index = 0; index < sizeof wordless / sizeof wordless[0]; index++)
    if (strcmp(name, wordless[index]) == 0) return 1;
  return 0;
}

/* The longest prefix wins: HJ_CLOCK_STATE_TAKEN is no clock. */
static int vocabulary_of(const char *name) {
  int found = -1;
  for (size_t index = 0; index < VOCABULARIES; index++) {
    size_t length = strlen(vocabularies[index].prefix);
    if (strncmp(name, vocabularies[index].prefix, length) != 0) continue;
    if (found < 0 || length > strlen(vocabularies[found].prefix)) found = (int)index;
  }
  return found;
}

/* A status: HJ_OK, positive ones and HJ_E_...; only they are plain numbers under no prefix. */
static int is_status(const char *name, int64_t number) {
  return strcmp(hj_status_name((hj_status)number), name) == 0;
}

static void check_constant(const char *name, int64_t number) {
  for (int index = 0; index < defined_count; index++)
    if (strcmp(defined[index], name) == 0) CHECK_OF(name, 0, "defined twice");
  REQUIRE_LESS(defined_count, MOST);
  REQUIRE_LESS(strlen(name), sizeof defined[0]);
  strcpy(defined[defined_count++], name);
  int place = vocabulary_of(name);
  if (place < 0 || is_wordless(name)) {
    CHECK_OF(name, is_wordless(name) || is_status(name, number) || strncmp(name, "HJ_NAMES_", 9) == 0,
             "neither has a word, nor is a status, nor stands in wordless[]");
    return;
  }
  char word[64];
  size_t length = 0;
  for (const char *at = name + strlen(vocabularies[place].prefix); *at != 0; at++)
    word[length++] = (char)tolower((unsigned char)*at);
  word[length] = 0;
  CHECK_TEXT(hj_name(vocabularies[place].vocabulary, (int32_t)number), word);
  REQUIRE_LESS(words[place], 64);
  numbers[place][words[place]++] = number;
}

/* One `#define HJ_NAME number`, which clang-format may have broken after the name. */
static void read_line(const char *line, const char *next) {
  char name[64], value[64];
  if (sscanf(line, "#define %63s %63s", name, value) != 2) return;
  if (strncmp(name, "HJ_", 3) != 0) return;
  if (strcmp(value, "\\") == 0 && sscanf(next, " %63s", value) != 1) return;
  const char *digits = value + strspn(value, "(");
  char *end;
  long long number = strtoll(digits, &end, 10);
  if (end == digits) number = 0; /* INT32_MIN and the like: only their name is checked */
  if (end == digits && vocabulary_of(name) >= 0) CHECK(is_wordless(name));
  check_constant(name, number);
}

/* Every number that is none of a vocabulary is unknown, and so is every vocabulary that is none. */
static void check_unknown(void) {
  for (int32_t vocabulary = -3; vocabulary < 64; vocabulary++) {
    int place = -1;
    for (size_t index = 0; index < VOCABULARIES; index++)
      if (vocabularies[index].vocabulary == vocabulary) place = (int)index;
    for (int32_t number = -3; number < 2048; number++) {
      int is_known = 0;
      for (int index = 0; place >= 0 && index < words[place]; index++) is_known |= numbers[place][index] == number;
      CHECK_EACH_EQUAL(strcmp(hj_name(vocabulary, number), "unknown") != 0, is_known);
    }
    CHECK_TEXT(hj_name(vocabulary, INT32_MIN), "unknown");
    CHECK_TEXT(hj_name(vocabulary, INT32_MAX), "unknown");
  }
  CHECK_TEXT(hj_name(INT32_MIN, 1), "unknown");
  CHECK_TEXT(hj_name(INT32_MAX, 1), "unknown");
}

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : "include/hujia.h";
  FILE *header = fopen(path, "r");
  if (header == NULL) fprintf(stderr, "%s is not there\n", path);
  REQUIRE(header != NULL);
  char line[1024], next[1024];
  REQUIRE(fgets(line, sizeof line, header) != NULL);
  while (fgets(next, sizeof next, header) != NULL) {
    read_line(line, next);
    strcpy(line, next);
  }
  read_line(line, "");
  fclose(header);
  int found = 0;
  for (size_t index = 0; index < VOCABULARIES; index++) {
    CHECK_OF(vocabularies[index].prefix, words[index] > 0, "a vocabulary without words");
    found += words[index];
  }
  printf("note: %d constants of the header, %d of them with words\n", defined_count, found);
  check_unknown();
  return check_finish();
}
