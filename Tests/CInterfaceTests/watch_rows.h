/* The rows of bad_structs.c that are about watches and figures. */
#ifndef HUJIA_TEST_WATCH_ROWS_H
#define HUJIA_TEST_WATCH_ROWS_H

#include "host.h"

static hj_watch valid_watch = {.size = sizeof valid_watch, .id = 5, .lat_e7 = CENTRE_LAT_E7, .lon_e7 = CENTRE_LON_E7};
static hj_heartbeat valid_beat = {.size = sizeof valid_beat, .watch_id = 5};
static hj_figures_query valid_figures = {.size = sizeof valid_figures, .interval = HJ_INTERVAL_RECEIPT_TO_CLOSE};
static hj_status watch_in(hj_engine *engine, void *watch) {
  return hj_watch_put(engine, watch);
}
static hj_status beats_in(hj_engine *engine, void *beats) {
  return hj_watch_beats(engine, beats, 1, NULL);
}
static hj_status watch_out(hj_engine *engine, void *status) {
  return hj_watch_read(engine, 5, status);
}
static hj_status alarm_out(hj_engine *engine, void *dispatch) {
  hj_status status = hj_watch_alarm(engine, 5, 0, dispatch);
  return status == HJ_EXISTS ? HJ_OK : status; /* one incident for all sizes */
}
static hj_status figures_in(hj_engine *engine, void *query) {
  hj_figures figures = {0};
  figures.size = sizeof figures;
  return hj_figures_read(engine, query, &figures);
}
static hj_status figures_out(hj_engine *engine, void *figures) {
  return hj_figures_read(engine, &valid_figures, figures);
}
static hj_status breaches_out(hj_engine *engine, void *breaches) {
  uint32_t count;
  return hj_figures_breaches(engine, breaches, 1, &count);
}

#define WATCH_SIZED_ROWS                                                                  \
  {"hj_watch_put", sizeof(hj_watch), &valid_watch, watch_in, 0},                          \
      {"hj_watch_beats", sizeof(hj_heartbeat), &valid_beat, beats_in, 0},                 \
      {"hj_watch_read", sizeof(hj_watch_status), NULL, watch_out, 0},                     \
      {"hj_watch_alarm", sizeof(hj_dispatch), NULL, alarm_out, 680},                      \
      {"hj_figures_read query", sizeof(hj_figures_query), &valid_figures, figures_in, 0}, \
      {"hj_figures_read figures", sizeof(hj_figures), NULL, figures_out, 0}, {            \
    "hj_figures_breaches", sizeof(hj_breach), NULL, breaches_out, 64                      \
  }

#endif
