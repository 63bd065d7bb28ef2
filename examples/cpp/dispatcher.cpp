// The same header from C++11: handles that close themselves, errors as exceptions. Host-driven time: it ends at once.
//
//   c++ -std=c++11 dispatcher.cpp $(pkg-config --cflags --libs hujia) -o dispatcher && ./dispatcher
#include <hujia.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

void check(hj_status status) {
  if (hj_is_taken(status)) return;
  throw std::runtime_error(std::string(hj_status_name(status)) + ": " + hj_status_text(status));
}

// A zeroed struct with its size set, as the header asks.
template <typename Struct>
Struct sized() {
  Struct value = Struct();
  value.size = sizeof value;
  return value;
}

struct Close {
  void operator()(hj_engine *engine) const { hj_engine_close(engine); }
};
using Engine = std::unique_ptr<hj_engine, Close>;

Engine open() {
  hj_config config;
  check(hj_config_init(&config, sizeof config));
  config.run_mode = HJ_RUN_POLL;
  hj_engine *engine = nullptr;
  hj_error_detail why = sized<hj_error_detail>();
  if (!hj_is_taken(hj_engine_open(&config, &engine, &why))) throw std::runtime_error(why.text);
  return Engine(engine);
}

void put(const Engine &engine, std::uint64_t id, double lat, double lon) {
  hj_unit unit = sized<hj_unit>();
  unit.id = id;
  check(hj_e7_from_degrees(lat, lon, &unit.lat_e7, &unit.lon_e7));
  check(hj_unit_put(engine.get(), &unit));
}

void printEvents(const Engine &engine) {
  std::vector<hj_event> events(64);
  events[0].size = sizeof(hj_event);
  std::uint32_t count = 0;
  check(hj_events_poll(engine.get(), events.data(), static_cast<std::uint32_t>(events.size()), &count));
  for (std::uint32_t index = 0; index < count; index++) {
    const hj_event &event = events[index];
    std::cout << hj_name(HJ_NAMES_EVENT, event.kind);
    if (event.kind == HJ_EVENT_ESCALATION) {
      std::cout << " of " << hj_name(HJ_NAMES_CLOCK, event.clock) << ": " << hj_name(HJ_NAMES_STEP, event.action);
    }
    std::cout << ", unit " << event.unit_id << "\n";
  }
}

}  // namespace

int main() try {
  const Engine engine = open();
  put(engine, 12, 37.7793, -122.4193);
  put(engine, 34, 37.7950, -122.3940);
  const std::int64_t second = 1000000000;
  check(hj_engine_poll(engine.get(), 0, 1700000000000000, 0, nullptr));

  hj_report call = sized<hj_report>();
  call.tier = HJ_TIER_EMERGENCY;
  check(hj_e7_from_degrees(37.7599, -122.4148, &call.lat_e7, &call.lon_e7));
  hj_dispatch answer = sized<hj_dispatch>();
  check(hj_incident_report(engine.get(), &call, &answer));
  std::cout << "unit " << answer.chosen[0].unit_id << " goes, " << answer.chosen[0].travel_ms / 1000 << " s away\n";

  // Nobody signs: after 15, 30 and 45 s the engine says so.
  for (int step = 1; step <= 3; step++) {
    check(hj_engine_poll(engine.get(), 15 * step * second, 1700000000000000 + 15000000 * step, 0, nullptr));
    printEvents(engine);
  }
  return 0;
} catch (const std::exception &error) {
  std::cerr << error.what() << "\n";
  return 1;
}
