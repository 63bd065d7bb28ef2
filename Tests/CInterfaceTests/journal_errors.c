/* Each file call of a fixed life fails once, or from then on, or is interrupted or cut short: every call of the host is
 * answered, what is wrong is told, the next process finds all that was answered, and no segment of which a sync failed
 * is written again.
 *
 *   journal_errors [STEP [FAULT [FROM]]]    at every STEP-th call; default: about seven of each kind of fault; 1: all.
 *                                           FAULT: that kind alone, 1 to 6 (`kinds` below). FROM: from this call on */
#define _GNU_SOURCE
#include <time.h>

#include "faulty_calls.h"
#include "fixed_life.h"

static struct told {
  int32_t was_refused; /* an open said no, and why */
  hj_status status;
  char field[64], text[256];
  int32_t may_lack; /* no ring, no disk, and the engine goes: what was answered may be lost, and that was told */
  int32_t no_ring;  /* when the engine closed: the snapshot of its close alone could have the newest positions */
  int32_t is_late;  /* something never became durable, and then */
  uint32_t reasons, health;
  int32_t mode;
} * told;

/* An open that the disk refuses says so, and the next one goes on. */
static void open_or_say(void) {
  hj_config config = life_config();
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_status status = hj_engine_open(&config, &engine, &detail);
  if (status == HJ_OK) return;
  told->was_refused = 1;
  told->status = status;
  memcpy(told->field, detail.field,
         sizeof told->field < sizeof detail.field ? sizeof told->field : sizeof detail.field);
  told->field[sizeof told->field - 1] = 0;
  snprintf(told->text, sizeof told->text, "%s", detail.text);
  faults->is_on = 0;
  engine = open_engine(&config);
}

static void wait_or_say(void) {
  /* Twice the time after which a failed disk is tried again, and again where nothing is wrong and the machine is busy;
   * what was late once is not waited for a second time. */
  int64_t time_ns = told->is_late ? SECOND_NS / 1000 : SECOND_NS / 2;
  for (int look = 0; look < 60; look++) {
    if (hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, time_ns) == HJ_OK || told->is_late) return;
    if ((journal_info(engine).reasons & ~(HJ_HEALTH_TORN_TAIL | HJ_HEALTH_RECORDS_WENT)) != 0) break;
  }
  hj_health_info health;
  memset(&health, 0, sizeof health);
  health.size = sizeof health;
  REQUIRE_STATUS(hj_health(engine, &health), HJ_OK);
  told->is_late = 1;
  told->reasons = journal_info(engine).reasons;
  told->health = health.reasons;
  told->mode = health.mode;
  told->may_lack = (told->reasons & HJ_HEALTH_NOT_RECORDED) != 0;
}

/* Without a ring a killed process takes with it what is not on the disk, and the newest positions: that is told. */
static void note_no_ring(void) {
  hj_health_info health;
  memset(&health, 0, sizeof health);
  health.size = sizeof health;
  REQUIRE_STATUS(hj_health(engine, &health), HJ_OK);
  if ((journal_info(engine).reasons & HJ_HEALTH_NOT_RECORDED) == 0) return;
  CHECK_EACH_EQUAL(health.mode, HJ_MODE_DEGRADED);
  CHECK_EACH_DIFFERENT(health.reasons & HJ_HEALTH_NOT_RECORDED, 0);
  told->may_lack = 1;
}

/* Lives to the end, whatever the disk does, and is killed there. */
static void live(void) {
  faults->is_on = 1;
  while (life->done < LIFE_STEPS) {
    const struct life_step *step = &life_steps[life->done];
    life->begun = life->done + 1;
    if (step->act == life_close) {
      wait_or_say();
      if (told->may_lack) break;
      told->no_ring |= (journal_info(engine).reasons & HJ_HEALTH_NOT_RECORDED) != 0;
      life_close(0);
    } else if (step->act == life_open) {
      /* An open reads what an earlier one left from the disk itself. */
      faults->failed_count = 0;
      open_or_say();
      life_has_opened = 1;
    } else if (step->act == life_wait) {
      wait_or_say();
    } else if (step->act == life_await_snapshot) {
      /* Where it cannot be made that is told, and the records stay. */
      if (!told->is_late) world_await_snapshot(life->snapshots, SECOND_NS / 4);
    } else {
      step->act(step->value);
    }
    life->done = life->begun;
  }
  note_no_ring();
  if (checks_failed > 0) _exit(3);
  kill(getpid(), SIGKILL);
}

static void run_with(int64_t at, int error, int for_ever, int kind) {
  life_forget(kind);
  memset(faults, 0, sizeof *faults);
  memset(told, 0, sizeof *told);
  faults->at = at;
  faults->error = error;
  faults->for_ever = for_ever;
  pid_t child = fork();
  REQUIRE_AT_LEAST(child, 0);
  if (child == 0) {
    checks_failed = 0;
    live();
  }
  int status;
  REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  CHECK_EACH_EQUAL(status, SIGKILL);
  faults->is_on = 0;
}

/* What it is refused with names the setting and says what is wrong; what is not durable is told. */
static void all_was_told(void) {
  if (told->was_refused) {
    CHECK_EACH(told->status == HJ_E_JOURNAL || told->status == HJ_E_MEMORY || told->status == HJ_E_LOCKED);
    CHECK_EACH_TEXT(told->field, "journal_path");
    CHECK_EACH_MORE(strlen(told->text), 10);
  }
  if (told->is_late) {
    CHECK_EACH_DIFFERENT(told->reasons & ~(HJ_HEALTH_TORN_TAIL | HJ_HEALTH_RECORDS_WENT), 0);
    CHECK_EACH_EQUAL(told->mode, HJ_MODE_DEGRADED);
    CHECK_EACH_DIFFERENT(told->health, 0);
  }
  CHECK_EACH_EQUAL(faults->retried, 0);
}

static int64_t from; /* the first call that fails; 0: as the fault has it */

static int64_t each(int64_t all, int64_t step, int error, int for_ever, const char *what) {
  int64_t hits = 0;
  for (int64_t at = from > 0 ? from : 1 + error % step; at <= all; at += step) {
    int failed = checks_failed;
    run_with(at, error, for_ever, (int)(at / step % LIFE_KINDS));
    hits += faults->hit != CALL_NONE && faults->hits > 0;
    all_was_told();
    if ((life->done < LIFE_STEPS && !told->may_lack) || failed != checks_failed) {
      fprintf(stderr, "%s at call %" PRId64 " (%s): step %d of %d\n", what, at, call_names[faults->hit], life->done,
              LIFE_STEPS);
      CHECK_EACH(0);
      remove_folder();
      return hits;
    }
    life_lacks_positions = told->no_ring;
    if (!told->may_lack && !life_again(HJ_HEALTH_KEPT_TOO_LONG)) {
      fprintf(stderr, "%s at call %" PRId64 " (%s), and the next process\n", what, at, call_names[faults->hit]);
      return hits;
    }
    remove_folder();
  }
  printf("note: %s: %" PRId64 " of %" PRId64 " calls\n", what, hits, all);
  fflush(stdout);
  return hits;
}

static const struct {
  int error, for_ever;
  const char *name;
} kinds[] = {
    {EIO, 0, "EIO"},
    {ENOSPC, 0, "ENOSPC"},
    {EINTR, 0, "EINTR"},
    {0, 0, "half of a write or read"},
    {EIO, 1, "EIO from then on"},
    {ENOSPC, 1, "ENOSPC from then on"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

int main(int argc, char **argv) {
  life_take_book();
  faults_take();
  told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(told != MAP_FAILED && (void *)faults != MAP_FAILED);
  int fault = argc > 2 ? atoi(argv[2]) : 0;
  REQUIRE(fault >= 0 && fault <= KINDS);
  life_undisturbed();
  run_with(0, 0, 0, LIFE_KINDS - 1);
  int64_t all = faults->count;
  CHECK_EACH(life_again(HJ_HEALTH_KEPT_TOO_LONG));
  remove_folder();
  CHECK_MORE(all, 60);
  int64_t step = argc > 1 ? atol(argv[1]) : all / 7;
  from = argc > 3 ? atol(argv[3]) : 0;
  int64_t hits = 0;
  for (int kind = 0; kind < KINDS; kind++)
    if (fault == 0 || fault == kind + 1)
      hits += each(all, step, kinds[kind].error, kinds[kind].for_ever, kinds[kind].name);
  /* Of those that do half there are fewer: only writes and reads have halves. */
  CHECK_AT_LEAST(hits, from > 0 ? 1 : fault == 0 ? 3 * (all / step) : fault == 4 ? 1 : all / step / 2);
  return check_finish();
}
