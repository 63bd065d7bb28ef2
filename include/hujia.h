/* SPDX-License-Identifier: Apache-2.0
 *
 * hujia.h - Hujia (护驾), an embedded real-time dispatch engine for police and emergency services.
 *
 * It takes in calls and unit positions and answers, within microseconds and on the caller's thread: who goes, by
 * which road, and what happens if they do not get there in time. One header, one shared library, no server.
 *
 *     hj_config config;
 *     hj_engine *engine = NULL;
 *     hj_error_detail why;
 *     memset(&why, 0, sizeof why);  why.size = sizeof why;
 *     hj_config_init(&config, sizeof config);
 *     config.map_path = "city.hjmap";                       (made by `hujia import`)
 *     if (hj_engine_open(&config, &engine, &why) < 0) { puts(why.text); return 1; }
 *
 *     hj_unit car = {0};    car.size = sizeof car;    car.id = 12;
 *     hj_e7_from_degrees(37.7793, -122.4193, &car.lat_e7, &car.lon_e7);
 *     hj_unit_put(engine, &car);
 *
 *     hj_report call = {0}; call.size = sizeof call;  call.tier = HJ_TIER_EMERGENCY;
 *     hj_e7_from_degrees(37.7599, -122.4148, &call.lat_e7, &call.lon_e7);
 *     hj_dispatch answer = {0}; answer.size = sizeof answer;
 *     if (hj_is_taken(hj_incident_report(engine, &call, &answer)) && answer.assignment_count > 0)
 *         printf("unit %llu, there in %u s\n", (unsigned long long)answer.chosen[0].unit_id,
 *                answer.chosen[0].travel_ms / 1000);
 *     hj_engine_close(engine);
 *
 * CONVENTIONS, valid for every function unless it says otherwise
 *
 * Status. A function that can fail returns hj_status: HJ_OK (0); positive = a named result that is no failure;
 *   negative = an error, and nothing was changed. Values never change meaning. HJ_FULL is positive, and nothing was
 *   taken: ask hj_is_taken, not `>= 0`, before believing that a call is on its way.
 * Structs start with `size`, which the caller sets to its own sizeof before the call, for input and for output; in
 *   arrays the first element's `size` is the stride of all. The `size` of a struct inside another is not set by the
 *   caller. A smaller `size` (an older program) gets defaults for what it lacks; a larger one whose unknown tail is
 *   not zero gets HJ_E_NEWER; one too small for the fields of version 0.1 gets HJ_E_SIZE. Zero every struct before
 *   filling it: zero is a valid default of every field.
 * Pointers may always be NULL and are checked: HJ_E_NULL. Input is copied before return. The library never hands out
 *   memory that the caller must free. Strings in are pointer and length, or zero-terminated where no length is asked.
 * Handles and ids made by the engine carry a generation: one that is closed, recycled or invented gets HJ_E_STALE. An
 *   hj_engine pointer is a token, never dereferenced before it is checked.
 * Places. lat_e7 and lon_e7 both 0 are no place: a receiver without a fix sends them, and a call without an address. A
 *   position without a place is refused, a report without one is taken in (hj_incident_report says how), in a struct
 *   that changes something it means "as it is", and where a place is asked for it is HJ_E_RANGE (but on a map that has
 *   streets around it). Since 0.3. Places come in by the datum of the feed and go out in hj_config.output_datum.
 * Units of measure are in the names: _ms, _us, _ns time; _mm, _dm length; _e7 degrees * 10^7 (WGS-84 unless a datum
 *   is named); _cdeg 1/100 degree clockwise from north; _cms centimetres per second. `wall_us` is UTC microseconds
 *   since 1970, and 0 means now. `now_ns` is monotonic nanoseconds of any origin. The two are never mixed.
 * Thread class. ANY THREAD: at any time, from any number of threads. BATON: the same, but such calls are carried out
 *   one at a time in one order, first come, first served; a call that finds another under way waits for it and for at
 *   most one call of each other thread (each takes microseconds); it may be carried out on the thread of the one under
 *   way, and a thread may carry out up to 16 calls of others before it returns. BEFORE START: no engine needed.
 * Bounded turns. A call holds the baton for less than a millisecond. What is more work than that goes on in slices,
 *   with other calls and deadlines in between. A slice is a number of steps, never a time, so in HJ_RUN_POLL the same
 *   calls meet it at the same place. Slices within the call itself: hj_engine_poll, hj_events_poll, hj_watch_beats,
 *   hj_plans_load, hj_plans_migrate, hj_figures_breaches. In the background (the engine's own thread, the host's loop,
 *   or the next hj_engine_poll): offers to waiting incidents beyond the first slice, of which there is one for all that
 *   a turn fires. Since 0.3.
 * Longer turns. A decision costs what its search costs. Where nobody can go, and among units without a position, that
 *   is a look at each class of units (alike in capabilities, agency, kind, activity and crew), not at units. On a map
 *   it grows with the units that match where none of them is within the plan's `radius_m`, and with those at one place.
 *   A slice of offers begins with a look at each need that waits in the tier (1,024 at most) and the cells around the
 *   unit (0.3 ms for 1,000 needs with a radius).
 * With a journal the text of hj_plans_load and the street times of an epoch (a quarter of ring_bytes at most) are put
 *   on record 64 KiB a turn (some 20 us each) before the turn that uses them, so no turn is longer for either. Others
 *   get their turns in between; one text or epoch is put on record at a time, others wait for it.
 * Turns without a bound. hj_engine_close.
 * Blocking and memory. Nothing blocks on I/O and nothing allocates after hj_engine_open, except where "cold" is said:
 *   hj_engine_open, hj_engine_close, hj_plans_load, and the first hj_traffic_report (see there).
 * Stack. A call needs up to 32 KiB of its thread's stack, also when it carries out the calls of others; a cold one up
 *   to 64 KiB, and hj_engine_open up to 256 KiB.
 * Threads that end or are disturbed. pthread_cancel: a call under way is completed, then the thread ends; the end of a
 *   call is the only cancellation point (hj_engine_open has none), and a wait in hj_incident_post_within is not cut
 *   short. A thread whose cancel type is PTHREAD_CANCEL_ASYNCHRONOUS must not call: POSIX allows that no library. A
 *   signal, with or without SA_RESTART, neither ends nor lengthens a call. Signal handlers must not call. Since 0.3.
 * After fork the parent's engines answer HJ_E_FORKED in the child and go on in the parent. The child may open engines
 *   of its own, in any run mode and as many as any process, and so may its children. Nothing of the parent's is freed
 *   in the child: its memory (shared until written to) and its descriptors stay until the child ends or executes
 *   another program. A child of vfork calls nothing. A fork waits while the first hj_engine_open of a process sets
 *   up the Swift runtime (a millisecond). Since 0.3; before, a child could open none.
 * Signals. The library installs no signal handler and blocks all signals in its own threads.
 * Descriptors of the library are 3 and above, also where the host has closed 0 to 2, and close-on-exec. While an engine
 *   opens, closed ones of 0 to 2 are filled with what can be neither read nor written. Since 0.3.
 * Allocator hooks may call any function of the library. What could wait for the call that the hook is part of answers
 *   HJ_E_DEADLOCK: closing that engine, and hj_traffic_report while live traffic is being set up. One thread at a time
 *   closes another engine from inside a hook; others get HJ_E_DEADLOCK. Since 0.3.
 * Full is an answer (HJ_FULL), never a wait, but in hj_incident_post_within, whose caller says how long. Every table
 *   has a limit in hj_config. With a journal, while its ring is three quarters full, HJ_FULL is also the answer to
 *   routine and preventive reports, plans, migrations, watches that are put, heartbeats, and signed streets; since 0.3.
 *   Positions are taken in then as ever, and HJ_TELEMETRY_ALL leaves them off the record (HJ_HEALTH_POSITIONS_LOST).
 *
 * Any function may also return HJ_E_STALE (the engine is closed or was never opened) and HJ_E_FORKED, and any that
 * changes something HJ_E_STATE after hj_engine_drain; those are not repeated below.
 */
#ifndef HUJIA_H
#define HUJIA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HJ_VERSION_MAJOR 0
#define HJ_VERSION_MINOR 3
#define HJ_VERSION_PATCH 0
#define HJ_ABI_VERSION 0

/* ---- Status ---------------------------------------------------------------------------------------------------- */

typedef int32_t hj_status;

#define HJ_OK 0             /* done */
#define HJ_EXISTS 1         /* the same key and body came before: the first result again. Do not retry. */
#define HJ_FULL 2           /* a table or ring is at its limit; nothing was taken. Retry later or raise the limit. */
#define HJ_MANUAL 3         /* taken in; the choice is left to a person (hj_incident_assign). Do not retry. */
#define HJ_UNCHANGED 4      /* it already was so. Do not retry. */
#define HJ_PARTIAL 5        /* some of the batch was refused; see the count. Do not retry the whole batch. */
#define HJ_TIME_BACKWARDS 6 /* now_ns was before that of the last poll; the last poll's time was used. */
#define HJ_PASSED 7         /* the clock has moved on from the step you saw; nothing was done. Read it again. */
#define HJ_HELD 8           /* taken in; held until its appointment, or as a likely repeat. Do not retry. */
#define HJ_TIMEOUT 9        /* the time was up first. Ask again. Since 0.3 */
#define HJ_CHANGED 10 /* told by HJ_EVENT_RECOVERED: another map, or larger limits, than the journal's. Since 0.3 */

#define HJ_E_ARGUMENT -1  /* a value outside its documented range */
#define HJ_E_NULL -2      /* a pointer that must not be NULL */
#define HJ_E_SIZE -3      /* `size` is zero or smaller than the struct of version 0.1 */
#define HJ_E_NEWER -4     /* `size` is larger than this library knows and the tail is not zero: update the library */
#define HJ_E_STALE -5     /* a handle or id that is closed, recycled or was never made */
#define HJ_E_UNKNOWN -6   /* no such unit (hj_unit_put first), street (the map's source has the ids), watch, incident */
#define HJ_E_STATE -7     /* the move is not legal from the present state; or the engine was drained */
#define HJ_E_CONFLICT -8  /* the same key came before with another body; or the id is in use for something else */
#define HJ_E_BUFFER -9    /* the caller's buffer is too short; the needed count was filled in */
#define HJ_E_MEMORY -10   /* the allocator refused in a cold call; nothing was changed, nothing is left to close */
#define HJ_E_FORKED -11   /* the engine belongs to the process that this one was forked from: open another */
#define HJ_E_DEADLOCK -12 /* called from a place where waiting could never end */
#define HJ_E_RANGE -13    /* coordinates off the planet, or not a number */
#define HJ_E_FILE -14     /* a file cannot be opened or read */
#define HJ_E_MAP -15      /* the map file is not a map, is of another format, is cut off or damaged */
#define HJ_E_PLANS -16    /* the plans are not valid (hj_error_detail names line or field, and the remedy) */
#define HJ_E_MODE -17     /* not in this run mode */
#define HJ_E_UNSUPPORTED -18 /* this version cannot do it yet */
#define HJ_E_LIMIT -19       /* a limit (hj_config) is zero or larger than the library's own */
#define HJ_E_SYSTEM -20      /* the operating system refused a thread, a loop or descriptors */
#define HJ_E_BUSY -21        /* the unit is on an incident: clear or cancel its assignment first */
#define HJ_E_REASON -22      /* the move is legal only with a reason (hj_..._by takes one) */
#define HJ_E_INTERNAL -23    /* a check of our own failed: please report it */
#define HJ_E_SNOOZE -24      /* the step would be put off further than its plan allows */
#define HJ_E_NO_CLOCK -25    /* that clock does not run: not started, already stopped, or not in the plans */
#define HJ_E_STEP -26        /* the clock has not come to that step yet */
#define HJ_E_JOURNAL -27     /* the journal cannot be read or written, or is another's. Since 0.3 */
#define HJ_E_LOCKED -28      /* the journal is in use by another engine. Since 0.3 */
#define HJ_E_UNCERTAIN \
  -29 /* the one error after which something may have changed: ask (hj_incident_find). Not yet. Since 0.3 */
#define HJ_E_LEVEL -32 /* the incident's plan has no such alarm level. Since 0.3 */

/* Details of a failed cold call, in a struct of the caller. */
typedef struct hj_error_detail {
  uint32_t size;
  hj_status status;
  uint32_t line;   /* 1-based, where the text itself is broken; else 0 */
  uint32_t column; /* 1-based; else 0 */
  char field[128]; /* for example plans[3].units[0].capabilities[1], or max_units; zero-terminated */
  char text[256];  /* what is wrong and what to do, at most 255 bytes, zero-terminated */
} hj_error_detail;

/* ---- Vocabulary (docs: GLOSSARY.md, English and Chinese) ------------------------------------------------------- */

/* "Not yet" at a constant: no call of this version leads to it; its number is kept for what it says. */

/* Tiers. NONE in a report means: the plan's tier for the type, else EMERGENCY (an untriaged call is an emergency). */
#define HJ_TIER_NONE 0
#define HJ_TIER_EMERGENCY 1  /* 紧急（一级）: respond 60 s; arrive 8 min, 5 min for vulnerable callers */
#define HJ_TIER_URGENT 2     /* 较急（二级）: respond 5 min; arrive 15 min */
#define HJ_TIER_ROUTINE 3    /* 一般（三级）: respond 30 min; resolve 2 h */
#define HJ_TIER_PREVENTIVE 4 /* 预防（四级）: by appointment; resolve 24 h */

/* Unit levels. */
#define HJ_LEVEL_AVAILABLE 0
#define HJ_LEVEL_CONDITIONALLY_AVAILABLE 1
#define HJ_LEVEL_NOT_AVAILABLE 2

/* What a unit is doing. The plans map an activity to a level; the default level stands behind it. */
#define HJ_ACTIVITY_NONE -1           /* hj_unit_status.next_activity: nothing is remembered; no activity to set */
#define HJ_ACTIVITY_PATROLLING 0      /* available */
#define HJ_ACTIVITY_STATION 1         /* 已归队/备勤: available */
#define HJ_ACTIVITY_POST 2            /* available */
#define HJ_ACTIVITY_EN_ROUTE 3        /* not available; set by the engine */
#define HJ_ACTIVITY_ON_SCENE 4        /* not available; set by the engine */
#define HJ_ACTIVITY_MEAL 5            /* conditionally available */
#define HJ_ACTIVITY_COURT 6           /* not available */
#define HJ_ACTIVITY_TRAINING 7        /* conditionally available */
#define HJ_ACTIVITY_OFF_DUTY 8        /* not available */
#define HJ_ACTIVITY_TRANSPORTING 9    /* not available; set by the engine */
#define HJ_ACTIVITY_AT_DESTINATION 10 /* not available; set by the engine */
#define HJ_ACTIVITY_RETURNING 11      /* 返回途中: available: driving home after an assignment */

/* Incident states: derived from the most advanced live assignment. */
#define HJ_INCIDENT_RECEIVED 1   /* 接警（受理） */
#define HJ_INCIDENT_PENDING 2    /* 待派警: no unit is on its way yet */
#define HJ_INCIDENT_ASSIGNED 3   /* 已派警 */
#define HJ_INCIDENT_EN_ROUTE 4   /* 出警途中 */
#define HJ_INCIDENT_ON_SCENE 5   /* 到场 */
#define HJ_INCIDENT_HANDLING 6   /* 带离/转送（处置中）: transporting, or a patient handed over */
#define HJ_INCIDENT_REPORTED 7   /* 反馈: reported, or every unit that had arrived has cleared */
#define HJ_INCIDENT_CLOSED 8     /* 办结（结警） */
#define HJ_INCIDENT_ARCHIVED 9   /* 已回访（归档）: closed, and the caller was called back */
#define HJ_INCIDENT_CANCELLED 10 /* 撤销警情（含报警人撤警） */
#define HJ_INCIDENT_HELD 11      /* 挂起/预约: waits for its appointment */
#define HJ_INCIDENT_MERGED 12    /* 合并: another incident stands for it (hj_incident_merge) */

/* Assignment states, in their forward order. Forward skips are legal; backward moves need a reason. */
#define HJ_ASSIGNMENT_RESERVED 1     /* 预占: not yet */
#define HJ_ASSIGNMENT_DISPATCHED 2   /* 派警 */
#define HJ_ASSIGNMENT_DELIVERED 3    /* 送达: the terminal has it, no human yet */
#define HJ_ASSIGNMENT_ACKNOWLEDGED 4 /* 签收 */
#define HJ_ASSIGNMENT_EN_ROUTE 5     /* 出警途中 */
#define HJ_ASSIGNMENT_ON_SCENE 6     /* 到场 */
#define HJ_ASSIGNMENT_TRANSPORTING 7 /* 带离/转送 */
#define HJ_ASSIGNMENT_AT_DESTINATION 8
#define HJ_ASSIGNMENT_REPORTED 9   /* 反馈 */
#define HJ_ASSIGNMENT_CLEARED 10   /* 处警结束（离场）: ends it; only after arrival */
#define HJ_ASSIGNMENT_DECLINED 11  /* 退单（退回）: ends it; before arrival; the next best unit is sent at once */
#define HJ_ASSIGNMENT_EXPIRED 12   /* 签收超时: ends it; by the engine */
#define HJ_ASSIGNMENT_CANCELLED 13 /* 取消派警（撤回）: ends it; from any state before CLEARED */
#define HJ_ASSIGNMENT_DIVERTED 14  /* 抽调（转赴他警）: ends it; hj_assignment_divert */
#define HJ_ASSIGNMENT_EXCHANGED 15 /* 就近换派（改派更近警力）: ends it; by the engine; not yet */

/* Clocks: from -> to. PENDING, ACKNOWLEDGE, ARRIVAL and RESOLVE run with any plans; those marked * only where the plans
 * file names them under "clocks" (PLANS.md says why). */
#define HJ_CLOCK_NONE 0
#define HJ_CLOCK_PENDING 1     /* 待派警: received -> first dispatch; limit: the tier's respond */
#define HJ_CLOCK_DELIVERY 2    /* 送达: * dispatched -> the terminal has it (DELIVERED or later); 15 s */
#define HJ_CLOCK_ACKNOWLEDGE 3 /* 签收: dispatched -> a person signed; 15 s, then steps 15 s apart */
#define HJ_CLOCK_TURNOUT 4  /* 出动: * acknowledged -> en route or later; the plans' turnout_s of the unit's kind */
#define HJ_CLOCK_ARRIVAL 5  /* 到场: first dispatch -> first unit on scene; limit: the tier's arrive */
#define HJ_CLOCK_WELFARE 6  /* 安全确认: * on scene -> hj_unit_check_in or any status, each time anew; 10 min */
#define HJ_CLOCK_REPORT 7   /* 反馈: * on scene -> REPORTED; 30 min */
#define HJ_CLOCK_RESOLVE 8  /* 办结: received -> closed; limit: the tier's resolve */
#define HJ_CLOCK_CALLBACK 9 /* 回访: * closed -> hj_incident_called_back; 24 h */
#define HJ_CLOCK_LEAD 10    /* 牵头: * dispatched to several agencies -> hj_incident_set_lead; 60 s */
#define HJ_CLOCK_ABSENCE 11 /* 失联: a watch: last sign of life -> next; 72 h, then the steps of clocks.absence */
#define HJ_CLOCK_APPOINTMENT 12 /* 预约: a held incident waits: no chain, it is dispatched */

/* What a clock is doing (hj_clock_status.state; `state` of HJ_EVENT_CLOCK). */
#define HJ_CLOCK_STATE_NONE 0 /* it does not run */
#define HJ_CLOCK_STATE_RUNNING 1
#define HJ_CLOCK_STATE_WARNED 2    /* its warning was given */
#define HJ_CLOCK_STATE_BREACHED 3  /* at least one step has fired */
#define HJ_CLOCK_STATE_TAKEN 4     /* a person took the escalation */
#define HJ_CLOCK_STATE_SNOOZED 5   /* a person put the next step off */
#define HJ_CLOCK_STATE_SUSPENDED 6 /* another incident stands for this one; not yet */

/* What an escalation step asks for. NEXT_UNIT (of DELIVERY, ACKNOWLEDGE and TURNOUT), BACKUP and FIRST_LEADS are
 * carried out by the engine, the others by the host. In HJ_MODE_MANUAL the first two are not carried out: `reason` is
 * HJ_REASON_PROPOSED and `unit_id` the unit that would be sent (since 0.3). `assignment_id` of the event is that of
 * the clock that fired, and 0 for an incident's clock; `unit_id` is the unit that was sent (its assignment is told by
 * HJ_EVENT_ASSIGNMENT just before), else the clock's own.
 *
 * After NEXT_UNIT of ACKNOWLEDGE the clock is the new unit's, which inherits the chain; of DELIVERY and TURNOUT it was
 * the withdrawn unit's and has ended with its assignment: hj_clock_take answers HJ_E_STALE, as there is nothing left to
 * take. */
#define HJ_STEP_NOTIFY_AGAIN 1  /* 催办: tell the unit once more */
#define HJ_STEP_OTHER_CHANNEL 2 /* by radio instead of terminal, say */
#define HJ_STEP_NEXT_UNIT 3     /* 改派: the unit was withdrawn and the next best one sent: see unit_id */
#define HJ_STEP_WIDEN 4
#define HJ_STEP_SUPERVISOR 5 /* a supervisor must take it */
#define HJ_STEP_TELL_CALLER 6
#define HJ_STEP_SUGGEST_EXCHANGE 7 /* 就近换派 */
#define HJ_STEP_NEIGHBOUR 8
#define HJ_STEP_MANUAL 9       /* 人工调度 */
#define HJ_STEP_SUPERVISION 10 /* 督办: a supervisor follows the overdue case */
#define HJ_STEP_CALL_UNIT 11   /* ask the unit whether it is well */
#define HJ_STEP_BACKUP 12      /* 增援: one more unit was sent: see unit_id */
#define HJ_STEP_FIRST_LEADS 13 /* 首接责任制: the agency that received the call leads now, else the first that signed */
#define HJ_STEP_LAST_RESORT 14   /* 兜底: no step found anybody: the person in charge must take it */
#define HJ_STEP_OPEN_INCIDENT 20 /* of a watch: the engine opened the incident in incident_id, as if a call had come */
#define HJ_STEP_HOME_OFFICER 21  /* 社区民警（警格民警）: of a watch; the home officer (unit_id) looks in */
#define HJ_STEP_GRID_WORKER 22   /* 网格员: of a watch; the grid worker (unit_id) looks in */

/* Event kinds. */
#define HJ_EVENT_DECIDED 1    /* an incident was taken in; the answer to hj_incident_post carries the report's key */
#define HJ_EVENT_REFUSED 2    /* a posted report could not be taken; `reason` is the hj_status */
#define HJ_EVENT_INCIDENT 3   /* an incident changed; `state` is its new state */
#define HJ_EVENT_ASSIGNMENT 4 /* an assignment was opened or changed; `state` is its new state */
#define HJ_EVENT_ESCALATION 5 /* a clock passed a step: clock, step, action, due_wall_us, late_ns. Never lost. */
#define HJ_EVENT_OVERFLOW 6   /* ordinary events were lost because the ring was full; `step` says how many */
#define HJ_EVENT_TRAFFIC 7    /* new travel times serve from this event on: `epoch` says which. Since 0.2. */
#define HJ_EVENT_STALL 9      /* the engine's loop was kept from running, for `late_ns`: see stall_ms. Since 0.2 */
#define HJ_EVENT_WARNING 10   /* 临期提醒: a limit comes near: clock, due_wall_us (its own), late_ns. Never lost. */
#define HJ_EVENT_CLOCK \
  11 /* a person took or snoozed it: clock, state, step and cycle seen, operator_id; `reason` is
                                 the host's code; due_wall_us is its next step, 0 = none */
#define HJ_EVENT_ALARM \
  8 /* the self-audit found a promise (clock, step, due_wall_us) that its deadline structure had lost; it was armed
                               * again and fires now. Please report it. Never lost: up to 1,024 wait to be read; what is
                               * found beyond them is left until some were read, and armed and told then. */
#define HJ_EVENT_ABSENCE_ENDED 13 /* the chain of watch_id ended: HJ_REASON_SIGN_OF_LIFE, _PAUSED or _CLOSED */
#define HJ_EVENT_MODE \
  14 /* how the engine works changed: `state` is its HJ_MODE_..., `step` HJ_HEALTH_... bits. Since 0.3 */
#define HJ_EVENT_RECOVERED \
  15 /* rebuilt from its journal: `step` records, `late_ns` the time in which nothing ran;
                                  * `reason` HJ_OK, or HJ_CHANGED (another map, or larger limits). Since 0.3 */

/* Bits of hj_event.flags. Since 0.3. */
#define HJ_EVENT_FLAG_REPEATED \
  1u /* it may have been read before the engine was rebuilt: the same event, the same number */
#define HJ_EVENT_FLAG_NOT_DURABLE \
  2u /* with HJ_EVENTS_WHEN_DURABLE: the disk has failed, so that a power cut can take it back */
#define HJ_EVENT_FLAG_CATCH_UP 4u /* its incident was written on paper (HJ_SOURCE_CATCH_UP) and typed in later */

/* Why a unit was chosen, or why something changed (hj_chosen_unit.reason, hj_event.reason). */
#define HJ_REASON_NONE 0
#define HJ_REASON_CLOSEST 1        /* least turnout and travel time */
#define HJ_REASON_STRAIGHT_LINE 2  /* chosen by an estimate: the streets do not connect it to the place */
#define HJ_REASON_NO_POSITION 3    /* chosen although its position is unknown: nothing better was there */
#define HJ_REASON_HOME_BEAT 4      /* of the home beat or one around it, by the plan's mode beat_first */
#define HJ_REASON_BY_HAND 5        /* a person chose it */
#define HJ_REASON_NEXT_UNIT 6      /* it replaces a unit that did not sign or declined */
#define HJ_REASON_UNIT_FREED 7     /* sent from the waiting list when a unit became free */
#define HJ_REASON_NOBODY 8         /* the step found no unit; the one asked before stays asked */
#define HJ_REASON_CLOSED 9         /* the incident was closed or cancelled */
#define HJ_REASON_UPGRADED 10      /* the incident was changed and needs more */
#define HJ_REASON_UNDELIVERABLE 11 /* every channel to the unit failed */
#define HJ_REASON_BACKUP 12        /* one more unit for those on scene */
#define HJ_REASON_APPOINTMENT 13   /* its appointment has come */
#define HJ_REASON_MERGED 14        /* one incident stands for two now (hj_incident_merge) */
#define HJ_REASON_UNMERGED 15      /* each of the two stands for itself again */
#define HJ_REASON_DIVERTED 16      /* its unit was sent to another incident: by a person, or by the plans */
#define HJ_REASON_CALLED_BACK 17
#define HJ_REASON_ROOM_NEEDED 18   /* archived without a call-back: a new call needed its slot */
#define HJ_REASON_LEAD 19          /* the lead agency was set */
#define HJ_REASON_SIGN_OF_LIFE 25  /* a heartbeat came */
#define HJ_REASON_PAUSED 26        /* the watch was paused */
#define HJ_REASON_TABLE_FULL 27    /* no free incident for the step; it comes again */
#define HJ_REASON_LOST_DEADLINE 28 /* with HJ_EVENT_ALARM */
#define HJ_REASON_PLACE_CHANGED 29 /* the incident's place changed; unit_id = a free unit that is nearer. Since 0.3 */
#define HJ_REASON_PROPOSED 30      /* HJ_MODE_MANUAL: nobody was sent; unit_id = the unit that would be. Since 0.3 */
#define HJ_REASON_RAISED 31        /* its alarm level was raised and needs more (hj_incident_raise). Since 0.3 */
#define HJ_REASON_CALL 32          /* one more call about it came (hj_incident_add_call). Since 0.3 */
#define HJ_REASON_LIKELY_REPEAT 33 /* held as a likely repeat: hj_incident_status.repeat_of. Since 0.3 */
#define HJ_REASON_SEPARATE 34      /* a person said that it is no repeat (hj_incident_separate). Since 0.3 */

/* Why fewer units were sent than the plan asks for (bits of hj_dispatch.shortfall). */
#define HJ_SHORTFALL_NONE 0u
#define HJ_SHORTFALL_NOT_AVAILABLE 1u /* units with the capability exist, all busy or off duty */
#define HJ_SHORTFALL_CAPABILITY 2u    /* no unit at all has the capability (and agency) */
#define HJ_SHORTFALL_NOT_CREWED 4u
#define HJ_SHORTFALL_SHIFT_END 8u    /* within 45 minutes of its shift's end, or after it: routine, preventive */
#define HJ_SHORTFALL_RADIUS 16u      /* outside the plan's radius */
#define HJ_SHORTFALL_NO_POSITION 32u /* a unit without a position was sent, for want of a better one */
#define HJ_SHORTFALL_TABLE_FULL 64u  /* no free assignment slot: raise max_assignments */
#define HJ_SHORTFALL_MANUAL 128u /* a person sends: no plan matches, the plan says so, HJ_MODE_MANUAL, or catch-up */
#define HJ_SHORTFALL_NOT_ON_STREETS 256u /* a unit or the call is off the network, or an estimate was used */
#define HJ_SHORTFALL_NO_PLACE 512u       /* with MANUAL: it has no place, so nobody can be ranked. Since 0.3 */

#define HJ_REPORT_VULNERABLE 1u /* flags of hj_report: disabled, elderly alone, a child: the shorter arrive limit */

/* How a report came in (hj_report.source). Since 0.3. */
#define HJ_SOURCE_NONE 0 /* not stated */
#define HJ_SOURCE_PHONE 1
#define HJ_SOURCE_TEXT 2
#define HJ_SOURCE_APP_SOS 3
#define HJ_SOURCE_TIP 4
#define HJ_SOURCE_SENSOR 5
#define HJ_SOURCE_ON_VIEW 6 /* an officer saw it */
#define HJ_SOURCE_PATROL 7
#define HJ_SOURCE_AGENCY 8   /* another agency passed it on */
#define HJ_SOURCE_CATCH_UP 9 /* 补录: written on paper while the machines were down, typed in later */

/* Datums. GCJ-02 and BD-09 differ from WGS-84 on China's mainland alone (since 0.3; not in Hong Kong, Macau, Taiwan or
 * any neighbour, by an outline that is 3 km off at most): elsewhere all three are the same. */
#define HJ_DATUM_DEFAULT 0 /* in hj_config: WGS-84; in a feed's struct: that of hj_config */
#define HJ_DATUM_WGS84 1
#define HJ_DATUM_GCJ02 2 /* converted once, on the way in */
#define HJ_DATUM_BD09 3

#define HJ_PROFILE_DEFAULT 0  /* where nothing says otherwise: response, as in version 0.1 */
#define HJ_PROFILE_RESPONSE 1 /* with lights and sirens */
#define HJ_PROFILE_NORMAL 2   /* as everybody; on a map with one travel time the same as response */

#define HJ_UNKNOWN INT32_MIN      /* heading or speed not known */
#define HJ_UNREACHABLE UINT32_MAX /* travel_ms when it is not known */
/* Ages of positions (age_s, chosen_age_s) count from the device's time, never later than its arrival, or from the
 * hj_unit_put that gave a place; on the engine's own clock, so that a jump of the wall clock moves none. Whole seconds,
 * to an eighth of a second; a fix that is older than four years when it comes counts as four years old. */
#define HJ_AGE_UNKNOWN UINT32_MAX /* there is no position */
#define HJ_CREW_NONE -1           /* nobody aboard; 0 = not stated, taken as crewed */

/* ---- Structs --------------------------------------------------------------------------------------------------- */

typedef struct hj_engine hj_engine;

#define HJ_RUN_THREAD 0    /* the engine has a loop thread of its own */
#define HJ_RUN_HOST_LOOP 1 /* it lives on the host's uv_loop_t */
#define HJ_RUN_POLL 2      /* it moves only in hj_engine_poll: tests, simulation, replay */

/* The host's own memory, asked for in cold calls only. A hook that does not come back (longjmp, a C++ exception,
 * pthread_exit) ends its call there, and the engine and all other threads go on. Left from hj_allocate, the call has
 * changed nothing and may be made again. Left from hj_release, it was carried out, or had failed before: new plans are
 * in force when hj_plans_load could take them, and the handle of hj_engine_close is closed.
 *
 * What a call that is left had taken, and what it had still to give back, is lost until the process ends; of
 * hj_engine_open that may be descriptors and a thread too. On systems without glibc a hook must not leave by longjmp:
 * hj_engine_close would wait for ever. A thread that is cancelled in a hook ends with the cold call. Since 0.3; before,
 * a hook had to come back. */
typedef void *(*hj_allocate)(void *context, uint64_t bytes, uint64_t alignment); /* NULL when refused */
typedef void (*hj_release)(void *context, void *pointer, uint64_t bytes, uint64_t alignment);

#define HJ_TRAFFIC_ON_DEMAND 0 /* what live traffic needs is taken by the first hj_traffic_report */
#define HJ_TRAFFIC_AT_OPEN 1   /* by hj_engine_open, so that nothing is taken later */
#define HJ_TRAFFIC_OFF 2       /* never: hj_traffic_report answers HJ_E_UNSUPPORTED */

/* Where the map lives (hj_config.map_memory). Since 0.3.
 *
 * HJ_MAP_COPY reads the whole file into memory from the engine's allocator, counted in hj_stats.memory_bytes, in large
 * pages where the system has them. Afterwards the file may be overwritten, cut or removed. A file that changes while it
 * is read is refused: every checksum is verified. The system may keep the file's pages in its cache beside the copy.
 *
 * HJ_MAP_SHARED maps the file: engines and processes share its pages, and opening reads only what it verifies. While
 * such an engine is open the file may only be replaced by rename (write another, then rename it over the old one):
 * where a page is cut off in place, the system ends the process with SIGBUS. After something was overwritten in place
 * nothing is promised: answers may be wrong, and the process may end. */
#define HJ_MAP_COPY 0
#define HJ_MAP_SHARED 1

/* Positions of units that are HJ_ACTIVITY_OFF_DUTY (hj_config.off_duty_positions). Since 0.3. */
#define HJ_OFF_DUTY_POSITIONS_REFUSE 0 /* refused and counted */
#define HJ_OFF_DUTY_POSITIONS_TAKE 1

/* What of positions, heartbeats and street times is on record (hj_config.telemetry). Commands and what they decided
 * always are, and with a decision the places of the units that it chose. Since 0.3. */
#define HJ_TELEMETRY_NEWEST 0 /* heartbeats, closures of streets and their lifting; the rest: see hj_engine_open */
#define HJ_TELEMETRY_ALL 1    /* each position as it was taken in, and each street time */

/* When events can be read (hj_config.events_when). Since 0.3. */
#define HJ_EVENTS_WHEN_RECORDED 0 /* when they survive the death of the process */
#define HJ_EVENTS_WHEN_DURABLE 1  /* when they survive a power cut: see hj_events_poll */

/* The hash over what is on record (hj_config.journal_digest, hj_journal_info.digest). Since 0.3. */
#define HJ_DIGEST_SHA256 0
#define HJ_DIGEST_SM3 1 /* GB/T 32905-2016, where libcrypto has it: else hj_engine_open is HJ_E_ARGUMENT */

/* The host's own encryption of what lies on the disk: each record and each piece of a snapshot by itself. Sums and the
 * chain of hashes are over what is sealed, so that a journal is proved without a key. Kinds, numbers and times of
 * records stay clear, and so do the ring's file (mode 0600, on a tmpfs) and the engine's memory.
 *
 * `about`: 40 bytes that name the place (journal, kind, number, part); bind them, so that nothing that was moved
 * elsewhere opens there. *sealed_bytes is how much room there is, clear_bytes + HJ_SEAL_OVERHEAD, then how much was
 * written; *clear_bytes likewise, with room for sealed_bytes. `name`: the seal_name that it was sealed with, so that a
 * host that changes keys knows which. The same bytes may be sealed twice, each time with a new nonce.
 *
 * HJ_OK; anything else: it could not. A seal that fails leaves the records in the ring, HJ_HEALTH_NOT_SEALED is told,
 * and it is tried again every 250 ms; an open that fails is HJ_E_JOURNAL of hj_engine_open with file, offset and name.
 *
 * seal: a THREAD OF THE ENGINE, or the one that closes it; open: the one that opens it, or a thread of the engine that
 * makes a snapshot; one call at a time. A hook must not call the engine, must come back (no longjmp, no exception), and
 * may take as long as a disk may. Since 0.3. */
#define HJ_SEAL_OVERHEAD 64
#define HJ_SEAL_NAME_MAX 32
typedef hj_status (*hj_seal)(void *context, const void *about, uint64_t about_bytes, const void *clear,
                             uint64_t clear_bytes, void *sealed, uint64_t *sealed_bytes);
typedef hj_status (*hj_open)(void *context, const char *name, const void *about, uint64_t about_bytes,
                             const void *sealed, uint64_t sealed_bytes, void *clear, uint64_t *clear_bytes);

/* When snapshots are made (hj_config.snapshot_records). Since 0.3. */
#define HJ_SNAPSHOT_AT_CLOSE UINT32_MAX /* none while the engine runs: hj_engine_close makes one */

typedef struct hj_config {
  uint32_t size;
  int32_t run_mode;         /* HJ_RUN_...; default HJ_RUN_THREAD */
  const char *map_path;     /* .hjmap; NULL: no streets, every travel time is a marked straight-line estimate */
  const char *plans_path;   /* JSON; NULL: the built-in plan */
  const char *journal_path; /* a folder: see hj_engine_open; NULL: nothing is on record. Since 0.3, before: NULL only */
  uint32_t max_units;       /* 1 ... 1,048,576; default 4,096 */
  uint32_t max_incidents;   /* open ones and those kept after closing, 1 ... 1,048,576; default 4,096 */
  uint32_t max_assignments; /* live ones, 1 ... 1,048,576; default 8,192 */
  uint32_t event_capacity;  /* ordinary events waiting, 16 ... 16,777,216; default 16,384; escalations have own room */
  int32_t datum;            /* of every feed that does not name its own; default WGS-84 */
  uint32_t reserved0;
  void *uv_loop;        /* uv_loop_t *, with HJ_RUN_HOST_LOOP only; NULL in other modes (HJ_E_ARGUMENT) */
  hj_allocate allocate; /* both or neither; NULL: jemalloc where the host has linked it, else the C library */
  hj_release release;
  void *allocator_context;
  const char *allocator_name; /* shown in hj_stats, at most 15 bytes; NULL: "host" */
  uint32_t post_capacity;     /* reports posted and not yet decided; default 4,096 */
  uint32_t key_capacity;      /* idempotency keys remembered; default twice max_incidents. The oldest goes first. */
  uint32_t key_retention_s;   /* how long a key is known, in elapsed time, no longer; default 86,400 */
  uint32_t snap_limit_m;      /* farther from any street = off the network; default 250 */
  int32_t traffic;            /* HJ_TRAFFIC_...; default HJ_TRAFFIC_ON_DEMAND. Since 0.2. */
  uint32_t reserved1;
  /* Which positions are believed (hj_positions_report); 0 = the default. Since 0.2.
   * Speed: 90 m/s is beyond any road vehicle and any police helicopter; 150 m and the fix's own accuracy are allowed on
   * top, for what a receiver between high houses jumps while it rests. By default (0) only fixes that state their
   * accuracy are judged, as receivers' do, and of the others those that leap 1,000 km; a limit of the host's own holds
   * for every fix. Accuracy: a fix that is worse
   * than 500 m names a quarter, not a street. */
  uint32_t max_speed_cms;   /* faster from fix to fix = refused, up to 1,000,000; UINT32_MAX = never; 0 = 9,000 */
  uint32_t speed_fixes;     /* so many too-fast fixes in a row that agree are believed, 1 ... 255; default 3 */
  uint32_t speed_s;         /* a fix so much younger than the last is believed, 1 ... 3,600; default 60 */
  uint32_t max_accuracy_dm; /* a fix that says it is worse = refused; default 5,000; UINT32_MAX = never */
  uint32_t max_ahead_s; /* device times farther ahead of now = refused, less far = now (heartbeats too), up to 366 days;
                    * default 86,400 */
  uint32_t stall_ms;    /* a loop this late = HJ_EVENT_STALL, 20 ... 3,600,000; default 1,000; UINT32_MAX = off */
  /* Since 0.2. An older program's shorter config has none of them. */
  uint32_t max_watches;     /* 0 ... 1,048,576; default 1,024; about 500 bytes each */
  uint32_t figure_types;    /* types with figures of their own, 0 ... 4,096; default 24; about 40 KiB each */
  uint32_t figure_agencies; /* likewise; default 8 */
  uint32_t figure_beats;    /* likewise; default 24 */
  uint32_t breach_capacity; /* broken promises remembered, 0 ... 1,048,576 (0 = the last one); default 256 */
  uint32_t reserved2;
  /* Since 0.3. */
  int32_t map_memory;   /* HJ_MAP_...; default HJ_MAP_COPY */
  int32_t output_datum; /* HJ_DATUM_... of every place that the engine hands out (hj_unit_status, hj_incident_status,
                         * hj_route_point); default WGS-84, whatever `datum` is */
  uint32_t stale_s; /* a position older than this is marked, 1 ... 31,622,400; 0 = 900 (a car that drives has sent some
                     * ninety since); UINT32_MAX = never */
  int32_t off_duty_positions; /* HJ_OFF_DUTY_POSITIONS_...; default HJ_OFF_DUTY_POSITIONS_REFUSE */
  /* Other programs whose commands carry a client and a request number (a later version's server): of each so many of
   * these the last 64 answers are kept, so that a request that comes again gets its first result. The program unused
   * longest makes room for a new one. 0 ... 1,024; default 0 (nobody is remembered): this version has no server, so no
   * such command comes. About 56 KiB of memory each, touched when they come. */
  uint32_t max_clients;
  uint32_t reserved3;
  /* The journal; without journal_path none of these may be set (HJ_E_ARGUMENT). 0 and NULL are the defaults. */
  int32_t telemetry;        /* HJ_TELEMETRY_...; default HJ_TELEMETRY_NEWEST */
  int32_t events_when;      /* HJ_EVENTS_WHEN_...; default HJ_EVENTS_WHEN_RECORDED */
  uint64_t ring_bytes;      /* records that are not durable yet, 4 MiB ... 1 GiB, rounded up to a power of two; default
                             * 32 MiB: a minute of 2,000 records a second */
  uint64_t journal_bytes;   /* bound of the folder, at least 256 MiB; 0 = none. Beyond it what is old enough goes, and
                             * what retain_record_d keeps stays: HJ_HEALTH_OVER_BOUND, hj_journal_info.held_by */
  const char *ring_path;    /* a file on a tmpfs; default /dev/shm/hujia-UID-ID, ID a number made with the folder */
  uint32_t retain_record_d; /* days that records are kept, up to 36,500; 0 = for ever. Older ones go once two snapshots
                             * have them, which a thread makes also where nothing comes any more (not with
                             * HJ_SNAPSHOT_AT_CLOSE); by whole segments: a 72nd of that time later, a day at most.
                             * Age is time that passed; a wall clock that jumps ahead is believed a day later */
  uint32_t repeat_s; /* after a crash events not acknowledged (hj_events_ack) come again: those younger than this, 1 ...
                      * 31,622,400; default 600, ten minutes; never more than event_capacity */
  /* The run sheet 值班单: what people need to go on with paper when all machines are down, as plain text of 80 columns
   * (docs/operating/manual.md). Written whole beside it and renamed over it, mode 0600, at each change of mode and when
   * the engine closes too, by a thread of its own; in HJ_RUN_POLL by hj_engine_poll, which then writes to the disk. */
  const char *run_sheet_path; /* a file in a folder that is there; NULL: none */
  uint32_t run_sheet_s;       /* how often, 1 ... 86,400; 0 = 30, about as long as a line takes to write by hand */
  uint32_t snapshot_records;  /* records between two snapshots that a thread makes while the engine runs, in memory of
                              * its own, without the baton: 1,000 ...; 0 = 500,000; HJ_SNAPSHOT_AT_CLOSE. Since 0.3 */
  int32_t journal_digest; /* HJ_DIGEST_...; default HJ_DIGEST_SHA256. An opening begins a segment, and that one and the
                           * later ones have this; those before keep theirs, and the chain goes on through both. */
  uint32_t retain_positions_h; /* hours that positions (HJ_TELEMETRY_ALL) are kept, 1 ... 876,000; 0 = 72, three days;
                                * UINT32_MAX = as long as records. Since 0.3, as is what follows */
  hj_seal seal; /* both or neither; NULL: what lies on the disk is clear. A journal of before 0.3 is upgraded first */
  hj_open open;
  void *seal_context;
  const char *seal_name;     /* with seal: of method and key, 1 ... HJ_SEAL_NAME_MAX bytes, clear in each file */
  uint32_t retain_watches_d; /* days that heartbeats and hj_watch_put are kept, 1 ... 36,500; 0 = as long as records */
  uint32_t disk_wait_s;      /* so long hj_engine_close waits for disks that stand still, hj_engine_open for each call
                              * of one, and with HJ_EVENTS_WHEN_DURABLE hj_engine_poll and hj_engine_drain, 1 ... 3,600;
                              * 0 = 30: a disk that repeats a read on its own takes some seconds */
} hj_config;

typedef struct hj_unit {
  uint32_t size;
  uint32_t kind; /* the host's code; the plans give turnout times by kind */
  uint64_t id;   /* the host's own number, not 0 */
  uint32_t agency;
  uint32_t reserved0;
  uint64_t capabilities; /* bit set; names in the plans */
  uint32_t home_beat;    /* number of its beat in the plans, and what figures are asked by; 0 = none */
  int32_t crew;          /* people aboard; 0 = not stated (taken as crewed), HJ_CREW_NONE = nobody */
  int32_t activity;
  int32_t lat_e7, lon_e7; /* both 0 = position not known (or unchanged, when the unit exists) */
  uint32_t reserved1;
  /* 0 = not stated. From 45 minutes before it the unit is sent to emergency and urgent calls only; after it, while its
   * activity still says that it can be sent, to those only behind every other unit (HJ_CHOSEN_SHIFT_OVER). */
  int64_t shift_end_wall_us;
  /* Since 0.3. Kept and read back (hj_unit_status); of these the choice of this version asks for the shift alone. */
  uint32_t capacity; /* orders at once: 0 and 1 = one; more is refused (HJ_E_UNSUPPORTED), a later version takes it */
  int32_t sworn;     /* how many of its people are sworn officers 民警; 0 = not stated */
  int32_t people;    /* how many it brings, auxiliaries 辅警 and grid workers too; 0 = not stated, else >= sworn */
  int32_t station_lat_e7, station_lon_e7; /* where it belongs; both 0 = not stated. Datum as lat_e7 */
  uint32_t reserved2;                     /* 0: it has no meaning yet, another value is HJ_E_UNSUPPORTED */
  /* 0 = not stated. Before it the unit is not available, whatever it does; it may be sent by hand. Mapped to the
   * engine's clock when it is told: a jump of the wall clock moves it no more. At that moment the unit is offered to
   * what waits. */
  int64_t shift_begin_wall_us;
} hj_unit;

typedef struct hj_unit_status {
  uint32_t size;
  int32_t activity;
  uint64_t unit_id;
  int32_t level;
  int32_t lat_e7, lon_e7;
  uint32_t has_position;  /* 0 or 1 */
  uint64_t incident_id;   /* 0 = none */
  uint64_t assignment_id; /* 0 = none */
  int64_t fix_wall_us;    /* time of the last position taken, never later than its arrival; 0 = none */
  uint64_t street_id;     /* the street it was snapped to; 0 when there is none */
  uint32_t off_network;   /* 1 = farther from every street than snap_limit_m */
  uint32_t reserved0;
  int32_t next_activity; /* what it does when its incident lets it go; HJ_ACTIVITY_NONE = not stated. Since 0.3 */
  uint32_t age_s;        /* of its position; HJ_AGE_UNKNOWN = it has none. Since 0.3 */
  /* As hj_unit_put told them; since 0.3. */
  uint32_t capacity; /* 1 */
  int32_t sworn, people;
  int32_t station_lat_e7, station_lon_e7; /* in hj_config.output_datum; both 0 = not stated */
  uint32_t reserved1;
  int64_t shift_begin_wall_us; /* 0 = not stated, likewise below */
  int64_t shift_end_wall_us;
} hj_unit_status;

typedef struct hj_position {
  uint32_t size;
  int32_t lat_e7, lon_e7;
  uint32_t accuracy_dm; /* 0 = unknown */
  uint64_t unit_id;
  int64_t wall_us;      /* the device's time; 0 = now, and so is what lies ahead of now */
  int32_t heading_cdeg; /* 0 ... 35,999 or HJ_UNKNOWN */
  int32_t speed_cms;    /* >= 0 or HJ_UNKNOWN */
  int32_t datum;
  uint32_t reserved0;
} hj_position;

typedef struct hj_report {
  uint32_t size;
  int32_t tier;
  uint32_t type; /* the host's code; plans match on it */
  int32_t lat_e7, lon_e7;
  uint32_t flags;             /* HJ_REPORT_... */
  uint64_t key_high, key_low; /* idempotency; both 0 = none */
  uint64_t caller_hash;       /* keyed hash of the caller, never a name or number; 0 = unknown */
  int64_t wall_us;            /* when it was received; 0 = now */
  int32_t datum;
  uint32_t reserved0;
  int64_t appointment_wall_us; /* 0 or not after now: at once; else held until then. Since 0.2 */
  int32_t source;              /* HJ_SOURCE_...: how it came in. Since 0.3 */
  uint32_t agency; /* that received the call, and leads unless another is told to lead; 0 = not stated. Since 0.3 */
  /* Capabilities asked for beside those of the plan (an interpreter, a woman officer): bit set, 0 = none. Each must be
   * had by one unit of the incident, sent for the plan or by hand; for what none of them has, more units are sent, of
   * any agency and kind, one that has all of it first. What nobody has is a shortfall, and is sent when it becomes
   * free. Where a person decides (HJ_MANUAL) it is kept for that person. Since 0.3 */
  uint64_t needs;
  uint8_t reference[32]; /* the host's own number of it, opaque bytes; shown in its events and breaches and in
                                * hj_incident_status; all 0 = none. Since 0.3 */
} hj_report;

typedef struct hj_chosen_unit {
  uint32_t size; /* set by the library */
  uint32_t role; /* 1-based role in the plan; 0 = none */
  uint64_t unit_id;
  uint64_t assignment_id; /* 0 in a recommendation */
  uint32_t travel_ms;     /* on the streets now; HJ_UNREACHABLE when its position is unknown */
  uint32_t turnout_ms;    /* until it moves, from the plan */
  uint32_t distance_dm;
  int32_t reason; /* HJ_REASON_... */
} hj_chosen_unit;

#define HJ_CHOSEN_MAX 16

/* Marks of a chosen unit (bits of hj_dispatch.chosen_flags). `reason` keeps saying why it was chosen. Since 0.3. */
#define HJ_CHOSEN_STALE 1u         /* its position is older than stale_s */
#define HJ_CHOSEN_OFF_NETWORK 2u   /* it, or the place, is farther from every street than snap_limit_m */
#define HJ_CHOSEN_STRAIGHT_LINE 4u /* its time is an estimate: the streets do not connect it to the place */
#define HJ_CHOSEN_SHIFT_OVER 8u    /* its shift has ended; it was sent for want of another, or by hand */
#define HJ_CHOSEN_DIVERTED 16u     /* taken from an incident that can wait longer (PLANS.md, preempt). Since 0.3 */

typedef struct hj_dispatch {
  uint32_t size;
  int32_t incident_state;
  uint32_t assignment_count;            /* how many of chosen[] are filled, 0 ... 16 */
  int32_t tier;                         /* the tier that was used */
  uint64_t incident_id;                 /* 0 in a recommendation */
  uint32_t shortfall;                   /* HJ_SHORTFALL_... bits; 0 = the plan is met */
  uint32_t plan;                        /* 1-based order in the plans file; 0 = none matched */
  int64_t decided_in_ns;                /* time the decision took; 0 in HJ_RUN_POLL, where no clock is read */
  hj_chosen_unit chosen[HJ_CHOSEN_MAX]; /* best first within each requirement of the plan */
  uint64_t epoch;                       /* of the travel times it was computed on; 0 = the map's. Since 0.2. */
  /* Of chosen[i]'s position when this was answered; HJ_AGE_UNKNOWN = it has none. Since 0.3. */
  uint32_t chosen_age_s[HJ_CHOSEN_MAX];
  uint32_t chosen_flags[HJ_CHOSEN_MAX]; /* HJ_CHOSEN_... bits of chosen[i]. Since 0.3. */
  uint64_t record; /* of the journal: the number of the record that this stands on; 0 = on none. Since 0.3. */
  /* How the plan's mode beat_first found chosen[i]: 1 = the home officer of the beat that the place lies in, 2 = one of
   * that beat's team, 3 = one of a neighbouring beat, 4 = one of a neighbour's neighbour, and so on to 6; 0 = by time
   * alone, or by hand. Since 0.3. */
  uint32_t chosen_depth[HJ_CHOSEN_MAX];
} hj_dispatch;

/* Most incidents in one answer of hj_incident_repeats. Since 0.3. */
#define HJ_REPEATS_MAX 16

/* An open incident that a report may repeat (hj_incident_repeats). Since 0.3. */
typedef struct hj_repeat {
  uint32_t size;
  uint32_t score;       /* 1 ... 1000: how likely it is the same */
  uint64_t incident_id; /* of merged ones the one that stands for them */
  int64_t age_ms;       /* milliseconds from its receipt to the report's; negative: the report is the older */
  uint32_t distance_dm; /* decimetres, straight, between the places that were reported */
  uint32_t reserved0;
} hj_repeat;

typedef struct hj_incident_status {
  uint32_t size;
  int32_t state;
  uint64_t incident_id;
  int32_t tier;
  uint32_t type;
  int32_t lat_e7, lon_e7;
  uint32_t flags;
  uint32_t plan;
  uint32_t shortfall;
  uint32_t live_assignments;
  uint64_t assignment_ids[HJ_CHOSEN_MAX]; /* the live ones, oldest first; the first live_assignments are filled */
  int64_t received_wall_us;
  int64_t dispatched_wall_us; /* first dispatch; 0 = not yet */
  int64_t arrived_wall_us;    /* first unit on scene; 0 = not yet */
  int64_t closed_wall_us;     /* 0 = open */
  int32_t disposition;
  uint32_t reserved0;
  uint32_t lead_agency;        /* 0 = not set; since 0.2, likewise below */
  uint32_t plans_version;      /* its clocks follow the chains of these: 1 = at open, one more each load */
  int64_t appointment_wall_us; /* 0 = none */
  int64_t called_back_wall_us; /* 0 = not yet */
  int32_t source;              /* HJ_SOURCE_... of its report; since 0.3, likewise below */
  uint32_t agency;             /* that received the call; 0 = not stated */
  uint64_t operator_id;        /* of the newest act of a person on it or on one of its assignments; 0 = none */
  uint32_t operator_reason;    /* the host's code given with that act */
  uint32_t reserved1;
  uint64_t needs;             /* hj_report.needs */
  uint8_t reference[32];      /* hj_report.reference */
  uint64_t operator_session;  /* hj_action.session_id of that act, and */
  uint32_t operator_role;     /* hj_action.role */
  int32_t outcome;            /* of the call-back (hj_incident_called_back_with); 0 = not stated */
  uint64_t key_high, key_low; /* of the report that opened it; both 0 = none */
  uint32_t alarm_level;       /* 1 = as it came, more once it was raised (hj_incident_raise) */
  uint32_t calls;             /* further calls about it (hj_incident_add_call); was reserved */
  uint64_t repeat_of;         /* what it was merged into, or is held as a likely repeat of; 0 = nothing */
} hj_incident_status;

/* One unit on one incident (hj_assignment_read, hj_incident_units). Since 0.3. */
typedef struct hj_assignment {
  uint32_t size;
  int32_t state; /* HJ_ASSIGNMENT_... */
  uint64_t assignment_id, incident_id, unit_id;
  /* UTC microseconds since 1970, as told with each state; 0 = not yet, and again when a state was taken back. A state
   * that was passed over has the time of the one that followed: a unit that drives has signed. */
  int64_t dispatched_wall_us, acknowledged_wall_us, en_route_wall_us, arrived_wall_us;
  /* For the unit to go now, from its last position on the travel times of now, in the profile of the incident's plan;
   * both 0 once it has arrived. HJ_UNREACHABLE and distance 0: its position or the incident's place is not known. */
  uint32_t travel_ms, distance_dm;
  uint32_t age_s; /* of the unit's position; HJ_AGE_UNKNOWN = it has none */
  uint32_t flags; /* HJ_CHOSEN_STALE, _OFF_NETWORK, _STRAIGHT_LINE */
} hj_assignment;

/* The person behind an act, and the reason. All of it stands in the journal's record of the act (since 0.3). It comes
 * back in the events that the act itself raises (operator_id, operator_reason, operator_session, operator_role). That
 * of the newest act stays with the incident (hj_incident_status). A function that takes one answers HJ_E_SIZE or
 * HJ_E_NEWER (its size) and HJ_E_UNSUPPORTED (force, reserved0, reserved1) before it does anything. */
typedef struct hj_action {
  uint32_t size;
  uint32_t reason; /* the host's code, not 0 where a reason is required */
  uint64_t operator_id;
  /* 1 overrides a rule where the function says so (hj_assignment_divert_by, since 0.3), and needs a reason. Every other
   * function, and every function of any other value but 0, answers HJ_E_UNSUPPORTED. */
  uint32_t force;
  uint32_t reserved0; /* 0: it has no meaning yet. Every function refuses another value, since 0.3 */
  /* Since 0.3. Opaque to the engine; they come back wherever operator_id does. */
  uint64_t session_id; /* the host's number of the log-in or desk that the act came from; 0 = not stated */
  uint32_t role;       /* the host's code of what the operator acted as; 0 = not stated */
  uint32_t reserved1;  /* 0, as reserved0 */
} hj_action;

typedef struct hj_event {
  uint32_t size;
  int32_t kind;      /* HJ_EVENT_... */
  uint64_t sequence; /* 1, 2, 3 ... in the engine's one order: by the commands alone, lost events included */
  uint64_t incident_id;
  uint64_t assignment_id;     /* 0 = none */
  uint64_t unit_id;           /* 0 = none */
  int64_t wall_us;            /* when it happened */
  int64_t due_wall_us;        /* escalations: when it was due; else 0 */
  int32_t clock;              /* escalations: HJ_CLOCK_...; else 0 */
  int32_t step;               /* escalations: 1-based place in the chain */
  int32_t reason;             /* HJ_REASON_... (an hj_status with HJ_EVENT_REFUSED) */
  int32_t state;              /* new state of the incident or assignment; 0 = none */
  uint64_t key_high, key_low; /* of the report that opened the incident */
  int64_t late_ns;            /* escalations: how long after it was due, never negative; stalls: how long */
  int32_t action;             /* escalations: HJ_STEP_... */
  int32_t cycle;              /* escalations: 0 at first; higher each time the last step repeats or the clock starts */
  uint64_t operator_id;       /* of an act of a person; 0 = not stated */
  uint32_t
      plans_version; /* escalations and warnings: those of the chain (hj_incident_status.plans_version); since 0.2 */
  uint32_t flags;    /* HJ_EVENT_FLAG_...; since 0.3 (where reserved0 was) */
  uint64_t epoch;    /* of the travel times that served then; 0 = the map's. Since 0.2. */
  uint64_t watch_id; /* of a watch's escalation, alarm or end of absence; 0 = none. Since 0.2. */
  uint32_t operator_reason;  /* hj_action.reason of an act of a person; 0 = not stated. Since 0.3. */
  uint32_t travel_ms;        /* of an assignment before arrival, of the unit that HJ_REASON_PLACE_CHANGED or
                             * HJ_REASON_PROPOSED names: to the incident, as measured last (HJ_UNREACHABLE = not
                             * known); else 0. Since 0.3. */
  uint8_t reference[32];     /* hj_report.reference of its incident; since 0.3, likewise below */
  uint64_t operator_session; /* hj_action.session_id and */
  uint32_t operator_role;    /* hj_action.role of an act of a person; 0 = not stated */
  int32_t outcome;           /* with HJ_REASON_CALLED_BACK: what hj_incident_called_back_with told; else 0 */
  uint64_t record;           /* of the journal: the number of the record that it stands on; 0 = on none */
} hj_event;

/* One clock, and which of its firings the operator saw: step and cycle of the last escalation, as its event and
 * hj_clock_read give them. A firing is told apart from every other, for as long as the engine is open, by incident_id,
 * assignment_id, watch_id, clock, plans_version, cycle and step. Cycles never come again: a clock that starts anew (a
 * state taken back, a check-in, a raised tier, the next absence of a watch) begins with a higher one. So an act on what
 * was seen hits that firing or answers HJ_PASSED, never another firing. */
typedef struct hj_clock_ref {
  uint32_t size;
  int32_t clock;          /* HJ_CLOCK_... */
  uint64_t incident_id;   /* may be 0 for the clocks of assignments */
  uint64_t assignment_id; /* of DELIVERY, ACKNOWLEDGE, TURNOUT, WELFARE and REPORT; 0 for the others */
  int32_t step;
  int32_t cycle;
  uint64_t watch_id; /* of ABSENCE (with assignment_id 0, and incident_id 0 or that of the watch's incident); 0 for the
                      * others. Since 0.3. */
} hj_clock_ref;

typedef struct hj_clock_status {
  uint32_t size;
  int32_t state;           /* HJ_CLOCK_STATE_... */
  int32_t step;            /* of the last escalation, 1-based; 0 = none yet */
  int32_t cycle;           /* of the last escalation */
  int64_t due_wall_us;     /* of what comes next, on the wall clock as it is now; 0 = nothing */
  int64_t planned_wall_us; /* before breach: the limit; after: the next step without snooze; 0 = nothing */
  uint32_t plans_version;
  uint32_t reserved0;
} hj_clock_status;

typedef struct hj_nearest_query {
  uint32_t size;
  int32_t lat_e7, lon_e7;
  uint32_t k;            /* 1 ... 64 */
  uint64_t capabilities; /* all required; 0 = any */
  uint32_t levels;       /* bit set of 1 << HJ_LEVEL_...; 0 = available only */
  uint32_t agency;       /* 0 = any */
  int32_t datum;
  uint32_t reserved0;
  int32_t profile; /* HJ_PROFILE_...; since 0.2 */
  uint32_t reserved1;
} hj_nearest_query;

#define HJ_NEAREST_STRAIGHT_LINE 1u /* flags: the streets do not connect it; the figures are an estimate */
#define HJ_NEAREST_STALE 2u         /* its position is older than stale_s. Since 0.3 */
#define HJ_NEAREST_OFF_NETWORK 4u   /* it, or the place, is farther from every street than snap_limit_m. Since 0.3 */

typedef struct hj_nearest {
  uint32_t size;
  uint32_t flags;
  uint64_t unit_id;
  uint32_t travel_ms;
  uint32_t distance_dm;
  uint64_t epoch; /* of the travel times it was computed on, the same in all of one answer. Since 0.2. */
  uint32_t age_s; /* of its position, as in hj_unit_status. Since 0.3. */
  uint32_t reserved0;
} hj_nearest;

#define HJ_ROUTE_STRAIGHT_LINE 1u    /* the streets do not connect the two places */
#define HJ_ROUTE_OFF_NETWORK_FROM 2u /* farther than snap_limit_m from any street */
#define HJ_ROUTE_OFF_NETWORK_TO 4u

typedef struct hj_route_summary {
  uint32_t size;
  uint32_t flags; /* HJ_ROUTE_... */
  uint32_t travel_ms;
  uint32_t distance_dm;
  uint32_t point_count;
  uint32_t reserved0;
  uint64_t epoch; /* of the travel times it was computed on; 0 = the map's. Since 0.2. */
} hj_route_summary;

typedef struct hj_route_point {
  uint32_t size;
  int32_t lat_e7, lon_e7;
  uint32_t time_ms;     /* since the start; the last equals the travel time exactly */
  uint32_t distance_dm; /* since the start */
  uint32_t reserved0;
  uint64_t street_id; /* the street that leads to this point; 0 = none */
} hj_route_point;

typedef struct hj_stats {
  uint32_t size;
  uint32_t abi_version;
  char allocator[16];   /* "jemalloc", "system", "host" or the config's name */
  int64_t memory_bytes; /* taken from the allocator at open and by plans */
  int64_t reports;      /* hj_incident_report and posted ones that were decided */
  int64_t posts;        /* accepted by hj_incident_post */
  int64_t decisions;    /* reports and recommendations answered */
  int64_t refused;      /* reports refused with an error or HJ_FULL */
  int64_t repeated;     /* answered HJ_EXISTS */
  int64_t manual;       /* answered HJ_MANUAL */
  int64_t shortfalls;   /* decisions with a shortfall other than MANUAL */
  int64_t keys_evicted;
  int64_t incidents_opened;
  int64_t incidents_closed; /* closed or cancelled */
  int64_t assignments_opened;
  int64_t assignments_acknowledged;
  int64_t assignments_declined;
  int64_t assignments_expired;
  int64_t escalations;
  int64_t late_deadlines; /* escalations that fired more than 1 s after they were due */
  int64_t worst_lateness_ns;
  int64_t escalations_waiting; /* deadlines due that wait for room in the event ring */
  int64_t events_written;
  int64_t events_lost; /* ordinary events only */
  int64_t events_waiting;
  int64_t positions_accepted;
  int64_t positions_refused;
  int64_t turns;           /* times the engine took its baton */
  int64_t longest_turn_ns; /* 0 in HJ_RUN_POLL, where no clock is read */
  int64_t units;           /* now */
  int64_t units_high;      /* most at once, likewise below */
  int64_t incidents_open;
  int64_t incidents_open_high;
  int64_t assignments_live;
  int64_t assignments_live_high;
  int64_t deadlines_armed;
  int64_t deadlines_armed_high;
  int64_t posts_waiting_high;
  int64_t map_nodes;
  int64_t map_streets;
  int64_t traffic_epoch;          /* of the travel times that serve; 0 = the map's. Since 0.2, likewise below */
  int64_t traffic_reports;        /* street times taken by hj_traffic_report */
  int64_t traffic_refused;        /* street times refused */
  int64_t traffic_pending;        /* stretches of street (by direction and profile) whose new time does not serve yet */
  int64_t epochs_built;           /* since opening */
  int64_t epochs_mended;          /* of those: only what changed was computed */
  int64_t epoch_build_ns;         /* how long the last one took; 0 in HJ_RUN_POLL, where no clock is read */
  int64_t epoch_build_longest_ns; /* the longest of all */
  /* Since 0.2. positions_refused is the sum of the next seven and positions_off_duty. */
  int64_t positions_unknown_unit;
  int64_t positions_out_of_range; /* coordinates (0/0 too), datum, heading, speed or time outside their ranges */
  int64_t positions_inaccurate;   /* beyond max_accuracy_dm */
  int64_t positions_future;       /* beyond max_ahead_s */
  int64_t positions_old;          /* an older device time than the one that is known */
  int64_t positions_too_fast;     /* beyond max_speed_cms */
  int64_t positions_busy;         /* another thread was writing the same unit's position and did not get done */
  int64_t stalls;                 /* HJ_EVENT_STALL: how often, and the longest */
  int64_t longest_stall_ns;
  int64_t calls_combined;      /* BATON calls that found another under way, and were carried out by its thread */
  int64_t calls_handed_over;   /* BATON calls that found another under way, and were handed the baton */
  int64_t calls_ahead_high;    /* most calls carried out while one waited; below the number of threads that call */
  int64_t longest_wait_ns;     /* of a BATON call that found another under way */
  int64_t events_waiting_high; /* most events waiting at once */
  int64_t watches;             /* now */
  int64_t watches_high;
  int64_t watch_beats;
  int64_t watch_beats_refused;
  int64_t watch_alarms; /* repeats included */
  int64_t absences;     /* chains begun */
  int64_t audit_runs;   /* times that all promises were read through */
  int64_t audit_found;  /* promises that were found lost and armed again: 0 unless something is broken */
  int64_t breaches;     /* promises broken, ever; less those that were kept after all (HJ_BREACH_KEPT_TOLD_LATE) */
  int64_t late_p50_ns;  /* how late escalations and warnings fired: half of all were no later, to 1 us or 0.8 % */
  int64_t late_p99_ns;  /* 99 of 100 were no later; both are worked out anew when the number has grown by a 64th */
  int64_t positions_off_duty; /* of units that are off duty (hj_config.off_duty_positions). Since 0.3 */
  int64_t calls_added;        /* hj_incident_add_call: calls are these and incidents_opened. Since 0.3 */
} hj_stats;

#define HJ_DIRECTION_BOTH 0
#define HJ_DIRECTION_FORWARD 1  /* along the street's points, from its first node to its last */
#define HJ_DIRECTION_BACKWARD 2 /* against them */

#define HJ_STREET_CLOSED UINT32_MAX           /* travel_ms: nobody drives through */
#define HJ_STREET_AS_MAPPED (UINT32_MAX - 1u) /* travel_ms: the map's own time again */
#define HJ_STREET_TIME_MAX 86400000u          /* 24 h: the longest travel_ms that is believed */

/* How long it takes now to drive a street from end to end. Street ids are those of the map's source: `id` in street
 * tables (else the row's number, from 1), the number of the arc's row, from 1, in DIMACS files, where each direction of
 * a street is a row of its own. hj_route_point.street_id and hj_unit_status.street_id are the same ids.
 *
 * Where several rows of the source have one id, they are the pieces of one street: travel_ms is for all of them
 * together, shared out by their lengths; two rows of one id that are the same line in opposite directions are one piece
 * and its way back. */
typedef struct hj_street_time {
  uint32_t size;
  uint32_t travel_ms; /* 1 ... HJ_STREET_TIME_MAX, HJ_STREET_CLOSED or HJ_STREET_AS_MAPPED; 0 is refused */
  uint64_t street_id;
  int32_t
      direction;   /* HJ_DIRECTION_...; a way that the map does not have, or keeps a profile out of, stays impossible */
  int32_t profile; /* 0 = both; HJ_PROFILE_RESPONSE or HJ_PROFILE_NORMAL: that one only */
} hj_street_time;

#define HJ_WATCH_PRESENT 1 /* within its limit */
#define HJ_WATCH_ABSENT 2  /* its chain runs, or has opened an incident and rests until that is over */
#define HJ_WATCH_PAUSED 3

/* A source of which silence means something: the door sensor of a person living alone, an app, an officer's radio. */
typedef struct hj_watch {
  uint32_t size;
  uint32_t kind;      /* the host's code; the engine hands it back */
  uint64_t id;        /* the host's own number, not 0 */
  uint32_t limit_s;   /* longest silence; 0 = that of the plans (clocks.absence.limit_s, 72 h) */
  int32_t tier;       /* of the incident an absence opens, and so of its chain; NONE: by the type, as in hj_report */
  uint32_t type;      /* of that incident */
  int32_t alarm_tier; /* of the incident an alarm opens */
  uint32_t alarm_type;
  uint32_t flags;         /* HJ_REPORT_..., of both */
  int32_t lat_e7, lon_e7; /* both 0 = none: its incidents have no place, unless its carrier has one */
  int32_t datum;
  uint32_t reserved0;
  uint64_t home_officer_id; /* unit named by step HOME_OFFICER; 0 = none */
  uint64_t grid_worker_id;  /* unit named by step GRID_WORKER; 0 = none */
  uint64_t carrier_id;      /* unit that carries the source: incidents open where that unit is; 0 = at the place */
  uint64_t caller_hash;     /* as in hj_report */
  int64_t last_wall_us;     /* last sign of life; 0 = now for a new watch, unchanged for a known one */
} hj_watch;

typedef struct hj_heartbeat {
  uint32_t size;
  uint32_t reserved0;
  uint64_t watch_id;
  int64_t wall_us; /* the device's time; 0 = now: right for devices without a clock that can be trusted */
} hj_heartbeat;

typedef struct hj_watch_status {
  uint32_t size;
  int32_t state; /* HJ_WATCH_... */
  uint64_t watch_id;
  int64_t last_wall_us; /* newest sign of life */
  int64_t next_wall_us; /* when the next step is due, or the pause ends; 0 = not known, or nothing is */
  uint64_t incident_id; /* the open incident that it opened; 0 = none */
  int32_t step;         /* the step that fired last, 1-based; 0 = none */
  int32_t cycle;        /* how often the last step was repeated in this absence; the firing's own: hj_clock_read */
  uint32_t limit_s;     /* the limit in force */
  uint32_t kind;
} hj_watch_status;

/* By what figures are asked: which `value` goes with it. */
#define HJ_FIGURES_ALL 0            /* value 0 */
#define HJ_FIGURES_TIER 1           /* HJ_TIER_... */
#define HJ_FIGURES_TYPE 2           /* the host's code */
#define HJ_FIGURES_AGENCY 3         /* of the unit */
#define HJ_FIGURES_BEAT 4           /* the unit's home beat */
#define HJ_FIGURES_VULNERABLE 5     /* 1 = vulnerable callers, 0 = the others */
#define HJ_FIGURES_CATCH_UP 6       /* value 0: HJ_SOURCE_CATCH_UP, which counts in no other dimension. Since 0.3 */
#define HJ_FIGURES_OTHER UINT32_MAX /* value: all types (agencies, beats) that found no row of their own */

/* Intervals. The receipt of a held incident is its appointment, that of merged ones the earliest. Targets: the tier's
 * respond, arrive and resolve, the acknowledge limit, the turnout time. Where a clock keeps the promise, its limit is
 * the target, so that figures and breaches agree (since 0.3): a raised tier counts from when it was raised. No target
 * counts where the limit had run out before the engine heard of the beginning, or another incident stands for this. */
#define HJ_INTERVAL_RECEIPT_TO_DISPATCH 1     /* where all units sent first declined: the dispatch that stood */
#define HJ_INTERVAL_DISPATCH_TO_ACKNOWLEDGE 2 /* of each unit that signed in so many words */
#define HJ_INTERVAL_ACKNOWLEDGE_TO_EN_ROUTE 3 /* likewise */
#define HJ_INTERVAL_DISPATCH_TO_ARRIVAL 4     /* first dispatch to first unit on scene */
#define HJ_INTERVAL_RECEIPT_TO_ARRIVAL 5      /* no target */
#define HJ_INTERVAL_RECEIPT_TO_CLOSE 6        /* closed, not cancelled */

typedef struct hj_figures_query {
  uint32_t size;
  int32_t dimension; /* HJ_FIGURES_... */
  uint32_t value;
  int32_t interval; /* HJ_INTERVAL_... */
} hj_figures_query;

#define HJ_FIGURES_UNKNOWN 1u    /* flags: the value has no row of its own; count is 0 */
#define HJ_FIGURES_TABLE_FULL 2u /* every row of the dimension is taken: new values count in HJ_FIGURES_OTHER */

typedef struct hj_figures {
  uint32_t size;
  uint32_t flags;
  int64_t count;
  int64_t with_target;   /* of these, how many had a target when it was over */
  int64_t within_target; /* and how many of those kept it */
  int64_t mean_ms;
  int64_t min_ms;
  int64_t p50_ms; /* percentiles are off by at most 0.8 %, and by 0.5 ms; the rest is exact */
  int64_t p90_ms;
  int64_t p99_ms;
  int64_t max_ms; /* intervals beyond 24.8 days count as 24.8 days */
} hj_figures;

/* flags: within its limit after all, which the host told after the limit. The escalation stays on record, and the entry
 * here; it counts neither in hj_stats.breaches nor against hj_figures.within_target. Since 0.3. */
#define HJ_BREACH_KEPT_TOLD_LATE 1u
#define HJ_BREACH_CATCH_UP \
  2u /* its incident was written on paper (HJ_SOURCE_CATCH_UP); judged by real times. Since 0.3 */

/* A promise that was not kept. */
typedef struct hj_breach {
  uint32_t size;
  int32_t clock; /* HJ_CLOCK_... */
  uint64_t incident_id;
  uint64_t assignment_id; /* 0 = the incident's own clock */
  uint64_t unit_id;
  int64_t due_wall_us;
  int64_t over_ms; /* by how much: until what stopped the clock really happened, or until now; 0 when it was kept */
  int32_t is_over; /* 1 = the clock has stopped; 0 = still not kept */
  int32_t tier;
  uint32_t type;
  uint32_t flags;        /* HJ_BREACH_...; since 0.3 (where reserved0 was) */
  uint8_t reference[32]; /* hj_report.reference of the incident; since 0.3 */
} hj_breach;

/* ---- Versions, names, degrees: ANY THREAD, no engine needed, O(1) ---------------------------------------------- */

/* "0.3.0"; lives as long as the library. Since 0.1. */
const char *hj_version(void);

/* HJ_ABI_VERSION of the library that was loaded; compare it with the macro. Since 0.1. */
uint32_t hj_abi_version(void);

/* The constant's name, "HJ_E_STALE"; "HJ_UNKNOWN_STATUS" for a number that is none. Never NULL. Since 0.1. */
const char *hj_status_name(hj_status status);

/* What happened and what to do, one English sentence. Never NULL. Since 0.1. */
const char *hj_status_text(hj_status status);

/* Whether what the call was about is in the engine's books now: 1, and 0 after HJ_FULL, HJ_PASSED,
 * HJ_TIMEOUT and every error. `status >= 0` asks whether nothing went wrong, and is true of HJ_FULL; a call that
 * was not taken must be made again, or somebody told. HJ_PARTIAL and HJ_UNCHANGED are 1: see the count of the first.
 * Total: any number is allowed. Since 0.3. */
int32_t hj_is_taken(hj_status status);

/* Which words: those of 10 and above since 0.2. Of flags and shortfalls, which are bits, one bit has a word. */
#define HJ_NAMES_TIER 1
#define HJ_NAMES_LEVEL 2
#define HJ_NAMES_ACTIVITY 3
#define HJ_NAMES_INCIDENT 4
#define HJ_NAMES_ASSIGNMENT 5
#define HJ_NAMES_CLOCK 6
#define HJ_NAMES_STEP 7
#define HJ_NAMES_EVENT 8
#define HJ_NAMES_REASON 9
#define HJ_NAMES_CLOCK_STATE 10
#define HJ_NAMES_WATCH 11   /* states of watches */
#define HJ_NAMES_FIGURES 12 /* dimensions: HJ_FIGURES_ALL ... HJ_FIGURES_CATCH_UP */
#define HJ_NAMES_INTERVAL 13
#define HJ_NAMES_SHORTFALL 14
#define HJ_NAMES_DATUM 15
#define HJ_NAMES_PROFILE 16
#define HJ_NAMES_RUN 17
#define HJ_NAMES_TRAFFIC 18 /* hj_config.traffic */
#define HJ_NAMES_DIRECTION 19
#define HJ_NAMES_REPORT 20  /* flags of hj_report */
#define HJ_NAMES_ROUTE 21   /* flags of hj_route_summary */
#define HJ_NAMES_NEAREST 22 /* flags of hj_nearest */
#define HJ_NAMES_SOURCE 23  /* since 0.3, likewise below */
#define HJ_NAMES_MAP 24     /* hj_config.map_memory */
#define HJ_NAMES_OFF_DUTY_POSITIONS 25
#define HJ_NAMES_CHOSEN 26 /* hj_dispatch.chosen_flags */
#define HJ_NAMES_BREACH 27 /* flags of hj_breach */
#define HJ_NAMES_TELEMETRY 28
#define HJ_NAMES_EVENTS_WHEN 29
#define HJ_NAMES_STRENGTH 30
#define HJ_NAMES_JOURNAL 31 /* hj_journal_info.state */
#define HJ_NAMES_MODE 32
#define HJ_NAMES_HEALTH 33 /* bits: reasons of hj_health_info and hj_journal_info */
#define HJ_NAMES_DIGEST 34 /* hj_journal_info.digest */

/* The word for a constant, as plans files and JSON write it: its name in this header without the prefix, in small
 * letters. HJ_STEP_NOTIFY_AGAIN of HJ_NAMES_STEP is "notify_again", HJ_ACTIVITY_EN_ROUTE of HJ_NAMES_ACTIVITY
 * "en_route". "unknown" for a number that is none of that vocabulary, and for a vocabulary that is none (HJ_NAMES_...);
 * statuses have hj_status_name. Never NULL; lives as long as the library. Since 0.1; before 0.2 words were joined with
 * capitals ("notifyAgain"). */
const char *hj_name(int32_t vocabulary, int32_t value);

/* Degrees to e7, rounded to nearest. HJ_E_NULL; HJ_E_RANGE when a value is not a number, infinite, or outside
 * -90 ... 90 and -180 ... 180 (nothing is written then). Since 0.1. */
hj_status hj_e7_from_degrees(double lat, double lon, int32_t *lat_e7, int32_t *lon_e7);

/* e7 to degrees. Since 0.1. */
double hj_degrees_from_e7(int32_t e7);

/* Converts a place from one datum to another (HJ_DATUM_...; DEFAULT is WGS-84), in place. On China's mainland there and
 * back again is the same place to 1e-7 degrees, a centimetre (measured every 0.1 degrees, GCJ-02 and BD-09, both ways);
 * elsewhere nothing changes. GCJ-02 is the published reverse engineering of it: it agrees with maps to about a metre.
 * At the outline the shift begins at once, so places outside and up to 1.5 km from it, given as GCJ-02 or BD-09,
 * cannot be told from shifted ones, and are shifted. 0/0, no place, stays so.
 * ANY THREAD, no engine needed. Up to 2 microseconds; floating point inside, the same on every machine with IEEE 754
 * and the same C library. HJ_E_NULL; HJ_E_ARGUMENT (from, to); HJ_E_RANGE (off the planet). On an error nothing is
 * written. Since 0.3. */
hj_status hj_datum_convert(int32_t from, int32_t to, int32_t *lat_e7, int32_t *lon_e7);

/* ---- Life of an engine ----------------------------------------------------------------------------------------- */

/* Fills `config` with the defaults, never past `size` bytes. `size` = sizeof(hj_config).
 * BEFORE START. O(1). HJ_E_NULL; HJ_E_SIZE when size is smaller than version 0.1's. Since 0.1. */
hj_status hj_config_init(hj_config *config, uint32_t size);

/* Opens an engine: reads or maps the streets (hj_config.map_memory), reads the plans, takes all memory, starts the loop
 * thread (HJ_RUN_THREAD) or attaches to the host's loop (HJ_RUN_HOST_LOOP, on that loop's thread). A failed open leaves
 * nothing behind: nothing to close, *engine = NULL, no descriptor, thread or memory. Up to 256 engines at once.
 * `detail` may be NULL.
 *
 * Three things stay for a while. libuv keeps one pipe for all loops of the process. On the host's loop the handles of
 * an open that failed in its last step go with the loop's next turn. HJ_TIMEOUT leaves one thread, in the call that the
 * journal's disk does not answer; it goes when the disk answers.
 *
 * Every number of a map that is followed later is checked here, whatever the map's checksums say: a damaged or forged
 * map is refused (HJ_E_MAP), or it answers wrongly, but nothing is ever read outside of it.
 *
 * Descriptors: HJ_RUN_THREAD takes 6, and 2 for the process with the first (8 and 2 with libuv 1.45 and newer);
 * HJ_RUN_HOST_LOOP 2; HJ_RUN_POLL 1. Paths must name regular files: a pipe, device, socket or folder is refused
 * unopened.
 *
 * What is short is found out before it is needed: descriptors, a thread, address space. That cannot be promised where
 * other threads of the process take the last of it in between, or where the system grants memory that it does not have:
 * libuv and the Swift runtime then end the process, as jemalloc does in a new thread that finds no room for its arena
 * (2 MiB). What libuv needs after open (a host's loop that grows) is not known beforehand.
 *
 * With journal_path everything that changes the engine is on record before its caller has the answer and before anybody
 * can read its events. What is recorded survives the death of the process at any instruction; a thread of the journal
 * makes it durable in groups, and hj_journal_wait waits for that. The folder is made where it is not there (its parent
 * is).
 *
 * Opening reads the newest snapshot and applies the records behind it, in order. Incidents, assignments, units,
 * watches, clocks, keys, plans, figures and counters are as they were; ids that a host has kept go on working; what was
 * decided is never decided again. Reports that were posted and not decided are decided then, once and in order. After a
 * kill or a clean close a unit is where its newest position was; after another boot, where the newest snapshot or a
 * decision since saw it last, or where hj_unit_put placed it.
 *
 * Street times are those that were reported last, after a kill and after a clean close; after another boot those of the
 * newest snapshot, with the closures and liftings since. They serve from the first epoch on (HJ_EVENT_TRAFFIC). The
 * engine gives them no end: a feed that ended reports HJ_STREET_AS_MAPPED. HJ_HEALTH_STREETS_NOT_KEPT: the map has more
 * than ring_bytes / 16 arcs, so that a kill leaves closures alone.
 *
 * A plans file that differs from the newest on record is loaded as a new version. Another map, or larger limits, are
 * taken (HJ_CHANGED; places are snapped anew); HJ_E_LIMIT also when more posts wait than post_capacity says.
 *
 * Clocks ran on: by elapsed time since the same boot, else by wall time, never back; what fell due fires once, late, in
 * order. Of several overdue steps of one clock the last fires for each addressee (the unit, the supervisor; every other
 * step has its own); the others count as fired, are not carried out, and are on record. With HJ_RUN_POLL the first
 * hj_engine_poll is the new origin, and the time that passed is the difference of wall_us. Events that hj_events_ack
 * has not acknowledged come again under their numbers, with HJ_EVENT_FLAG_REPEATED; HJ_EVENT_RECOVERED follows.
 * BEFORE START, any thread. Cold: reads files, allocates.
 * HJ_E_NULL (config or engine); HJ_E_SIZE, HJ_E_NEWER; HJ_E_ARGUMENT (run_mode, datum, map_memory, output_datum,
 * off_duty_positions, hooks, uv_loop, or what belongs to a journal without journal_path: see detail.field); HJ_E_LIMIT
 * (a limit, or one that is smaller than the journal's); HJ_E_JOURNAL, HJ_E_LOCKED (journal_path); HJ_E_FILE,
 * HJ_E_MAP (map_path), HJ_E_PLANS (plans_path), HJ_E_UNSUPPORTED (a word of the plans that the journal's older format
 * does not have: `hujia journal upgrade`); HJ_E_MEMORY (the allocator refused, perhaps the copy of the map; or,
 * with detail.field RLIMIT_AS, address space is short); HJ_E_SYSTEM (detail.field RLIMIT_NOFILE: too few
 * descriptors; RLIMIT_NPROC: no thread); HJ_FULL (256 engines are open).
 *
 * With journal_path each call of the journal's disk is waited for disk_wait_s of the config at most, on the caller's
 * thread. A disk that takes nothing and gives what it has: HJ_OK with HJ_HEALTH_DISK_FAILED. One that gives nothing:
 * HJ_TIMEOUT with detail.field journal_path (since 0.3), and HJ_E_LOCKED until the call that was left behind is back.
 * Since 0.1. */
hj_status hj_engine_open(const hj_config *config, hj_engine **engine, hj_error_detail *detail);

/* Stops and frees. Calls under way on other threads end first (those that wait for room in the ring of posts at once,
 * with HJ_E_STALE); later ones get HJ_E_STALE. Reports posted and not yet
 * decided are decided first, so everything accepted was answered; hj_engine_drain before it leaves the answers to read.
 * With HJ_RUN_HOST_LOOP: on the loop's thread only; it completes in the loop's next turn (run the loop once more
 * before uv_loop_close). NULL: HJ_OK.
 * ANY THREAD but a loop thread of the engine's own or another thread than the host loop's, and not from an allocator's
 * hook that a call of this engine has under way (HJ_E_DEADLOCK: the engine stays open, and calls of other threads
 * notice nothing). Cold: waits for the loop thread.
 *
 * Disks (run sheet, last snapshot, journal) are waited for on a thread of the engine's own: disk_wait_s of the config
 * at most, and as long again for a run sheet that is being written. HJ_TIMEOUT (since 0.3): one did not answer. The
 * engine is closed, no hook is called any more, and what is recorded lies in the ring, where a next open finds it.
 *
 * After HJ_TIMEOUT all that the engine had stays taken: memory of the allocator's hooks too, threads, descriptors, its
 * lock on the folder. Where the disk answers later, the journal is closed and its lock let go of. The rest goes with
 * the process.
 * HJ_E_STALE when it was closed before. Since 0.1. */
hj_status hj_engine_close(hj_engine *engine);

/* The end of a shift: takes no more, fires what is due, decides everything that was posted, and then stands still.
 *
 * Every call that would change something and begins after it answers HJ_E_STATE and changes nothing (reports, posts,
 * acts of people, positions, heartbeats, street times, plans, hj_engine_poll). One that began before may end either
 * way, and what is left of a batch of positions or heartbeats may still be taken in after the drain has returned.
 * Threads that wait in hj_incident_post_within get HJ_E_STATE at once, and their reports were not taken.
 *
 * A post that was accepted is decided, whichever thread made it. When it returns, time stands still for the engine: no
 * deadline fires any more, no epoch is published, no stall is told; whatever has not come due stays as it is. So its
 * events are finite: read them (hj_events_poll, hj_events_fd) to the last, then hj_engine_close. A deadline that was
 * due and found no room fires as hj_events_poll makes room, as ever.
 *
 * Reading goes on as before: statuses, hj_incident_recommend, hj_nearest_units, routes, figures, hj_engine_stats; ages
 * and times are those of the moment at which it ended.
 *
 * In every run mode it does its work on the caller's thread, any thread, and needs no turn of a loop: with
 * HJ_RUN_HOST_LOOP the loop need not run, with HJ_RUN_POLL it works at the time of the last hj_engine_poll. With
 * HJ_EVENTS_WHEN_DURABLE it waits for the disk, so that its events can be read when it returns.
 * BATON, in slices of at most 64 deadlines (16 that search for a unit) and 16 reports: other calls come in between.
 * O(what is due and posted). Several threads may call it: one gets HJ_OK, and none returns before it is over.
 * HJ_UNCHANGED (it was drained before); HJ_E_DEADLOCK (from inside a call that the engine carries out). Since 0.3. */
hj_status hj_engine_drain(hj_engine *engine);

/* HJ_RUN_POLL: moves the engine to the given time, decides what was posted and fires what is due, at most `work_max`
 * items (0 = no bound). `*next_due_ns` (may be NULL) becomes the time at or before which the engine wants the next
 * poll: INT64_MAX = nothing is due, `now_ns` = there is more to do now.
 *
 * Calls before the first poll are accepted and timed from it; every other call uses the time of the last poll. Street
 * times reported since the last poll are built into an epoch first, here and on this thread (one item of work, whatever
 * it costs: see hj_traffic_report), so the same calls give the same answers. Nobody waits for that but this caller:
 * calls of other threads are answered by the epoch before; of two polls at once one builds. Since 0.3; before, all did.
 *
 * Times: now_ns is 0 ... 2^62 - 1 (146 years) and not before the last poll's (else HJ_TIME_BACKWARDS, and the last
 * poll's is used); wall_us may jump either way and moves no deadline. A slice of background work (offers of freed units
 * to waiting incidents) counts as one item; since 0.3. With HJ_EVENTS_WHEN_DURABLE it waits for the disk before it
 * returns, without the baton: the events of everything so far can be read, and their number depends on the calls alone.
 * BATON. O(items). HJ_E_MODE in another run mode; HJ_E_ARGUMENT (a time that is negative or too large). Since 0.1. */
hj_status hj_engine_poll(hj_engine *engine, int64_t now_ns, int64_t wall_us, uint32_t work_max, int64_t *next_due_ns);

/* Counters, high-water marks, the allocator's name. A moment's view: each figure is right, two may be of different
 * moments. ANY THREAD, without waiting. O(1). HJ_E_NULL, HJ_E_SIZE, HJ_E_NEWER. Since 0.1. */
hj_status hj_engine_stats(hj_engine *engine, hj_stats *stats);

/* ---- Plans ----------------------------------------------------------------------------------------------------- */

/* Replaces the plans by those in the JSON text (PLANS.md describes it). Incidents already open keep the clocks and
 * chains they have (hj_plans_migrate moves them); later decisions use the new plans. On error the old plans stay.
 * From the swap on every unit has the level that the new plans give its activity. Units that are free now are then
 * offered to waiting incidents, the most urgent tier first, and watches follow their new limits: in slices, all done
 * when this returns (since 0.3; offers rest while max_assignments are open).
 * BATON for the swap and each slice. Cold: parses and allocates on the caller's thread: up to 192 bytes for each value
 * and key of the text. Length up to 16 MiB.
 *
 * HJ_FULL (detail.text says which: eight versions of the plans are still in use by open incidents; or, since 0.3, the
 * journal's ring is three quarters full until the disk has caught up, or too small for the text); HJ_E_NULL (json);
 * HJ_E_ARGUMENT (length 0 or too long); HJ_E_PLANS with `detail` (may be NULL); HJ_E_UNSUPPORTED (the journal's folder
 * is of an older format, whose version of the library does not know a word of the text: detail.field is its place;
 * since 0.3); HJ_E_MEMORY. Since 0.1. */
hj_status hj_plans_load(hj_engine *engine, const char *json, uint32_t length, hj_error_detail *detail);

/* The same, signed by a person (`action`; NULL: nobody): the journal has the person with the record. BATON.
 * Otherwise as hj_plans_load, and the errors that hj_action names. Since 0.3. */
hj_status hj_plans_load_by(hj_engine *engine, const char *json, uint32_t length, hj_error_detail *detail,
                           const hj_action *action);

/* Moves the clocks of every open incident to the plans of now; `*count` (may be NULL) becomes how many were moved. A
 * clock before its limit gets the new limit, counted from where it started, but is due no earlier than now; one after
 * its limit keeps the due time of its next step. So at most one step of each clock fires because of this. Clocks that
 * the new plans do not have stop; those that only they have start now. In slices (since 0.3): plans loaded by another
 * thread meanwhile hold for the incidents that come after.
 * BATON for each slice. O(incidents). HJ_OK. Since 0.2. */
hj_status hj_plans_migrate(hj_engine *engine, uint32_t *count);

/* ---- Units ----------------------------------------------------------------------------------------------------- */

/* Adds a unit or replaces what is known of it. Its assignment, if any, goes on; `activity` is then what it does when
 * that ends, as with hj_unit_set_activity (since 0.3; before, it was forgotten), 0 = PATROLLING included. EN_ROUTE,
 * ON_SCENE, TRANSPORTING and AT_DESTINATION of a unit on an incident say nothing of that: what is remembered stays.
 *
 * A unit that becomes available is offered to waiting incidents at once: the most urgent that it can serve, by tier,
 * then by receipt, gets the best choice, however many others wait and for whatever. One that it cannot serve costs a
 * look at most. What is more than one slice goes on in the background, as for every call that frees a unit.
 *
 * There the incident is served too where units freed before are still being offered to a more urgent tier, if the
 * choice might be one of those or they are more than 32 (since 0.3). A unit on an incident that lost a capability may
 * open a seat of it again: free units are sent at once (since 0.3).
 * BATON. O(needs that wait * log of the incidents that wait), and a decision.
 * HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER; HJ_E_ARGUMENT (id 0, activity unknown, crew < -1; sworn or people negative, or
 * both stated and more sworn than people; shift_begin_wall_us negative, or both stated and after shift_end_wall_us);
 * HJ_E_RANGE (place or station); HJ_E_UNSUPPORTED (capacity > 1, reserved2); HJ_FULL (max_units). Since 0.1. */
hj_status hj_unit_put(hj_engine *engine, const hj_unit *unit);

/* The same, signed by a person (`action`; NULL: nobody): the journal has the person with the record. BATON.
 * Otherwise as hj_unit_put, and the errors that hj_action names. Since 0.3. */
hj_status hj_unit_put_by(hj_engine *engine, const hj_unit *unit, const hj_action *action);

/* Takes a unit out. BATON. O(1). HJ_E_UNKNOWN; HJ_E_BUSY (it is on an incident). Since 0.1. */
hj_status hj_unit_remove(hj_engine *engine, uint64_t unit_id);

/* The same, signed by a person (`action`; NULL: nobody): the journal has the person with the record. BATON.
 * Otherwise as hj_unit_remove, and the errors that hj_action names. Since 0.3. */
hj_status hj_unit_remove_by(hj_engine *engine, uint64_t unit_id, const hj_action *action);

/* Sets what a free unit is doing, and so its level. What a unit on an incident is said to do is remembered
 * (hj_unit_status.next_activity) and takes effect in the turn that frees it, however its assignment ends, before any
 * waiting incident is offered to it: a car that has crashed is set OFF_DUTY, its order is cancelled, and it is sent
 * nowhere. Nothing remembered: RETURNING after an arrival, else what it did before it was sent. A unit that is diverted
 * or sent to another incident without being free in between keeps it.
 *
 * `wall_us`: since when, 0 and the future = now. A free unit that becomes available is idle from then (of units that
 * are there equally fast the one that is idle longest goes), mapped to the engine's clock when it is told; one on an
 * incident is idle from the turn that frees it. Used since 0.3.
 * BATON. As hj_unit_put.
 * HJ_E_UNKNOWN; HJ_E_ARGUMENT (activity unknown, wall_us negative); HJ_E_BUSY (on an incident, and the activity is one
 * of those that follow from an assignment's state: EN_ROUTE, ON_SCENE, TRANSPORTING, AT_DESTINATION; use
 * hj_assignment_advance); HJ_UNCHANGED (so it is, or is remembered already). Since 0.1; of a unit on an incident since
 * 0.3. */
hj_status hj_unit_set_activity(hj_engine *engine, uint64_t unit_id, int32_t activity, int64_t wall_us);

/* The same, signed by a person (`action`; NULL: nobody): the journal has the person with the record. BATON.
 * Otherwise as hj_unit_set_activity, and the errors that hj_action names. Since 0.3. */
hj_status hj_unit_set_activity_by(hj_engine *engine, uint64_t unit_id, int32_t activity, int64_t wall_us,
                                  const hj_action *action);

/* A unit says that it is well: its welfare clock begins again, from `wall_us` (0 = now) where that lies in the past. A
 * call of hj_assignment_advance for it says the same.
 * BATON. O(1). HJ_UNCHANGED (no welfare clock runs for it, or it began later than that); HJ_E_UNKNOWN; HJ_E_ARGUMENT
 * (wall_us negative). Since 0.2. */
hj_status hj_unit_check_in(hj_engine *engine, uint64_t unit_id, int64_t wall_us);

/* A unit comes upon something and takes it on 自接警, a traffic stop, a fight on its way: its incident is opened, and the
 * unit, off duty or not, is on it ON_SCENE, in one act. Its promises of delivery, signature, turnout and arrival are
 * kept with that; its WELFARE clock runs as the plans say. Seats of the plan that it does not fill are filled as by
 * hj_incident_report.
 *
 * `report` as of a call; the unit itself needs no key. Place 0/0: where the unit was seen last (none: as of a call
 * without a place). `source` not stated: HJ_SOURCE_ON_VIEW. It is never held as a likely repeat. With a key the same
 * report of the same unit again gives the first answer and HJ_EXISTS. `dispatch` lists the unit first, with travel 0;
 * behind the assigned ones those that a plan that only recommends names, with assignment_id 0.
 *
 * In HJ_MODE_MANUAL and by plans that send nobody the unit itself is on it all the same: it says so. The answer is
 * HJ_MANUAL then where seats are open. The _by form takes the person (`action` may be NULL).
 * BATON. A decision, as hj_incident_report. HJ_EXISTS; HJ_MANUAL; HJ_FULL (max_incidents or max_assignments; nothing
 * was opened); HJ_E_UNKNOWN (unit); HJ_E_BUSY (it is on an incident); HJ_E_CONFLICT (the key is another unit's or
 * body's); HJ_E_UNSUPPORTED (the journal's folder is of an older format); HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER; HJ_E_RANGE;
 * HJ_E_ARGUMENT (as hj_incident_report, and an appointment, HJ_SOURCE_CATCH_UP). Since 0.3. */
hj_status hj_unit_self_initiated(hj_engine *engine, uint64_t unit_id, const hj_report *report, hj_dispatch *dispatch);
hj_status hj_unit_self_initiated_by(hj_engine *engine, uint64_t unit_id, const hj_report *report, hj_dispatch *dispatch,
                                    const hj_action *action);

/* Reads what is known of a unit. BATON. O(1). HJ_E_NULL, HJ_E_SIZE, HJ_E_NEWER, HJ_E_UNKNOWN. Since 0.1. */
hj_status hj_unit_read(hj_engine *engine, uint64_t unit_id, hj_unit_status *status);

/* Takes in positions, in the order given; each is checked, converted and snapped to the streets on this thread. The
 * newest device time of a unit wins: an older fix is refused, so a device that uploads its backlog does not drag the
 * unit back.
 *
 * A device time ahead of now counts as now: a wrong one blocks nothing that comes later, and a device whose clock is
 * always ahead is followed in order of arrival; beyond max_ahead_s it is refused. A wall clock that is set back holds a
 * unit up for 10 s at most.
 *
 * `*accepted` (may be NULL) says how many were taken; a refused fix never fails the batch, and hj_stats counts by
 * reason: unknown unit, fields out of range (0/0 is no position), accuracy, device time too far ahead, older, too fast,
 * off duty.
 *
 * Where people are while they are HJ_ACTIVITY_OFF_DUTY is not taken, unless off_duty_positions says so: what was
 * reported before counts, the position known keeps ageing, and what is reported after hj_unit_set_activity or
 * hj_unit_put returned is refused, until the unit is on duty again.
 *
 * A fix is too fast when it is farther from the last one than max_speed_cms allows in the time between their device
 * times (and 150 m and its accuracy; 1,000 km where it is not otherwise judged, see max_speed_cms); speed_fixes of them
 * in a row that agree with each other, or one speed_s younger, are believed, so one wrong fix neither moves a unit nor
 * locks it out. Without a time (before the first poll) and after hj_unit_put with a place speed is not judged. `count`
 * 0 is HJ_OK; at most 1,048,576.
 *
 * What later calls see: a call that begins after this one returned sees these positions, while no more than 64 units
 * have new ones that nobody has looked at yet (hj_engine_poll takes in all, 64 at a time, since 0.3; before, every
 * call in HJ_RUN_POLL did, and 256 were taken in). Beyond that, which takes a holder that is busy for longer than the
 * feeds need for 64 reports, decisions and hj_nearest_units still name no unit for a place that it has left, but may
 * miss one that came nearer; hj_unit_read and hj_assignment_route always see the newest.
 * ANY THREAD, does not wait for the baton. About 1 microsecond a fix. Two threads that report the same unit at the
 * same moment: one of the fixes may be refused (positions_busy), when the other thread was put to sleep in between.
 * HJ_PARTIAL (some were refused); HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER (first element); HJ_E_ARGUMENT (count). Since 0.1;
 * without the baton, and the rules on speed and accuracy, since 0.2. */
hj_status hj_positions_report(hj_engine *engine, const hj_position *positions, uint32_t count, uint32_t *accepted);

/* ---- Incidents ------------------------------------------------------------------------------------------------- */

/* Takes in a call: opens an incident, chooses and reserves its units by the plan and the exact travel times of this
 * moment, opens their assignments (state DISPATCHED) and starts the clocks. The answer is complete when it returns.
 * A plan met in part is still HJ_OK: see `shortfall`; the rest is sent when units become free. With a key, the same
 * report again within key_retention_s gives the first answer and HJ_EXISTS, and changes nothing; after that the key is
 * new, whatever came in between.
 * BATON. A decision: O(units looked at); allocates nothing.
 *
 * A receipt in the past (`wall_us`) starts the limits then; where one has run out already it counts from now. With
 * appointment_wall_us after now it is held: no unit, no clock, until then (a later jump of the wall clock moves that no
 * more); its limits count from the appointment.
 *
 * In HJ_MODE_MANUAL it is opened and its clocks run; nobody is sent, and nothing is reserved: the answer is HJ_MANUAL,
 * and `chosen` holds the units that would go, with assignment_id 0. It waits with its open seats until a person sends
 * (hj_incident_assign), or ends that mode. Since 0.3.
 *
 * With HJ_SOURCE_CATCH_UP nobody is sent by the engine, in any mode, then or later, and the answer is HJ_MANUAL without
 * chosen units: what was done on paper is told by hj_incident_assign, hj_assignment_advance and hj_incident_close, each
 * with its real time. A limit that had passed before it was told fires nothing then; whether it was kept is judged by
 * the real times; where it is still open its steps count from when it was typed in. An order of the past has no
 * DELIVERY, ACKNOWLEDGE and TURNOUT clock: it was given by voice.
 *
 * What came from paper stays marked: hj_incident_status.source, HJ_EVENT_FLAG_CATCH_UP, HJ_BREACH_CATCH_UP,
 * HJ_FIGURES_CATCH_UP. Since 0.3.
 *
 * Without a place (0/0) it is taken in all the same: the plan matches by everything but areas, nobody is sent, since to
 * nowhere nobody is nearest, and the answer is HJ_MANUAL with HJ_SHORTFALL_NO_PLACE; its clocks run. A person may send
 * (hj_incident_assign, travel_ms not known), and hj_incident_update with a place does what the plan says. Since 0.3.
 *
 * HJ_EXISTS; HJ_MANUAL (opened; a person sends: see HJ_SHORTFALL_MANUAL); HJ_HELD (opened; waits for its
 * appointment); HJ_FULL (max_incidents open; nothing was opened); HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER; HJ_E_ARGUMENT
 * (tier, flags, datum, source, wall_us or appointment_wall_us negative, an appointment more than 100 years ahead);
 * HJ_E_RANGE; HJ_E_CONFLICT (same key, other body). Since 0.1. */
hj_status hj_incident_report(hj_engine *engine, const hj_report *report, hj_dispatch *dispatch);

/* The same, signed by a person (`action`; NULL: nobody): the journal has the person with the record. The incident
 * that it opens keeps the act; what the engine sends for it is no act of a person. BATON. Otherwise as
 * hj_incident_report, and the errors that hj_action names. Since 0.3. */
hj_status hj_incident_report_by(hj_engine *engine, const hj_report *report, hj_dispatch *dispatch,
                                const hj_action *action);

/* The same answer as hj_incident_report would give now, with no side effect. The key is ignored, and so is
 * HJ_SOURCE_CATCH_UP: it names the units that could go. HJ_OK or HJ_MANUAL; errors as there, but never HJ_FULL,
 * HJ_EXISTS or HJ_E_CONFLICT. BATON. Since 0.1. */
hj_status hj_incident_recommend(hj_engine *engine, const hj_report *report, hj_dispatch *dispatch);

/* Queues a report and returns; the loop (or the next poll) decides it. With journal_path it survives the process from
 * HJ_OK on, and is decided, once and in order, after the next open (since 0.3). The answer is an event:
 * HJ_EVENT_DECIDED, then one HJ_EVENT_ASSIGNMENT a unit (in HJ_MODE_MANUAL one HJ_EVENT_INCIDENT with
 * HJ_REASON_PROPOSED), or HJ_EVENT_REFUSED; all carry the report's key. Checked like
 * hj_incident_report first.
 * ANY THREAD, does not wait. O(1). HJ_FULL (post_capacity; nothing was taken); errors as hj_incident_report. Since
 * 0.1. */
hj_status hj_incident_post(hj_engine *engine, const hj_report *report);

/* The same by a person, whose act waits with the report: it stands in the record of the decision, also of one that the
 * next open makes, and in hj_incident_status of the incident that it opens. `action` may be NULL (nobody); force and
 * reserved fields are 0, else HJ_E_UNSUPPORTED; HJ_E_SIZE. Checked before anything is queued.
 * ANY THREAD, does not wait. O(1). Answers as hj_incident_post. Since 0.3. */
hj_status hj_incident_post_by(hj_engine *engine, const hj_report *report, const hj_action *action);

/* As hj_incident_post, and when the ring is full it waits for room, at most `timeout_ns` (0: not at all; INT64_MAX: as
 * long as it takes). It sleeps meanwhile, and is woken when reports were decided; the time counts in elapsed time, that
 * in which the machine slept included. Those that wait are woken in the order in which they fell asleep, but a later
 * caller may take the room before them, so `timeout_ns` is the bound of the wait and the order among threads is not
 * promised. With HJ_RUN_POLL nobody makes room unless another thread polls meanwhile.
 * ANY THREAD; waits for room as told, never for the baton. O(1).
 * HJ_FULL (no room came in that time; nothing was taken); HJ_E_STALE also when the engine is closed while it waits
 * (nothing was taken), HJ_E_STATE when it is drained meanwhile; HJ_E_DEADLOCK (the ring is full and waiting could
 * never end: on the thread of the host's loop with HJ_RUN_HOST_LOOP, or in a hook that the engine calls from its own
 * thread or while it carries out a call; nothing was taken); HJ_E_ARGUMENT (timeout_ns negative); errors as
 * hj_incident_report. Since 0.2. */
hj_status hj_incident_post_within(hj_engine *engine, const hj_report *report, int64_t timeout_ns);

/* Changes an open incident's tier, type, place and flags to those of the report (tier NONE = as it is, type 0 = as it
 * is, both coordinates 0 = as it is; key, caller, source and agency are ignored). The flags are always those of the
 * report: a wrong HJ_REPORT_VULNERABLE is taken back by leaving it out (before 0.3 it stayed). `needs` 0 and a
 * reference of zeros = as it is, else they take the place of the old ones, and what the new needs ask for besides is
 * sent.
 *
 * A raised tier starts the new limits now and keeps the receipt; a caller found not to be vulnerable gives the arrival
 * clock everybody's limit, counted from where it began, unless it has fired already. Units already sent stay, and those
 * the new plan asks for besides are sent. `dispatch` may be NULL; else it becomes the live assignments, new ones
 * included.
 *
 * Since 0.3 a changed place changes the figures: travel_ms and distance_dm of units that have not arrived lead to the
 * new place, from where they are now, and an HJ_EVENT_INCIDENT with HJ_REASON_PLACE_CHANGED names in unit_id the free
 * unit that would be there before all units under way (turnout and travel; 0 = none). Nobody is pulled off or sent for
 * it.
 * BATON. Errors as hj_incident_report, and HJ_E_STALE (id), HJ_E_STATE (closed or cancelled). Since 0.1. */
hj_status hj_incident_update(hj_engine *engine, uint64_t incident_id, const hj_report *report, hj_dispatch *dispatch);

/* The same, signed by a person (`action`; NULL: nobody): the journal has the person with the record. The incident
 * keeps the act. BATON. Otherwise as hj_incident_update, and the errors that hj_action names. Since 0.3. */
hj_status hj_incident_update_by(hj_engine *engine, uint64_t incident_id, const hj_report *report, hj_dispatch *dispatch,
                                const hj_action *action);

/* Raises the alarm level of an open incident. The engine asks for what the plan lists under `alarms` up to
 * `alarm_level`, and sends units for it. A plan that only recommends has them named; where a person sends, it does
 * neither. A level adds only what it lists: units that are there stay, and the engine asks for none of them again.
 * Units that a person sent take the new places that they fit.
 *
 * Level 1 is what `units` lists; a level that was passed is in force as well, so from 1 to 3 asks for what 2 and 3
 * list. The level stays through updates; a plan with fewer levels is in force whole. Of a held incident the level
 * counts from its appointment on. HJ_EVENT_INCIDENT with HJ_REASON_RAISED tells it, behind one HJ_EVENT_ASSIGNMENT a
 * unit. No clock changes but one: where several agencies go now and none leads, the lead clock begins. `wall_us` is
 * told by the event, 0 = now.
 *
 * `dispatch` may be NULL; else it becomes the live assignments, new ones included, and behind them units that are only
 * named, with assignment_id 0. A refused raise changes nothing. The _by form takes the person and the reason (`action`
 * may be NULL).
 * BATON. A decision for the added places: O(places and units looked at). HJ_UNCHANGED (that level or a higher one is in
 * force already; `dispatch` is filled in); HJ_E_LEVEL (the plan has no such level, or no plan matches); HJ_E_STALE;
 * HJ_E_STATE (closed, cancelled or merged); HJ_E_ARGUMENT (alarm_level 0, wall_us negative); HJ_E_UNSUPPORTED (the
 * journal is of format 1 or 2, which cannot say it: `hujia journal upgrade`). Since 0.3. */
hj_status hj_incident_raise(hj_engine *engine, uint64_t incident_id, uint32_t alarm_level, int64_t wall_us,
                            hj_dispatch *dispatch);
hj_status hj_incident_raise_by(hj_engine *engine, uint64_t incident_id, uint32_t alarm_level, int64_t wall_us,
                               hj_dispatch *dispatch, const hj_action *action);

/* Names the open incidents that a report may repeat 疑似重复报警, the likeliest first, and changes nothing. The report is
 * checked as by hj_incident_report; its key and its appointment are ignored. `*count` becomes how many there are, at
 * most HJ_REPEATS_MAX; the first `capacity` of them are written. Without a place (0/0) there are none.
 *
 * The score falls with the square of the straight distance (to nothing beyond 400 m) and evenly with the time between
 * the two receipts (to nothing beyond 10 minutes, either way). Another type costs, a type that is not stated (0) costs
 * half as much, and the same caller (caller_hash, both known) brings some. Of incidents that were merged the one that
 * stands for them is named, with the score of the likeliest of them. A held incident repeats nothing before its
 * appointment.
 * BATON. O(incidents opened within 1.2 km in the last 10 minutes). HJ_E_BUFFER (more than `capacity`; those that fit
 * are written); HJ_E_NULL (`report`, `count`, or `repeats` with capacity > 0); HJ_E_SIZE; HJ_E_NEWER; HJ_E_ARGUMENT,
 * HJ_E_RANGE (as hj_incident_report). Since 0.3. */
hj_status hj_incident_repeats(hj_engine *engine, const hj_report *report, hj_repeat *repeats, uint32_t capacity,
                              uint32_t *count);

/* Two incidents are one 合并警情: from here on `into_id` stands for `incident_id`, whose state becomes
 * HJ_INCIDENT_MERGED. Where `into_id` was merged itself, the incident that stands for it takes both. What was merged
 * into `incident_id` goes with it, so nothing is ever merged into a merged one.
 *
 * No call is lost and nothing is taken from anybody: both keep their orders, and the first unit to arrive at either
 * arrives at both. The clocks of the merged one rest; those of the other count from the earlier receipt. Closing or
 * cancelling the one that stands for all ends all. HJ_EVENT_INCIDENT with HJ_REASON_MERGED tells it of both. `wall_us`
 * is told by the events, 0 = now. The _by form takes the person and the reason (`action` may be NULL).
 * BATON. O(incidents merged into the two). HJ_E_CONFLICT (an incident into itself, or into one that was merged into
 * it); HJ_E_STATE (one of them is closed, cancelled or held, or `incident_id` is merged already); HJ_E_STALE (no such
 * incident); HJ_E_ARGUMENT (wall_us negative). Since 0.3. */
hj_status hj_incident_merge(hj_engine *engine, uint64_t incident_id, uint64_t into_id, int64_t wall_us);
hj_status hj_incident_merge_by(hj_engine *engine, uint64_t incident_id, uint64_t into_id, int64_t wall_us,
                               const hj_action *action);

/* Takes a merge back 撤销合并: each of the two has its receipt, its clocks and its orders again, each order where it
 * came from. A limit that passed meanwhile fires once, marked late. Where the plan sends by itself and nobody is at the
 * incident, its open places are filled now. HJ_EVENT_INCIDENT with HJ_REASON_UNMERGED tells it of both. `wall_us` is
 * told by the events, 0 = now. The _by form takes the person and the reason (`action` may be NULL).
 * BATON. A decision. HJ_E_STATE (it is not merged); HJ_E_STALE (no such incident); HJ_E_ARGUMENT (wall_us negative).
 * Since 0.3. */
hj_status hj_incident_unmerge(hj_engine *engine, uint64_t incident_id, int64_t wall_us);
hj_status hj_incident_unmerge_by(hj_engine *engine, uint64_t incident_id, int64_t wall_us, const hj_action *action);

/* Says that an incident held as a likely repeat is none 非重复警情: it is dispatched now, as its plan says, and waits
 * like any other for what is missing. HJ_EVENT_INCIDENT with HJ_REASON_SEPARATE tells it, behind one
 * HJ_EVENT_ASSIGNMENT a unit. `wall_us` is told by the event, 0 = now. `dispatch` may be NULL; else it becomes the
 * live assignments. The _by form takes the person and the reason (`action` may be NULL).
 *
 * Where a plan has `repeats` (PLANS.md), a report that scores `suggest_at` against an open incident with units, or one
 * that waits for them, is opened and held. The answer is HJ_HELD, its state PENDING, its clocks run, and
 * HJ_EVENT_INCIDENT with HJ_REASON_LIKELY_REPEAT tells it. A person merges it (hj_incident_merge) or separates it.
 * After `repeat_hold_s` without an answer it gets units that nothing else that waits could have; all repeats of one
 * incident get `repeat_units` together. The rest stay PENDING with HJ_SHORTFALL_MANUAL, also when that incident has
 * ended.
 * BATON. A decision. HJ_UNCHANGED (it is not held as a repeat; `dispatch` is filled in); HJ_E_STALE; HJ_E_STATE
 * (closed, cancelled or merged); HJ_E_ARGUMENT (wall_us negative). Since 0.3. */
hj_status hj_incident_separate(hj_engine *engine, uint64_t incident_id, int64_t wall_us, hj_dispatch *dispatch);
hj_status hj_incident_separate_by(hj_engine *engine, uint64_t incident_id, int64_t wall_us, hj_dispatch *dispatch,
                                  const hj_action *action);

/* One more call about an open incident 追加报警: no incident, no clock, no dispatch. The record keeps the report (its
 * time, source, caller hash and place); hj_incident_status.calls and hj_stats.calls_added count it, and
 * HJ_EVENT_INCIDENT with HJ_REASON_CALL tells it. Of a merged incident it is a call about the one that stands for it.
 * The report is checked as by hj_incident_report; its key is not compared. The _by form takes the person and the reason
 * (`action` may be NULL).
 * BATON. O(1). HJ_E_STALE (no such incident); HJ_E_STATE (closed or cancelled); HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER;
 * HJ_E_ARGUMENT, HJ_E_RANGE (as hj_incident_report). Since 0.3. */
hj_status hj_incident_add_call(hj_engine *engine, uint64_t incident_id, const hj_report *report);
hj_status hj_incident_add_call_by(hj_engine *engine, uint64_t incident_id, const hj_report *report,
                                  const hj_action *action);

/* Sends a unit by hand, whatever the plan says: any unit that is not on another incident. `*assignment_id` may be
 * NULL. `wall_us` is told by the event; with HJ_SOURCE_CATCH_UP it is when the unit was really sent, 0 = now.
 * BATON. O(1) and one travel time. HJ_E_STALE (incident), HJ_E_STATE (closed), HJ_E_UNKNOWN (unit), HJ_E_BUSY,
 * HJ_UNCHANGED (already on this one; its id is filled in), HJ_FULL (max_assignments, or 16 live on this one),
 * HJ_E_ARGUMENT (wall_us negative). Since 0.1. */
hj_status hj_incident_assign(hj_engine *engine, uint64_t incident_id, uint64_t unit_id, int64_t wall_us,
                             uint64_t *assignment_id);
hj_status hj_incident_assign_by(hj_engine *engine, uint64_t incident_id, uint64_t unit_id, int64_t wall_us,
                                uint64_t *assignment_id, const hj_action *action);

/* Ends an incident that needs nobody any more: live assignments are cancelled, their units freed, its clocks stopped.
 * BATON. O(its assignments). HJ_E_STALE; HJ_E_STATE (closed); HJ_UNCHANGED (already cancelled); HJ_E_ARGUMENT
 * (wall_us). The _by form takes the person and the reason (`action` may be NULL). Since 0.1. */
hj_status hj_incident_cancel(hj_engine *engine, uint64_t incident_id, int64_t wall_us);
hj_status hj_incident_cancel_by(hj_engine *engine, uint64_t incident_id, int64_t wall_us, const hj_action *action);

/* Closes an incident 办结 with the host's disposition code. Units that had arrived are cleared, others cancelled; its
 * clocks stop. The id stays readable until the slot is needed (hj_incident_read), then it is stale.
 * BATON. O(its assignments). HJ_E_STALE; HJ_E_STATE (cancelled); HJ_UNCHANGED (already closed); HJ_E_ARGUMENT. Since
 * 0.1. */
hj_status hj_incident_close(hj_engine *engine, uint64_t incident_id, int32_t disposition, int64_t wall_us);
hj_status hj_incident_close_by(hj_engine *engine, uint64_t incident_id, int32_t disposition, int64_t wall_us,
                               const hj_action *action);

/* The caller of a closed incident was asked how it went 回访: its call-back clock stops, it is ARCHIVED and its slot may
 * be reused. Where the call-back clock runs, a closed incident keeps its slot until then, so max_incidents must hold a
 * day of them; when a new call finds no slot, the one that waits longest is archived instead (HJ_REASON_ROOM_NEEDED).
 * BATON. O(1). HJ_UNCHANGED (already archived); HJ_E_STALE; HJ_E_STATE (open or cancelled); HJ_E_ARGUMENT. Since
 * 0.2. */
hj_status hj_incident_called_back(hj_engine *engine, uint64_t incident_id, int64_t wall_us);
hj_status hj_incident_called_back_by(hj_engine *engine, uint64_t incident_id, int64_t wall_us, const hj_action *action);

/* The same, and says how it went: `outcome`, the host's code (satisfied, not satisfied, not reached ...), >= 0, 0 = not
 * stated. It is told by the event (HJ_REASON_CALLED_BACK) and stays with the incident (hj_incident_status.outcome).
 * `action` may be NULL.
 * BATON. O(1). As hj_incident_called_back, and HJ_E_ARGUMENT (outcome negative). Since 0.3. */
hj_status hj_incident_called_back_with(hj_engine *engine, uint64_t incident_id, int32_t outcome, int64_t wall_us,
                                       const hj_action *action);

/* Says which agency leads 牵头; the lead clock stops. BATON. O(1). HJ_UNCHANGED (it leads already); HJ_E_STALE;
 * HJ_E_STATE (closed); HJ_E_ARGUMENT (agency 0, wall_us negative). Since 0.2. */
hj_status hj_incident_set_lead(hj_engine *engine, uint64_t incident_id, uint32_t agency, int64_t wall_us);
hj_status hj_incident_set_lead_by(hj_engine *engine, uint64_t incident_id, uint32_t agency, int64_t wall_us,
                                  const hj_action *action);

/* Moves the clocks of one incident to the plans of now, as hj_plans_migrate does with all.
 * BATON. O(its assignments). HJ_UNCHANGED (it follows them already); HJ_E_STALE; HJ_E_STATE (closed). Since 0.2. */
hj_status hj_incident_migrate(hj_engine *engine, uint64_t incident_id);

/* Reads an incident. BATON. O(its assignments). HJ_E_NULL, HJ_E_SIZE, HJ_E_NEWER, HJ_E_STALE. Since 0.1. */
hj_status hj_incident_read(hj_engine *engine, uint64_t incident_id, hj_incident_status *status);

/* ---- Assignments ----------------------------------------------------------------------------------------------- */

/* Moves an assignment to `state` and derives the incident's state and the unit's activity from it. Legal: forward, also
 * skipping; CLEARED only from ON_SCENE or later; DECLINED before ON_SCENE (the next best unit is sent at once);
 * CANCELLED before CLEARED. EXPIRED, DIVERTED, EXCHANGED, RESERVED are the engine's. Backward moves need the _by form
 * with a reason. When the last unit leaves an incident that nobody reached, the incident waits again and is served at
 * once if possible; else, since 0.3, its pending clock runs again, from the receipt.
 *
 * A backward move takes back what followed from the state (since 0.3): the acknowledge, turnout, delivery and report
 * clocks of the assignment and the arrival clock of the incident run again from where they began, so that one that is
 * overdue fires at once, late; welfare ends; the incident's arrival is that of another unit that was there, or none;
 * figures are counted once.
 *
 * `wall_us` in the past is when it really happened: a promise that was kept then is no broken one (hj_breach.flags),
 * whatever was told meanwhile.
 * BATON. O(1), and a decision where a unit must be replaced.
 * HJ_UNCHANGED (already there); HJ_E_STALE; HJ_E_STATE (not legal); HJ_E_REASON (backward without reason);
 * HJ_E_ARGUMENT (no such state; wall_us negative). Since 0.1. */
hj_status hj_assignment_advance(hj_engine *engine, uint64_t assignment_id, int32_t state, int64_t wall_us);
hj_status hj_assignment_advance_by(hj_engine *engine, uint64_t assignment_id, int32_t state, int64_t wall_us,
                                   const hj_action *action);

/* Sends the unit of an assignment to another incident 抽调. The assignment ends as DIVERTED and the unit gets a new one,
 * by hand, whose id is put into `*new_assignment_id` (may be NULL); between the two it is never free.
 *
 * The first incident keeps all its clocks: its arrival clock runs until any unit arrives. It is served in this turn,
 * before anything newer: its next best unit goes (HJ_REASON_NEXT_UNIT), or it waits; with nobody left it is PENDING
 * again and its pending clock runs, from the receipt. HJ_EVENT_INCIDENT of the first incident with HJ_REASON_DIVERTED
 * tells it, behind the HJ_EVENT_ASSIGNMENT of each order.
 *
 * Before ON_SCENE only. `action` with `force` 1 and a reason takes a unit off that has arrived, or that transports: its
 * arrival stands, its seat is open again, and an incident that has nobody there is PENDING until somebody comes.
 * `wall_us` is told by the events, 0 = now.
 * BATON. O(1) and one travel time, and a decision for the first incident. HJ_E_STALE (assignment, incident);
 * HJ_E_CONFLICT (it is on that incident already); HJ_E_STATE (arrived, without force; the other incident is closed,
 * merged or held); HJ_E_REASON (force without a reason); HJ_FULL (16 live on the other); HJ_E_UNSUPPORTED (force above
 * 1; force in a journal of an earlier format); HJ_E_ARGUMENT (wall_us negative). Since 0.3. */
hj_status hj_assignment_divert(hj_engine *engine, uint64_t assignment_id, uint64_t to_incident_id, int64_t wall_us,
                               uint64_t *new_assignment_id);
hj_status hj_assignment_divert_by(hj_engine *engine, uint64_t assignment_id, uint64_t to_incident_id, int64_t wall_us,
                                  uint64_t *new_assignment_id, const hj_action *action);

/* The road from the unit's last position to the incident, on the travel times of now, in the profile of the incident's
 * plan (PLANS.md). `*needed` becomes the number of points; up to `capacity` are written. points NULL with capacity 0
 * asks for the number.
 * BATON. O(search + points). HJ_E_NULL (needed; points with capacity > 0); HJ_E_SIZE; HJ_E_STALE; HJ_E_STATE (the
 * unit's position or the incident's place is unknown); HJ_E_BUFFER (needed > capacity; the first `capacity` were
 * written). Since 0.1. */
hj_status hj_assignment_route(hj_engine *engine, uint64_t assignment_id, hj_route_point *points, uint32_t capacity,
                              uint32_t *needed);

/* Every channel to the unit failed: the delivery clock stops; to the acknowledge chain its notifications find nobody.
 * With `"nobody": "skip"` the chain goes on at once, usually to the next unit. A state of the unit undoes it.
 * BATON. O(1); the chain goes on with the next poll or turn of the loop. HJ_UNCHANGED (already said); HJ_E_STALE;
 * HJ_E_STATE (delivered or signed); HJ_E_ARGUMENT (wall_us negative). Since 0.2. */
hj_status hj_assignment_undeliverable(hj_engine *engine, uint64_t assignment_id, int64_t wall_us);

/* ---- Clocks ---------------------------------------------------------------------------------------------------- */

/* Reads a clock; `step` and `cycle` of the reference are ignored. A clock that does not run is HJ_CLOCK_STATE_NONE; so
 * is that of a watch that is paused, or for which the plans have no chain.
 * BATON. O(1). HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER; HJ_E_ARGUMENT (no such clock; an id that does not belong to it);
 * HJ_E_STALE (the id it goes by); HJ_E_UNKNOWN (no such watch). Since 0.2; clocks of watches since 0.3. */
hj_status hj_clock_read(hj_engine *engine, const hj_clock_ref *clock, hj_clock_status *status);

/* A person takes an escalation: it climbs and repeats no more, until its clock stops; or, where the plans give
 * `taken_s`, until that time has passed and it goes on with the next step. `action` carries the operator (not 0).
 * BATON. O(1). HJ_PASSED (another step has fired since); HJ_UNCHANGED (already taken); HJ_E_STEP (no such step has
 * fired yet); HJ_E_NO_CLOCK; HJ_E_STATE (closed, or merged into another); HJ_E_STALE; HJ_E_UNKNOWN (no such watch);
 * HJ_E_ARGUMENT (operator 0, ids as in hj_clock_read); HJ_E_UNSUPPORTED (`force`); HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER. A
 * sign of life, a pause or the end of its incident ends an absence, and with it what was taken or snoozed. Since 0.2;
 * clocks of watches since 0.3. */
hj_status hj_clock_take(hj_engine *engine, const hj_clock_ref *clock, const hj_action *action);

/* Puts the next step off, to `for_s` seconds from now; the steps after it count from then. Needs an operator and a
 * reason, and ends at most the policy's `snooze_max_s` after the step's own due time (before breach: after the limit).
 * The limit of a watch is put off for the silence of now: it counts from the next sign of life as ever.
 * BATON. O(1). As hj_clock_take, and HJ_UNCHANGED (it is due later anyway); HJ_E_SNOOZE (too long, or the policy allows
 * none); HJ_E_REASON (reason 0); HJ_E_STATE also when it was taken; HJ_E_ARGUMENT also for for_s 0. Since 0.2. */
hj_status hj_clock_snooze(hj_engine *engine, const hj_clock_ref *clock, uint32_t for_s, const hj_action *action);

/* Fires the next step now, taken or not; the steps after it count from now. Needs an operator.
 * BATON. O(1), and a decision where the step sends a unit. As hj_clock_take (never HJ_UNCHANGED), and HJ_FULL (no room
 * for the event: read some first), and HJ_E_STATE also for a watch whose chain rests on the incident that it opened.
 * Since 0.2; clocks of watches since 0.3. */
hj_status hj_clock_escalate(hj_engine *engine, const hj_clock_ref *clock, const hj_action *action);

/* ---- Journal and health ---------------------------------------------------------------------------------------- */

/* How the engine works (hj_health_info.mode; `state` of HJ_EVENT_MODE). Since 0.3. */
#define HJ_MODE_NORMAL 1
#define HJ_MODE_DEGRADED \
  2 /* it dispatches as ever; in doubt is that what it accepts is never lost, its time, or the run sheet */
#define HJ_MODE_MANUAL 3 /* 人工调度: it sends nobody by itself; shown also while degraded. Since 0.3 */

/* Why (bits of hj_health_info.reasons and hj_journal_info.reasons). docs/operating/journal.md says what to do. Four are
 * harmless and leave the engine HJ_MODE_NORMAL: TORN_TAIL, RECORDS_WENT, STREETS_NOT_KEPT, POSITIONS_LOST. With any
 * other it is degraded, and a person is wanted. Since 0.3. */
#define HJ_HEALTH_NOT_RECORDED 1u       /* no ring in shared memory: what is not durable dies with the process */
#define HJ_HEALTH_RING_LOST 2u          /* the ring of this boot was gone: what was recorded and not durable is lost */
#define HJ_HEALTH_RING_FILLING 4u       /* half full: the disk does not keep up */
#define HJ_HEALTH_DISK_FAILED 8u        /* nothing becomes durable */
#define HJ_HEALTH_DISK_FULL 16u         /* the reserve is in use */
#define HJ_HEALTH_LOCK_LOST 32u         /* another process may write: nothing is written any more */
#define HJ_HEALTH_OVER_BOUND 64u        /* the folder is larger than journal_bytes */
#define HJ_HEALTH_SNAPSHOT_DAMAGED 128u /* the newest snapshot could not be read: an older one, or none, was taken */
#define HJ_HEALTH_TORN_TAIL 256u        /* told once, not degraded: a crash had cut off what was not durable yet */
#define HJ_HEALTH_RING_DAMAGED 512u     /* a record in the ring and those behind it are lost, or a post: damaged */
#define HJ_HEALTH_RING_RESTARTED 1024u  /* the disk stands still: the ring began anew behind the engine's state */
#define HJ_HEALTH_NOT_SEALED 2048u      /* hj_config.seal fails: nothing becomes durable */
#define HJ_HEALTH_KEPT_TOO_LONG 4096u   /* older than a retain_... of the config says: no snapshot has it yet */
#define HJ_HEALTH_STREAMS_LOST 8192u  /* positions or heartbeats on record were missing or damaged when it was opened */
#define HJ_HEALTH_RECORDS_WENT 16384u /* told, not degraded: records went by retain_record_d; hj_journal_info.gone */
#define HJ_HEALTH_TIME_UNCERTAIN \
  65536u /* the machine was started anew and its wall clock had gone back; or something is older than a retain_... of
          * the config by the wall clock alone: it stays until that has stood for a day (docs/operating/journal.md) */
#define HJ_HEALTH_REBUILT_OTHERWISE 131072u /* a record did not give what it had given: please report it */
#define HJ_HEALTH_JOURNAL_ENDED \
  262144u                           /* the ring was full: nothing more is on record until the engine is opened anew */
#define HJ_HEALTH_RUN_SHEET 524288u /* the run sheet could not be written; the last whole one stays */
#define HJ_HEALTH_SNAPSHOT_FAILED 1048576u /* the last snapshot could not be made: records stay, opening takes longer */
#define HJ_HEALTH_STREETS_NOT_KEPT \
  2097152u /* not degraded: street times have no room in the ring's file; after a kill only closures are there again */
#define HJ_HEALTH_POSITIONS_LOST \
  4194304u /* not degraded: the ring was three quarters full, and positions are on no record (HJ_TELEMETRY_ALL); until
            * it is opened anew */

/* What a record has survived when hj_journal_wait returns. Since 0.3. */
#define HJ_STRENGTH_RECORDED 1 /* the death of the process */
#define HJ_STRENGTH_DURABLE 2  /* a power cut */

/* hj_journal_info.state. Since 0.3. */
#define HJ_JOURNAL_OFF 0 /* no journal_path */
#define HJ_JOURNAL_GOOD 1
#define HJ_JOURNAL_DEGRADED 2

/* hj_journal_info.held_by: what keeps records that journal_bytes has no room for. Since 0.3. */
#define HJ_HELD_BY_NOTHING 0   /* no segment is finished, or the oldest goes with the next look, a second later */
#define HJ_HELD_BY_RETENTION 1 /* it is younger than retain_record_d says; 0 keeps all: `hujia journal archive` */
#define HJ_HELD_BY_SNAPSHOT 2  /* it is old enough, and two snapshots do not have it yet: a thread makes them */

typedef struct hj_journal_info {
  uint32_t size;
  int32_t state;        /* HJ_JOURNAL_... */
  uint64_t recorded;    /* the newest record; 0 = none */
  uint64_t durable;     /* all up to this one survive a power cut */
  uint64_t head_record; /* the last record of the newest hash, and */
  uint8_t head[32];     /* that hash (`digest`) over all records up to it, each batch over the one before */
  int64_t lag_ns;       /* age of the oldest record that is not durable; 0 = there is none */
  int64_t disk_bytes;   /* of the folder */
  uint32_t reasons;     /* HJ_HEALTH_... bits of the journal */
  hj_status last_error; /* HJ_OK, or HJ_E_JOURNAL after an error of the disk since it was opened */
  int64_t append_p50_ns, append_p99_ns; /* of the time that a record takes a caller, one in 16; 0 in HJ_RUN_POLL */
  uint64_t rebuilt;                     /* records that opening applied */
  int32_t digest;                       /* of `head`: HJ_DIGEST_... */
  int32_t held_by;                      /* HJ_HELD_BY_...: what keeps the oldest segment that is written to no more */
  int64_t append_p999_ns, append_longest_ns; /* of the same records as append_p50_ns; the longest of all */
  uint64_t first_record;    /* the first that stands in a segment: those before it are in snapshots, went, or were
                             * archived; 0 = no segment has any yet */
  uint64_t gone;            /* records that went since the engine was opened, because they were older than
                             * retain_record_d and two snapshots had them: HJ_HEALTH_RECORDS_WENT */
  uint64_t archivable;      /* `hujia journal archive` could move the segments up to this record; 0 = none */
  int64_t archivable_bytes; /* and so much of disk_bytes with them */
  uint64_t positions_lost;  /* positions that HJ_TELEMETRY_ALL left off the record since it was opened: the ring was
                             * three quarters full. They were taken in and served; HJ_HEALTH_POSITIONS_LOST */
} hj_journal_info;

typedef struct hj_health_info {
  uint32_t size;
  int32_t mode;     /* HJ_MODE_... */
  uint32_t reasons; /* HJ_HEALTH_... bits. TORN_TAIL, RECORDS_WENT, STREETS_NOT_KEPT and POSITIONS_LOST are told of a
                     * well engine too: alarms go by `mode` */
  uint32_t reserved0;
} hj_health_info;

/* How far the journal is. ANY THREAD, without waiting. O(1). HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER. Since 0.3. */
hj_status hj_journal_status(hj_engine *engine, hj_journal_info *info);

/* Waits until a record (hj_dispatch.record, hj_event.record; 0 = all that is recorded now) has a strength
 * (HJ_STRENGTH_...), at most timeout_ns. A thread of the journal writes and syncs it, in every run mode.
 * ANY THREAD; it blocks, and holds the baton not at all. HJ_TIMEOUT; HJ_E_JOURNAL (it never will be: there is no
 * journal or no such record, or the journal has failed or ended); HJ_E_ARGUMENT (strength, timeout_ns negative);
 * HJ_E_DEADLOCK (from inside a call that the engine carries out). Since 0.3. */
hj_status hj_journal_wait(hj_engine *engine, uint64_t record, int32_t strength, int64_t timeout_ns);

/* How the engine is, also without a journal. ANY THREAD, without waiting. O(1). HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER.
 * Since 0.3. */
hj_status hj_health(hj_engine *engine, hj_health_info *health);

/* A person takes the sending over (HJ_MODE_MANUAL), or gives it back (HJ_MODE_NORMAL; it is degraded then where
 * something is wrong). `action` says which person and why; NULL: operator 0. It is told by HJ_EVENT_MODE, is on record,
 * and holds when the engine is opened again.
 *
 * In HJ_MODE_MANUAL the engine sends nobody by itself. It tells what it would do: a report answers with the units that
 * would go (hj_incident_report); the steps NEXT_UNIT and BACKUP, freed units, appointments and whatever else leaves a
 * seat open are told by an event with HJ_REASON_PROPOSED. Opening, sending by hand, states, closing and all clocks go
 * on, and so do FIRST_LEADS and the incidents that watches open. What would have been served waits. With the end of the
 * mode all free units are offered to what waits, the most urgent first, in slices (CONVENTIONS, "Bounded turns").
 * BATON. O(1). HJ_UNCHANGED (it already was so); HJ_E_ARGUMENT (another mode: the engine tells HJ_MODE_DEGRADED by
 * itself); HJ_E_SIZE, HJ_E_NEWER, HJ_E_UNSUPPORTED (action). Since 0.3. */
hj_status hj_mode_set(hj_engine *engine, int32_t mode, const hj_action *action);

/* ---- Events ---------------------------------------------------------------------------------------------------- */

/* Takes up to `capacity` events out, oldest first. Set events[0].size. Where ordinary events were lost, an
 * HJ_EVENT_OVERFLOW stands in their place, before anything that came after them and also when nothing did: `step` is
 * their number, `sequence` that of the last of them, `wall_us` its time. So the numbers that are read leave no gap that
 * was not told.
 *
 * With HJ_EVENTS_WHEN_DURABLE (since 0.3) none is handed out before the record that it stands on is durable, nor any
 * behind it: hj_event.record <= hj_journal_info.durable. While the disk hangs, events wait: hj_journal_info.lag_ns
 * tells it at once, hj_health when the ring is half full. A disk that has failed (HJ_HEALTH_DISK_FAILED, _LOCK_LOST,
 * _RING_RESTARTED, _JOURNAL_ENDED) stops no dispatch: events are handed out, and those that are not durable say so
 * (HJ_EVENT_FLAG_NOT_DURABLE).
 * BATON. O(events).
 * HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER. capacity 0 is HJ_OK with *count 0. Since 0.1. */
hj_status hj_events_poll(hj_engine *engine, hj_event *events, uint32_t capacity, uint32_t *count);

/* Says that the host has handled all events up to this number: after a crash they do not come again. Of those that were
 * read and never acknowledged the last repeat_s come again (hj_config). Without a journal it does nothing but remember
 * the number. BATON. O(log of the events that come again). HJ_UNCHANGED (acknowledged before); HJ_E_ARGUMENT (no event
 * of that number yet). Since 0.3. */
hj_status hj_events_ack(hj_engine *engine, uint64_t sequence);

/* A descriptor that is readable while events that can be read, or losses that were not told yet, wait; for poll,
 * select, epoll or uv_poll_t. With HJ_EVENTS_WHEN_DURABLE it may wake a host once for events that were read already.
 * Do not read or close it: hj_events_poll resets it when it has taken the last event. It lives as long as the
 * engine.
 * ANY THREAD. O(1). -1 when the engine is not open (or in a forked child). Since 0.1. */
int32_t hj_events_fd(hj_engine *engine);

/* ---- Asking: what is open -------------------------------------------------------------------------------------- */

/* For a host that starts again, or that has lost an answer. docs/operating/after-a-restart.md shows the whole way.
 * Since 0.3.
 *
 * Pages. `*cursor` is 0 for the first page. It is 0 again with the last one; until then hand it back as it is. A page
 * holds up to `capacity` entries, at most HJ_PAGE_MAX, and may be short; only a last page is empty. Set the first
 * element's size. No order is promised.
 *
 * Truth. A page is true at one moment: `*sequence` (NULL: not wanted) becomes the number of the newest event then.
 * Events of higher numbers tell what came later. What is in the list from the first page to the last stands on
 * exactly one page. What comes or goes in between stands on one or on none, and its events have numbers above the
 * `*sequence` of the first page.
 *
 * So a host that reads all pages, and then the events above that number, knows all. Changes that a host makes
 * without an event (units and watches that are put or removed, activities) are its own to order.
 *
 * A cursor that this list of this engine did not give is HJ_E_ARGUMENT, or gives some of the pages that follow. */
#define HJ_PAGE_MAX 64

/* The incident of a report: by its key, else (key 0/0) by its reference, 32 bytes as in hj_report, not all 0. With a
 * key the reference is not looked at. Open incidents are found, and those that are over for as long as their record is
 * kept: until their slot is needed (max_incidents). Keys are found here longer than hj_incident_report knows them
 * (key_retention_s). Of several with the same key or reference it is the one that was opened last. After an update
 * (hj_incident_update) the reference is the new one.
 * BATON. O(1). HJ_E_NULL (incident_id; reference, where the key is 0/0); HJ_E_ARGUMENT (key 0/0 and reference all 0);
 * HJ_E_UNKNOWN (none has it). Since 0.3. */
hj_status hj_incident_find(hj_engine *engine, uint64_t key_high, uint64_t key_low, const uint8_t *reference,
                           uint64_t *incident_id);

/* All incidents that are not over, as hj_incident_read gives them: open ones, held ones, and closed ones that wait for
 * their call-back. capacity 0 is HJ_OK with *count 0, and leaves the cursor as it is.
 * BATON, in slices of 1,024 slots and at most one page. O(max_incidents) for all pages. HJ_E_NULL (cursor, count;
 * incidents with capacity > 0); HJ_E_SIZE; HJ_E_NEWER; HJ_E_ARGUMENT (cursor). Since 0.3. */
hj_status hj_incidents_list(hj_engine *engine, uint64_t *cursor, hj_incident_status *incidents, uint32_t capacity,
                            uint32_t *count, uint64_t *sequence);

/* All units, as hj_unit_read gives them; capacity 0 as there.
 * BATON, as hj_incidents_list. O(max_units) for all pages. HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER; HJ_E_ARGUMENT (cursor).
 * Since 0.3. */
hj_status hj_units_list(hj_engine *engine, uint64_t *cursor, hj_unit_status *units, uint32_t capacity, uint32_t *count,
                        uint64_t *sequence);

/* All watches, as hj_watch_read gives them; capacity 0 as there.
 * BATON, as hj_incidents_list. O(max_watches) for all pages. HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER; HJ_E_ARGUMENT (cursor).
 * Since 0.3. */
hj_status hj_watches_list(hj_engine *engine, uint64_t *cursor, hj_watch_status *watches, uint32_t capacity,
                          uint32_t *count, uint64_t *sequence);

/* One live assignment: its unit, its state, its times, the way that is left. What an assignment that has ended was,
 * its last event says.
 * BATON. O(1), and the search for the way. HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER; HJ_E_STALE. Since 0.3. */
hj_status hj_assignment_read(hj_engine *engine, uint64_t assignment_id, hj_assignment *assignment);

/* The live assignments of an incident, oldest first: `*count` becomes their number, at most HJ_CHOSEN_MAX, and up to
 * `capacity` are written. Set assignments[0].size; assignments NULL with capacity 0 asks for the number.
 * BATON. As hj_assignment_read for each. HJ_E_NULL (count; assignments with capacity > 0); HJ_E_SIZE; HJ_E_NEWER;
 * HJ_E_STALE (the incident's id); HJ_E_BUFFER (more than `capacity`; the first ones were written). Since 0.3. */
hj_status hj_incident_units(hj_engine *engine, uint64_t incident_id, hj_assignment *assignments, uint32_t capacity,
                            uint32_t *count);

/* ---- Watches --------------------------------------------------------------------------------------------------- */

/* Adds a watch or replaces what is known of it (that is no sign of life; a running chain goes on). Its limit runs from
 * the last sign of life on the engine's own clock: no jump of the wall clock moves it. What happens when it passes
 * stands in the plans (clocks.absence; by default the home officer at once, the grid worker 2 h later, an incident 2 h
 * after that). The chain of the plans of the moment holds. Escalations of watches are never lost either.
 * BATON. O(log watches). HJ_FULL (max_watches); HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER; HJ_E_ARGUMENT (id 0, tiers, flags,
 * datum, last_wall_us negative or beyond max_ahead_s); HJ_E_RANGE. Since 0.2. */
hj_status hj_watch_put(hj_engine *engine, const hj_watch *watch);

/* The same, signed by a person (`action`; NULL: nobody): the journal has the person with the record. BATON.
 * Otherwise as hj_watch_put, and the errors that hj_action names. Since 0.3. */
hj_status hj_watch_put_by(hj_engine *engine, const hj_watch *watch, const hj_action *action);

/* Takes a watch out; an incident that it opened goes on. BATON. O(log watches). HJ_E_UNKNOWN. Since 0.2. */
hj_status hj_watch_remove(hj_engine *engine, uint64_t watch_id);

/* The same, signed by a person (`action`; NULL: nobody): the journal has the person with the record. BATON.
 * Otherwise as hj_watch_remove, and the errors that hj_action names. Since 0.3. */
hj_status hj_watch_remove_by(hj_engine *engine, uint64_t watch_id, const hj_action *action);

/* Takes signs of life in, in the order given. The newest device time of a watch wins: an older one is refused, so a
 * backlog uploaded late ends nothing wrongly; one that lies in the future counts as now; beyond max_ahead_s it is
 * refused. Device times are mapped to the engine's clock once, when they come in.
 *
 * A sign of life within the limit ends a running chain (HJ_EVENT_ABSENCE_ENDED); an incident already opened stays for a
 * person to end. One with the time of the newest known is taken and ends nothing, such as a step that a person hurried
 * (since 0.3). `*accepted` (may be NULL) says how many were taken; a refused one (unknown watch, older, ahead,
 * negative) never fails the batch. `count` 0 is HJ_OK; at most 1,048,576.
 * BATON, in slices of 256. O(1) each; no deadline is touched. HJ_PARTIAL (some were refused);
 * HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER (first element); HJ_E_ARGUMENT (count). Since 0.2. */
hj_status hj_watch_beats(hj_engine *engine, const hj_heartbeat *beats, uint32_t count, uint32_t *accepted);

/* No silence counts until `until_wall_us` (0: until hj_watch_resume): someone is away. The time is mapped to the
 * engine's clock now. A running chain ends. Heartbeats are still noted, and alarms still open incidents.
 * BATON. O(log watches). HJ_UNCHANGED (paused until then already); HJ_E_UNKNOWN; HJ_E_ARGUMENT (not in the future);
 * HJ_E_STATE (a time before the first hj_engine_poll). Since 0.2. */
hj_status hj_watch_pause(hj_engine *engine, uint64_t watch_id, int64_t until_wall_us);

/* The same, signed by a person (`action`; NULL: nobody): the journal has the person with the record. BATON.
 * Otherwise as hj_watch_pause, and the errors that hj_action names. Since 0.3. */
hj_status hj_watch_pause_by(hj_engine *engine, uint64_t watch_id, int64_t until_wall_us, const hj_action *action);

/* Silence counts again, from now. BATON. O(log watches). HJ_UNCHANGED (it is not paused); HJ_E_UNKNOWN. Since 0.2. */
hj_status hj_watch_resume(hj_engine *engine, uint64_t watch_id);

/* The same, signed by a person (`action`; NULL: nobody): the journal has the person with the record. BATON.
 * Otherwise as hj_watch_resume, and the errors that hj_action names. Since 0.3. */
hj_status hj_watch_resume_by(hj_engine *engine, uint64_t watch_id, const hj_action *action);

/* The source raised an alarm: opens an incident at the watch's place (its carrier's, if it has one), as
 * hj_incident_report does. While an incident that this watch opened is open, further alarms are repeats: HJ_EXISTS and
 * the units already sent; one that is more urgent raises the incident's tier, and leaves the flags that the incident
 * has. `dispatch` may be NULL. An alarm is no sign of life.
 * BATON. A decision. HJ_EXISTS; HJ_MANUAL; HJ_FULL (max_incidents); HJ_E_UNKNOWN; HJ_E_SIZE; HJ_E_NEWER; HJ_E_ARGUMENT
 * (wall_us). Since 0.2. */
hj_status hj_watch_alarm(hj_engine *engine, uint64_t watch_id, int64_t wall_us, hj_dispatch *dispatch);

/* The same, signed by a person (`action`; NULL: nobody): the journal has the person with the record. The incident
 * that it opens keeps the act. BATON. Otherwise as hj_watch_alarm, and the errors that hj_action names. Since 0.3. */
hj_status hj_watch_alarm_by(hj_engine *engine, uint64_t watch_id, int64_t wall_us, hj_dispatch *dispatch,
                            const hj_action *action);

/* Reads a watch. BATON. O(1). HJ_E_NULL, HJ_E_SIZE, HJ_E_NEWER, HJ_E_UNKNOWN. Since 0.2. */
hj_status hj_watch_read(hj_engine *engine, uint64_t watch_id, hj_watch_status *status);

/* ---- Figures --------------------------------------------------------------------------------------------------- */

/* How long an interval took, by one dimension, since open or the last reset. Times that the host gave with its calls
 * count, mapped to the engine's clock when they came; intervals of one incident count with its tier and type of the
 * moment they ended. The first figure_types types (agencies, beats) that come get a row each, all later ones one row
 * together.
 * BATON. O(buckets). HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER; HJ_E_ARGUMENT (dimension, interval).
 * Since 0.2. */
hj_status hj_figures_read(hj_engine *engine, const hj_figures_query *query, hj_figures *figures);

/* The values of a dimension that have a row of their own, in the order in which they first came. `*count` becomes their
 * number; values NULL with capacity 0 asks for it.
 * BATON. O(values). HJ_E_NULL (count; values with capacity > 0); HJ_E_ARGUMENT (dimension); HJ_E_BUFFER (the first
 * `capacity` were written). Since 0.2. */
hj_status hj_figures_values(hj_engine *engine, int32_t dimension, uint32_t *values, uint32_t capacity, uint32_t *count);

/* The latest broken promises of incidents and assignments, newest first: up to `capacity` of the last breach_capacity.
 * One that turned out to be kept stays in the list, marked HJ_BREACH_KEPT_TOLD_LATE. A promise whose limit passed
 * before its clock stopped is in it also where no step had fired yet (since 0.3).
 * Set breaches[0].size. In slices of 1,024: those that come meanwhile are not among them. BATON for each. O(breaches).
 * HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER. capacity 0 is HJ_OK with *count 0. Since 0.2. */
hj_status hj_figures_breaches(hj_engine *engine, hj_breach *breaches, uint32_t capacity, uint32_t *count);

/* Sets all figures to zero and empties the list of breaches; what began before counts when it ends. (hj_stats.breaches
 * goes on.)
 * BATON. O(1). Since 0.2. */
hj_status hj_figures_reset(hj_engine *engine);

/* ---- Streets --------------------------------------------------------------------------------------------------- */

/* How places meet the streets. A place belongs to the nearest street; to an islet (streets that the data does not join
 * to the rest, of fewer than 64 junctions and less than half of the largest part) only where no other street lies
 * within snap_limit_m (off the network: within twice the islet's distance). Within 0.5 m of its street a place is on
 * it.
 *
 * Beyond, the straight line to the street counts in every travel time and distance, at 30 km/h in every profile:
 * units and calls, the nearest, the chosen, roads, `radius_m` of plans. Farther than snap_limit_m is off the network,
 * and marked.
 *
 * A street that traffic has closed is driven through by nobody; what stands or happens on it leaves it and is reached
 * at the map's own time for that piece. A junction has no piece of its own: within 0.5 m of one whose streets are all
 * closed a unit or call is not connected, and marked as an estimate. Two places off one street count both ways to it,
 * however near they are to each other: what lies between them (water, a fence) is not known.
 *
 * Longitudes go the short way round, also across 180 degrees. Since 0.3. */

/* The k units with the least travel time to a place, nearest first, ties by unit id; units that the streets do not
 * connect come last with a marked straight-line estimate; units without a position never come. Set nearest[0].size.
 * BATON. Exact. HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER; HJ_E_ARGUMENT (k 0 or over 64; levels; datum; profile);
 * HJ_E_RANGE (0/0 too); HJ_E_BUFFER (capacity < k and more were found: the first `capacity` were written). Since
 * 0.1. */
hj_status hj_nearest_units(hj_engine *engine, const hj_nearest_query *query, hj_nearest *nearest, uint32_t capacity,
                           uint32_t *count);

/* The travel time between two places (WGS-84) now, in milliseconds, and with distance_dm not NULL the length of the
 * shortest of the fastest roads, in decimetres; the time alone is found in a third of the time. `profile`:
 * HJ_PROFILE_...; `flags` may be NULL: HJ_ROUTE_... (a straight-line estimate, places off the network); `epoch` may be
 * NULL: of the travel times it was computed on, 0 = the map's. What is refused writes nothing.
 * BATON. No allocation. O(depth of the map's hierarchy): well below a microsecond, besides snapping the two places.
 * HJ_E_NULL (travel_ms); HJ_E_ARGUMENT (profile); HJ_E_RANGE (0/0 too, on a map). Since 0.2. */
hj_status hj_travel_time(hj_engine *engine, int32_t from_lat_e7, int32_t from_lon_e7, int32_t to_lat_e7,
                         int32_t to_lon_e7, int32_t profile, uint32_t *travel_ms, uint32_t *distance_dm,
                         uint32_t *flags, uint64_t *epoch);

/* The fastest road between two places (WGS-84) now; its points are in hj_config.output_datum. The first point is the
 * place itself, the last one the other; the way between a place and its street (see above) counts as a part of the
 * street driven next to it. The last point's time is the travel time. At most the first 65,536 points are handed out.
 * `summary` and `needed` may be NULL, and `points` with capacity 0.
 * BATON. O(search + points). HJ_E_NULL (points with capacity > 0); HJ_E_SIZE; HJ_E_NEWER; HJ_E_RANGE (0/0 too, on a
 * map); HJ_E_BUFFER as in hj_assignment_route. Since 0.1. */
hj_status hj_route(hj_engine *engine, int32_t from_lat_e7, int32_t from_lon_e7, int32_t to_lat_e7, int32_t to_lon_e7,
                   hj_route_summary *summary, hj_route_point *points, uint32_t capacity, uint32_t *needed);

/* The same in a profile of the caller's choice: hj_route is this with HJ_PROFILE_DEFAULT. BATON. Errors as there, and
 * HJ_E_ARGUMENT (profile). Since 0.2. */
hj_status hj_route_by_profile(hj_engine *engine, int32_t from_lat_e7, int32_t from_lon_e7, int32_t to_lat_e7,
                              int32_t to_lon_e7, int32_t profile, hj_route_summary *summary, hj_route_point *points,
                              uint32_t capacity, uint32_t *needed);

/* The name of a street, by the id that hj_route_point.street_id and hj_unit_status.street_id give: UTF-8 as the map's
 * source has it. Where several pieces have one id, the first one's. `*needed` becomes the bytes it takes, its closing
 * zero included (1: the street has no name). With capacity >= 1 the buffer always ends up zero-terminated. buffer NULL
 * with capacity 0 asks for the number.
 * ANY THREAD, without waiting: the map never changes. O(log streets + length); O(streets) on a map that was compiled
 * before 0.2 with ids that do not ascend. HJ_E_NULL (needed; buffer with capacity > 0); HJ_E_UNKNOWN (no street has
 * that id); HJ_E_BUFFER (needed > capacity; as many whole characters as fit were written). Since 0.2. */
hj_status hj_street_name(hj_engine *engine, uint64_t street_id, char *buffer, uint32_t capacity, uint32_t *needed);

/* ---- Live traffic: since 0.2 ----------------------------------------------------------------------------------- */

/* Takes in travel times of streets as they are now. They stay until others come for the same street, or
 * HJ_STREET_AS_MAPPED, or the engine closes; streets not named keep what they have. The call returns at once; the
 * library builds the next epoch of travel times on threads of its own (HJ_RUN_POLL: the next hj_engine_poll does it)
 * and every answer after HJ_EVENT_TRAFFIC is exact for it; every answer before is exact for the epoch before. Answers
 * say which: `epoch`.
 *
 * The library publishes an epoch on its own thread, in every run mode but HJ_RUN_POLL, at any moment after this call
 * began and whether the host's loop turns or not: before an answer names an epoch its event waits to be read, and
 * epochs never go back.
 *
 * What is reported while an epoch is being built goes into the one after, all of it, the newest time of a street only,
 * so a feed that is faster than the builder costs epochs, not memory and not order.
 *
 * One refused street never fails the rest: unknown id, time out of range, no such direction, or a bad direction or
 * profile. hj_traffic_report_each says which.
 *
 * Cost, on 264,000 nodes: closing one street 2 ms of processor time as a rule and 100 ms at worst, by how many ways
 * lead over it; opening it again 0.1 ms; a main road of a hundred streets as much as everything at once, 0.3 s shared
 * by two threads. Everything is computed for the first epochs, and when more than one arc in 24 changed.
 *
 * Memory: the first report (HJ_TRAFFIC_ON_DEMAND) or opening (HJ_TRAFFIC_AT_OPEN) takes a second epoch's tables and
 * starts two threads (none in HJ_RUN_POLL); a first report for one profile only, on a map with one travel time, takes
 * that profile's tables. Those calls are cold. Afterwards neither reports nor builds allocate. hj_engine_close waits
 * for a build under way; what is not built by then is dropped.
 * ANY THREAD, does not wait for builds. About 0.3 microseconds a street, O(log streets) each. `count` 0 is HJ_OK; at
 * most 1,048,576.
 * HJ_PARTIAL (some were refused, perhaps all); HJ_E_NULL; HJ_E_SIZE; HJ_E_NEWER (first element); HJ_E_ARGUMENT (count);
 * HJ_E_UNSUPPORTED (HJ_TRAFFIC_OFF); HJ_E_MEMORY, HJ_E_SYSTEM (a cold call was refused: nothing was taken, the answers
 * stay as they are, the next report tries again); HJ_E_DEADLOCK (from an allocator's hook, while the memory for live
 * traffic is being taken; nothing was taken). Since 0.2. */
hj_status hj_traffic_report(hj_engine *engine, const hj_street_time *times, uint32_t count);

/* The same, and says what became of each: verdicts[i] (`verdicts` may be NULL, else `count` entries) is HJ_OK,
 * HJ_E_UNKNOWN (no street has that id, or it cannot be driven in that direction) or HJ_E_ARGUMENT (travel_ms,
 * direction, profile); `*accepted` (may be NULL) is how many were taken. Since 0.2. */
hj_status hj_traffic_report_each(hj_engine *engine, const hj_street_time *times, uint32_t count, hj_status *verdicts,
                                 uint32_t *accepted);

/* The same by a person. Each street that is closed (HJ_STREET_CLOSED), and each that is given back its map's time
 * (HJ_STREET_AS_MAPPED), is an act of its own on record before the call answers, with operator, session, role and
 * reason. Times are telemetry and carry no name, also one that opens a closed street: say HJ_STREET_AS_MAPPED first to
 * sign the lifting.
 *
 * A process that is killed in the call may leave a street changed and no act, never an act on record whose street is as
 * before. `action` may be NULL (nobody: hj_traffic_report_each); force and reserved fields are 0. Checked before any
 * street is taken.
 * ANY THREAD; a signed street takes the baton for a turn, in the order given: O(log streets) each.
 * Answers as hj_traffic_report_each. Also verdicts[i] HJ_FULL (the journal's ring is three quarters full; the street
 * is as it was) and HJ_E_UNSUPPORTED (a journal of a format before 3: see docs/support.md). HJ_E_UNSUPPORTED also of
 * the call (force, reserved); HJ_E_SIZE (action). Since 0.3. */
hj_status hj_traffic_report_by(hj_engine *engine, const hj_street_time *times, uint32_t count, hj_status *verdicts,
                               uint32_t *accepted, const hj_action *action);

#ifdef __cplusplus
}
#endif

#endif
