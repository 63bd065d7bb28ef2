/* A hook of the allocator that throws a C++ exception. It passes through the call as through any C code of the host's:
 * the cold call is over, the engine and its other calls go on, the same call succeeds when it is made again, and the
 * engine closes. (`hooks_left.c`: the same by longjmp, and by ending the thread.) */
#include <cstdlib>
#include <stdexcept>

#include "check.h"

namespace {

const char plans[] = "{\"version\": 1, \"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 1}]}]}";

int left_to_go; /* the allocation that throws; 0 = none */

void *allocate(void *, uint64_t bytes, uint64_t alignment) {
  if (left_to_go > 0 && --left_to_go == 0) throw std::runtime_error("no memory today");
  void *pointer = nullptr;
  if (posix_memalign(&pointer, alignment < sizeof(void *) ? sizeof(void *) : alignment, bytes) != 0) return nullptr;
  return pointer;
}

void release(void *, void *pointer, uint64_t, uint64_t) {
  free(pointer);
}

hj_config hooked() {
  hj_config config;
  hj_config_init(&config, sizeof config);
  config.max_units = config.max_incidents = config.max_assignments = 16;
  config.event_capacity = 64;
  config.map_path = getenv("HUJIA_TEST_MAP");
  config.allocate = allocate;
  config.release = release;
  return config;
}

hj_status load_plans(hj_engine *engine) {
  return hj_plans_load(engine, plans, sizeof plans - 1, nullptr);
}

hj_status report_traffic(hj_engine *engine) {
  hj_street_time time;
  memset(&time, 0, sizeof time);
  time.size = sizeof time;
  time.street_id = 1;
  time.travel_ms = 1000;
  return hj_traffic_report(engine, &time, 1);
}

using Call = hj_status (*)(hj_engine *);

/* Whether the n-th allocation of the call threw, and the exception came out as it was. */
bool throws(hj_engine *engine, Call call, int at) {
  left_to_go = at;
  bool is_thrown = false;
  try {
    call(engine);
  } catch (const std::runtime_error &error) {
    is_thrown = strcmp(error.what(), "no memory today") == 0;
  }
  left_to_go = 0;
  return is_thrown;
}

hj_status put_unit(hj_engine *engine) {
  hj_unit unit;
  memset(&unit, 0, sizeof unit);
  unit.size = sizeof unit;
  unit.id = 1;
  return hj_unit_put(engine, &unit);
}

void thrown_in(Call call) {
  int thrown = 0;
  for (int at = 1; at <= 40; at++) {
    hj_config config = hooked();
    hj_engine *engine = nullptr;
    REQUIRE(hj_engine_open(&config, &engine, nullptr) == HJ_OK);
    CHECK_STATUS(put_unit(engine), HJ_OK);
    if (throws(engine, call, at)) thrown++;
    CHECK_STATUS(put_unit(engine), HJ_OK);
    hj_unit_status status;
    memset(&status, 0, sizeof status);
    status.size = sizeof status;
    CHECK_STATUS(hj_unit_read(engine, 1, &status), HJ_OK);
    CHECK_STATUS(call(engine), HJ_OK);
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  }
  CHECK(thrown > 0);
}

void thrown_in_open() {
  int thrown = 0;
  for (int at = 1; at <= 40; at += 3) {
    hj_config config = hooked();
    hj_engine *engine = nullptr;
    left_to_go = at;
    try {
      hj_engine_open(&config, &engine, nullptr);
    } catch (const std::runtime_error &) {
      thrown++;
    }
    left_to_go = 0;
    CHECK(engine == nullptr);
    CHECK_STATUS(hj_engine_open(&config, &engine, nullptr), HJ_OK);
    CHECK_STATUS(put_unit(engine), HJ_OK);
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  }
  CHECK(thrown == 14);
}

}  // namespace

int main() {
  thrown_in(load_plans);
  if (getenv("HUJIA_TEST_MAP") != nullptr)
    thrown_in(report_traffic);
  else
    check_skip("live traffic", "HUJIA_TEST_MAP names no map");
  thrown_in_open();
  return check_finish();
}
