/* Which allocator an engine reports: "jemalloc" where the host has linked it, "system" where not, else the hooks' name.
 * The expected word is the argument; the script links this twice. */
#include "host.h"

int main(int count, char **words) {
  REQUIRE_EQUAL(count, 2);
  hj_config config = poll_config();
  for (int times = 0; times < 3; times++) {
    hj_engine *engine = open_engine(&config);
    hj_stats stats = read_stats(engine);
    if (strcmp(stats.allocator, words[1]) != 0) fprintf(stderr, "it says %s\n", stats.allocator);
    CHECK_TEXT(stats.allocator, words[1]);
    CHECK_MORE(stats.memory_bytes, 100000);
    put_unit(engine, 1, 0, 0);
    hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
    hj_dispatch dispatch = empty_dispatch();
    CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  }
  return check_finish();
}
