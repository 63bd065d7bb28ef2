/* Power cuts on real file systems: an ext4 and an XFS in files are shut down without their logs (FS_IOC_SHUTDOWN) in
 * the midst of work, with the ring and the boot gone as well. What was durable is there again, and what came back is
 * what was answered first, without a gap.
 *
 *   journal_cuts [CUTS]     of each file system; default: 25 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "life_kinds.h"

enum { CALLS = 20000, KEPT = 64, NO_LOG = 2 };
#define SHUT_DOWN _IOR('X', 125, uint32_t)

/* ---- Another boot each time ---- */

static char boot[48];

/* Found before the C library's own. */
int open(const char *name, int how, ...) {
  va_list rest;
  va_start(rest, how);
  mode_t mode = how & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (boot[0] == 0 || strcmp(name, "/proc/sys/kernel/random/boot_id") != 0)
    return (int)syscall(SYS_openat, AT_FDCWD, name, how, mode);
  int file = memfd_create("boot", MFD_CLOEXEC);
  if (file < 0 || write(file, boot, strlen(boot)) < 0 || lseek(file, 0, SEEK_SET) != 0) return -1;
  return file;
}

/* ---- What the host knows ---- */

struct known {
  uint64_t id, assignment, record;
  /* Of its assignment, and whether it is closed: as answered last, and when all up to there was durable. */
  int32_t state, sure_state, is_closed, sure_closed;
};

static struct book {
  uint32_t count;
  uint64_t durable; /* the newest record that was said to be */
  int32_t is_open;
  int32_t act; /* under way: 1 + the call's number */
  uint64_t answered, waited;
  int32_t kind; /* LIFE_... bits */
  struct known calls[CALLS];
} * book;

static hj_engine *engine;
static char base[64], image[96], place_of_mount[96], ring_path[96];

static void run(int is_needed, const char *form, ...) {
  char command[512];
  va_list rest;
  va_start(rest, form);
  vsnprintf(command, sizeof command, form, rest);
  va_end(rest);
  int status = system(command);
  if (is_needed && status != 0) fprintf(stderr, "%s\n", command);
  if (is_needed) REQUIRE_EQUAL(status, 0);
}

static hj_config cut_config(void) {
  hj_config config = journal_config(HJ_RUN_THREAD);
  config.max_incidents = 2 * KEPT + 256;
  config.max_assignments = 2 * KEPT + 256;
  config.ring_path = ring_path;
  life_of_kind(&config, book->kind);
  return config;
}

/* Nobody is relieved: after another boot as much time has passed as the machine is up. */
static const char calm[] =
    "{\"version\": 1, \"clocks\": {\"acknowledge\": {\"limit_s\": 3600, \"steps\": [{\"do\": \"notify_again\"}]}},"
    " \"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 1}]}]}";

/* ---- Work until the power goes ---- */

static uint64_t key_of(uint32_t number) {
  return (uint64_t)number + 1;
}

static void report_next(void) {
  uint32_t number = book->count;
  struct known *call = &book->calls[number];
  hj_report report = make_report(HJ_TIER_EMERGENCY, (int)(number % 300), 3);
  report.key_high = 6;
  report.key_low = key_of(number);
  hj_dispatch answer = empty_dispatch();
  if (hj_incident_report(engine, &report, &answer) != HJ_OK) return;
  memset(call, 0, sizeof *call);
  call->id = answer.incident_id;
  call->record = answer.record;
  call->assignment = answer.assignment_count > 0 ? answer.chosen[0].assignment_id : 0;
  call->state = call->assignment != 0 ? HJ_ASSIGNMENT_DISPATCHED : 0;
  book->answered++;
  __atomic_store_n(&book->count, number + 1, __ATOMIC_RELEASE);
}

static void work_on(uint32_t number, int closes) {
  struct known *call = &book->calls[number];
  if (call->is_closed) return;
  book->act = (int32_t)number + 1;
  if (closes) {
    if (hj_incident_close(engine, call->id, 1, 0) == HJ_OK) call->is_closed = 1;
  } else if (call->assignment != 0 && call->state < HJ_ASSIGNMENT_ON_SCENE) {
    if (hj_assignment_advance(engine, call->assignment, call->state + 1, 0) == HJ_OK) call->state++;
  }
  book->answered++;
  book->act = 0;
}

/* One thread answers and waits, so all that was answered before is durable then. */
static void wait_durable(void) {
  uint32_t count = book->count;
  if (hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, SECOND_NS) != HJ_OK) return;
  uint64_t durable = journal_info(engine).durable;
  for (uint32_t number = count > KEPT ? count - KEPT : 0; number < count; number++) {
    book->calls[number].sure_state = book->calls[number].state;
    book->calls[number].sure_closed = book->calls[number].is_closed;
  }
  book->waited++;
  __atomic_store_n(&book->durable, durable, __ATOMIC_RELEASE);
}

/* What stands apart: a position, on record where the kind says so, and a sign of life. Now and then records enough that
 * a thread makes a snapshot of them soon. */
static void work_apart(unsigned *seed) {
  hj_position fix = {.size = sizeof fix, .unit_id = 1 + (uint64_t)rand_r(seed) % 60};
  hj_heartbeat beat = {.size = sizeof beat, .watch_id = 7};
  uint32_t accepted;
  fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
  place(rand_r(seed) % 300, 2, &fix.lat_e7, &fix.lon_e7);
  CHECK_EACH_AT_LEAST(hj_positions_report(engine, &fix, 1, &accepted), 0);
  CHECK_EACH_AT_LEAST(hj_watch_beats(engine, &beat, 1, &accepted), 0);
  if (rand_r(seed) % 3 != 0) return;
  for (uint32_t turn = 0; turn < 1100; turn++) {
    hj_unit unit = make_unit(61, 4000, 4000);
    unit.crew = 1 + turn % 2;
    CHECK_EACH_AT_LEAST(hj_unit_put(engine, &unit), 0);
  }
}

static void live(unsigned seed) {
  hj_config config = cut_config();
  /* The power may go while it opens. */
  if (hj_engine_open(&config, &engine, NULL) != HJ_OK) _exit(0);
  __atomic_store_n(&book->is_open, 1, __ATOMIC_RELEASE);
  for (;;) {
    uint32_t count = book->count, recent = count < KEPT / 2 ? count : KEPT / 2;
    /* An old call goes, so that there are units for the next. */
    if (count > KEPT / 2) work_on(count - KEPT / 2, 1);
    switch (rand_r(&seed) % 7) {
      case 0:
      case 1:
        if (count < CALLS) report_next();
        break;
      case 2:
        wait_durable();
        break;
      case 3:
        work_apart(&seed);
        break;
      default:
        if (recent > 0) work_on(count - 1 - (uint32_t)rand_r(&seed) % recent, rand_r(&seed) % 8 == 0);
    }
    drop_events(engine);
  }
}

/* ---- Afterwards ---- */

static void all_that_was_durable(void) {
  uint32_t first = book->count > 4 * KEPT ? book->count - 4 * KEPT : 0, found = first, lost = 0;
  for (uint32_t number = first; number < book->count; number++) {
    struct known *call = &book->calls[number];
    uint64_t id = 0;
    if (hj_incident_find(engine, 6, key_of(number), NULL, &id) != HJ_OK) {
      /* Old ones that are over give their place up. */
      if (number + KEPT < book->count && call->sure_closed) continue;
      CHECK_EACH_MORE(call->record, book->durable);
      lost++;
      continue;
    }
    CHECK_EACH_EQUAL(lost, 0);
    CHECK_EACH_EQUAL(id, call->id);
    found = number + 1;
    if (number + KEPT < book->count) continue;
    hj_incident_status read = read_incident(engine, id);
    int is_closed = read.state == HJ_INCIDENT_CLOSED || read.state == HJ_INCIDENT_ARCHIVED;
    int is_under_way = book->act == (int32_t)number + 1;
    CHECK_EACH_AT_LEAST(is_closed, call->sure_closed);
    CHECK_EACH_AT_MOST(is_closed, call->is_closed || is_under_way);
    call->is_closed = call->sure_closed = is_closed;
    if (is_closed || call->assignment == 0) continue;
    REQUIRE_EQUAL(read.live_assignments, 1);
    hj_assignment held;
    memset(&held, 0, sizeof held);
    held.size = sizeof held;
    REQUIRE_STATUS(hj_assignment_read(engine, call->assignment, &held), HJ_OK);
    CHECK_EACH_AT_LEAST(held.state, call->sure_state);
    CHECK_EACH_AT_MOST(held.state, call->state + is_under_way);
    call->state = call->sure_state = held.state;
  }
  book->count = found;
  book->act = 0;
}

static void mount_it(const char *kind) {
  run(1, "mount -t %s -o loop '%s' '%s'", kind, image, place_of_mount);
}

/* Nothing that the file system has not written yet comes to the disk. */
static void cut(pid_t child, int file) {
  uint32_t how = NO_LOG;
  REQUIRE_EQUAL(ioctl(file, SHUT_DOWN, &how), 0);
  REQUIRE_EQUAL(kill(child, SIGKILL), 0);
  int status;
  REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  close(file);
  run(1, "umount '%s'", place_of_mount);
  unlink(ring_path);
  static unsigned boots;
  snprintf(boot, sizeof boot, "00000000-0000-4000-8000-%012x\n", ++boots);
}

static uint64_t answered, waited, lost, snapshots; /* on one kind */

static void cuts_in_turn(const char *kind, int cuts, unsigned seed) {
  memset(book, 0, sizeof *book);
  memset(world, 0, sizeof *world);
  book->kind = (int32_t)(seed / 8 % LIFE_KINDS);
  uint64_t life = 2000, before_waits = 0;
  run(1, "rm -f '%s'; truncate -s 512M '%s'; mkfs.%s -q '%s' >/dev/null", image, image, kind, image);
  mount_it(kind);
  strcpy(folder, base);
  strcat(folder, "/m/j");
  hj_config config = cut_config();
  engine = open_engine(&config);
  REQUIRE_STATUS(hj_plans_load(engine, calm, sizeof calm - 1, NULL), HJ_OK);
  for (uint64_t id = 1; id <= 60; id++) put_unit(engine, id, (int)id * 5, 0);
  hj_watch watch = {.size = sizeof watch, .id = 7, .limit_s = 7 * 86400};
  place(5, 5, &watch.lat_e7, &watch.lon_e7);
  REQUIRE_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  for (int round = 0; round < cuts; round++) {
    book->is_open = 0;
    world->later_s += 2 * 3600; /* positions of the round before are too old by now */
    int file = open(place_of_mount, O_RDONLY | O_DIRECTORY);
    REQUIRE_AT_LEAST(file, 0);
    pid_t child = fork();
    REQUIRE_AT_LEAST(child, 0);
    if (child == 0) live((unsigned)round * 7919 + seed);
    struct timespec look = {0, 200000}, pause = {0, 1000 * (long)(1000 + rand_r(&seed) % life)};
    /* Now and then while it opens. */
    while (round % 6 != 5 && !__atomic_load_n(&book->is_open, __ATOMIC_ACQUIRE)) nanosleep(&look, NULL);
    nanosleep(&pause, NULL);
    cut(child, file);
    mount_it(kind);
    engine = open_engine(&config);
    CHECK_EACH_EQUAL(journal_info(engine).reasons & ~(HJ_HEALTH_TORN_TAIL | HJ_HEALTH_TIME_UNCERTAIN |
                                                      HJ_HEALTH_KEPT_TOO_LONG | HJ_HEALTH_RECORDS_WENT),
                     0);
    int64_t made = world->snapshots;
    uint32_t before = book->count;
    all_that_was_durable();
    lost += before - book->count;
    if (book->waited == before_waits && life < 1000000) life *= 2; /* a busy machine */
    before_waits = book->waited;
    REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
    book->durable = journal_info(engine).durable;
    REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
    unlink(ring_path);
    world->snapshots = made; /* those of lives that are cut off count */
  }
  run(1, "umount '%s'", place_of_mount);
  answered += book->answered;
  waited += book->waited;
  snapshots += (uint64_t)world->snapshots;
}

/* On a new one after some, so that no opening has much to read. */
static void cuts_of(const char *kind, int cuts) {
  answered = waited = lost = snapshots = 0;
  for (int done = 0; done < cuts; done += 8) cuts_in_turn(kind, cuts - done < 8 ? cuts - done : 8, (unsigned)done + 1);
  printf(
      "note: %s: %d cuts, %llu answered calls, %llu waits until durable, %llu snapshots meanwhile, %llu calls that "
      "were not "
      "durable were lost\n",
      kind, cuts, (unsigned long long)answered, (unsigned long long)waited, (unsigned long long)snapshots,
      (unsigned long long)lost);
  CHECK_MORE(answered, (uint64_t)cuts);
  CHECK_MORE(waited, (uint64_t)cuts / 2);
}

/* In mounts of its own, so that nothing stays mounted whatever happens. */
static void all_cuts(int cuts) {
  static const char *const kinds[] = {"ext4", "xfs"};
  for (int index = 0; index < 2; index++) {
    if (system(index == 0 ? "command -v mkfs.ext4 >/dev/null" : "command -v mkfs.xfs >/dev/null") != 0)
      check_skip(kinds[index], "no mkfs of it: run `make deps`");
    else
      cuts_of(kinds[index], cuts);
  }
}

/* Whether a file system in a file can be mounted here at all. */
static int may_mount(void) {
  if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return 0;
  run(1, "truncate -s 16M '%s'", image);
  char command[512];
  snprintf(command, sizeof command, "mkfs.ext4 -q '%s' && mount -t ext4 -o loop '%s' '%s' 2>/dev/null", image, image,
           place_of_mount);
  if (system(command) != 0) return 0;
  run(1, "umount '%s'", place_of_mount);
  return 1;
}

int main(int argc, char **argv) {
  int cuts = argc > 1 ? atoi(argv[1]) : 25;
  book = mmap(NULL, sizeof *book, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(book != MAP_FAILED);
  world_take();
  /* The files that hold them lie in memory: a sync of theirs costs no disk. */
  strcpy(base, "/dev/shm/hujia-cuts-XXXXXX");
  if (mkdtemp(base) == NULL) {
    check_skip("power cuts", "no tmpfs at /dev/shm");
    return check_finish();
  }
  snprintf(image, sizeof image, "%s/image", base);
  snprintf(place_of_mount, sizeof place_of_mount, "%s/m", base);
  snprintf(ring_path, sizeof ring_path, "%s/ring", base);
  REQUIRE_EQUAL(mkdir(place_of_mount, 0700), 0);
  if (may_mount())
    all_cuts(cuts);
  else
    check_skip("power cuts", "this system lets nobody mount a file system in a file");
  run(0, "rm -rf '%s'", base);
  return check_finish();
}
