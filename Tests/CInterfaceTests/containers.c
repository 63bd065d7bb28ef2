/* What containers and systemd do to a journal (docs/operating/journal.md): a ring that RemoveIPC= takes, a
 * RuntimeDirectory= that goes or stays with its service, /dev/shm of another namespace, read-only or small, no locked
 * memory; and a disk that is full, with the reserve. Each is told, nothing recorded is lost but what is said to be. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "journal_host.h"

static hj_engine *engine;
static char ring[256];
static struct book {
  uint64_t reported; /* keys so far, answered */
  uint64_t recorded;
} * book;

static void open_here(const char *ring_path) {
  hj_config config = journal_config(HJ_RUN_POLL);
  config.ring_path = ring_path;
  config.key_capacity = 2048;
  engine = open_engine(&config);
  poll_at(engine, START_NS);
}

/* Reported and closed: the tables stay small. */
static void report_some(int count) {
  for (int index = 0; index < count; index++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
    report.key_high = 4;
    report.key_low = book->reported + 1;
    hj_dispatch answer = empty_dispatch();
    REQUIRE_TAKEN(hj_incident_report(engine, &report, &answer));
    book->reported++;
    book->recorded = answer.record;
    REQUIRE_STATUS(hj_incident_close(engine, answer.incident_id, 1, 0), HJ_OK);
    if (index % 16 == 0) drop_events(engine);
  }
}

static hj_status wait_for(int64_t time_ns) {
  return hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, time_ns);
}

static hj_health_info health(void) {
  hj_health_info info;
  memset(&info, 0, sizeof info);
  info.size = sizeof info;
  REQUIRE_STATUS(hj_health(engine, &info), HJ_OK);
  return info;
}

static void are_there(void) {
  CHECK_EACH_AT_LEAST(journal_info(engine).recorded, book->recorded);
  for (uint64_t key = book->reported > 500 ? book->reported - 500 : 1; key <= book->reported; key++) {
    uint64_t incident = 0;
    CHECK_EACH_STATUS(hj_incident_find(engine, 4, key, NULL, &incident), HJ_OK);
  }
}

static int has_file(const char *parent, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", parent, name);
  return access(path, F_OK) == 0;
}

static void begin(void) {
  memset(book, 0, sizeof *book);
  new_folder();
  snprintf(ring, sizeof ring, "%.*s/ring", (int)(strrchr(folder, '/') - folder), folder);
}

static void close_well(void) {
  CHECK_EACH_STATUS(wait_for(60 * SECOND_NS), HJ_OK);
  CHECK_EACH_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- The ring goes, or stays ---- */

static void live_and_die(void) {
  open_here(ring);
  report_some(20);
  if (checks_failed > 0) _exit(3);
  kill(getpid(), SIGKILL);
}

/* RemoveIPC= removes the files of a user behind the last session, also while its engine runs. */
static void remove_ipc(void) {
  begin();
  open_here(ring);
  report_some(5);
  REQUIRE_EQUAL(unlink(ring), 0);
  report_some(5);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  open_here(ring);
  are_there();
  CHECK_EQUAL(health().reasons, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  /* And where the process dies then, what was not durable is lost, and that is said. */
  in_a_child(live_and_die);
  REQUIRE_EQUAL(unlink(ring), 0);
  open_here(ring);
  CHECK_EQUAL(health().reasons, HJ_HEALTH_RING_LOST);
  CHECK_EQUAL(health().mode, HJ_MODE_DEGRADED);
  book->recorded = journal_info(engine).recorded;
  book->reported = 10;
  are_there();
  close_well();
  remove_folder();
}

/* RuntimeDirectory= is made before the service and goes behind it; RuntimeDirectoryPreserve=yes keeps it. */
static void runtime_directory(int is_preserved) {
  char parent[128], command[192];
  begin();
  snprintf(parent, sizeof parent, "%.*s/run", (int)(strrchr(folder, '/') - folder), folder);
  snprintf(ring, sizeof ring, "%s/ring", parent);
  REQUIRE_EQUAL(mkdir(parent, 0755), 0);
  in_a_child(live_and_die);
  if (!is_preserved) {
    snprintf(command, sizeof command, "rm -rf '%s'", parent);
    REQUIRE_EQUAL(system(command), 0);
    REQUIRE_EQUAL(mkdir(parent, 0755), 0);
  }
  open_here(ring);
  CHECK_EACH_EQUAL(health().reasons & ~HJ_HEALTH_TORN_TAIL, is_preserved ? 0 : HJ_HEALTH_RING_LOST);
  if (is_preserved) are_there();
  report_some(5);
  close_well();
  remove_folder();
}

/* LimitMEMLOCK=0: nothing is locked, and all works. */
static void no_locked_memory(void) {
  struct rlimit none = {0, 0};
  REQUIRE_EQUAL(setrlimit(RLIMIT_MEMLOCK, &none), 0);
  open_here(ring);
  report_some(20);
  CHECK_EACH_EQUAL(health().reasons, 0);
  if (checks_failed > 0) _exit(3);
  kill(getpid(), SIGKILL);
}

static void limit_memlock(void) {
  begin();
  in_a_child(no_locked_memory);
  open_here(ring);
  are_there();
  close_well();
  remove_folder();
}

/* ---- Mounts ---- */

static char small[96];

static void mount_small(const char *options) {
  snprintf(small, sizeof small, "%.*s/small", (int)(strrchr(folder, '/') - folder), folder);
  REQUIRE_EQUAL(mkdir(small, 0700), 0);
  REQUIRE_EQUAL(mount("none", small, "tmpfs", 0, options), 0);
}

static void unmount_small(void) {
  CHECK_EACH_EQUAL(umount(small), 0);
}

/* /dev/shm read-only: there is no ring, and that is said. */
static void read_only_memory(void) {
  begin();
  mount_small("size=64m");
  REQUIRE_EQUAL(mount("none", small, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=64m"), 0);
  snprintf(ring, sizeof ring, "%s/ring", small);
  open_here(ring);
  CHECK_EQUAL(health().reasons, HJ_HEALTH_NOT_RECORDED);
  report_some(20);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_RECORDED, 60 * SECOND_NS), HJ_OK);
  CHECK_EQUAL(journal_info(engine).durable, journal_info(engine).recorded);
  close_well();
  open_here(NULL);
  are_there();
  CHECK_EQUAL(health().reasons, 0);
  close_well();
  unmount_small();
  remove_folder();
}

/* A ring of before is there and the file system became read-only: what is durable is there, and the rest is said. */
static void becomes_read_only(void) {
  begin();
  mount_small("size=64m");
  snprintf(ring, sizeof ring, "%s/ring", small);
  in_a_child(live_and_die);
  REQUIRE_EQUAL(mount("none", small, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=64m"), 0);
  open_here(ring);
  CHECK_EQUAL(health().reasons & ~HJ_HEALTH_TORN_TAIL, HJ_HEALTH_RING_LOST | HJ_HEALTH_NOT_RECORDED);
  report_some(5);
  close_well();
  unmount_small();
  remove_folder();
}

/* PrivateTmp=, PrivateIPC=, a container: its own tmpfs goes with it. */
static void in_a_namespace(void) {
  if (unshare(CLONE_NEWNS) != 0) _exit(4);
  REQUIRE_EQUAL(mount("none", small, "tmpfs", 0, "size=64m"), 0);
  live_and_die();
}

static void another_namespace(void) {
  begin();
  snprintf(small, sizeof small, "%.*s/small", (int)(strrchr(folder, '/') - folder), folder);
  REQUIRE_EQUAL(mkdir(small, 0700), 0);
  snprintf(ring, sizeof ring, "%s/ring", small);
  in_a_child(in_a_namespace);
  open_here(ring);
  CHECK_EQUAL(health().reasons & ~HJ_HEALTH_TORN_TAIL, HJ_HEALTH_RING_LOST);
  report_some(5);
  close_well();
  remove_folder();
}

/* --shm-size: two engines where there is room for one ring. */
static void two_in_small_memory(void) {
  begin();
  mount_small("size=9m"); /* a ring and its area are some 6 MiB */
  snprintf(ring, sizeof ring, "%s/ring", small);
  open_here(ring);
  CHECK_EQUAL(health().reasons, 0);
  hj_engine *first = engine;
  char before[64], one[256];
  strcpy(before, folder);
  strcpy(one, ring);
  strcat(folder, "2");
  snprintf(ring, sizeof ring, "%s/ring2", small);
  open_here(ring);
  CHECK_EQUAL(health().reasons, HJ_HEALTH_NOT_RECORDED);
  report_some(20);
  close_well();
  engine = first;
  strcpy(folder, before);
  strcpy(ring, one);
  memset(book, 0, sizeof *book);
  report_some(20);
  are_there();
  close_well();
  unmount_small();
  remove_folder();
}

/* ---- A full disk ---- */

/* All that is left, in a file of others. */
static void fill_disk(void) {
  char path[128];
  snprintf(path, sizeof path, "%s/filler", small);
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE_AT_LEAST(file, 0);
  off_t size = lseek(file, 0, SEEK_END);
  for (off_t step = 16 << 20; step >= 4096; step /= 2)
    while (posix_fallocate(file, size, step) == 0) size += step;
  close(file);
}

static void report_until(uint32_t bit) {
  for (int rounds = 0; rounds < 2000 && (health().reasons & bit) == 0; rounds++) {
    report_some(50);
    wait_for(SECOND_NS / 20);
  }
  CHECK_EACH_DIFFERENT(health().reasons & bit, 0);
}

/* The reserve serves first, and that is told; behind it nothing becomes durable, and what is recorded holds. With room
 * all of it becomes durable, and the reserve is made again. */
static void full_disk(void) {
  begin();
  mount_small("size=112m");
  char outside[64], path[128];
  strcpy(outside, folder);
  snprintf(folder, sizeof folder, "%.*s/small/j", (int)(strrchr(outside, '/') - outside), outside);
  open_here(ring);
  report_some(20);
  CHECK_STATUS(wait_for(60 * SECOND_NS), HJ_OK);
  CHECK_EQUAL(health().reasons, 0);
  CHECK_EQUAL(has_file(folder, "reserve"), 1);
  fill_disk();
  report_until(HJ_HEALTH_DISK_FULL);
  CHECK_EQUAL(health().mode, HJ_MODE_DEGRADED);
  CHECK_EQUAL(has_file(folder, "reserve"), 0);
  CHECK_EQUAL(has_file(folder, "journal-000000000003"), 1); /* the second number had no room */
  report_some(50);
  CHECK_STATUS(wait_for(60 * SECOND_NS), HJ_OK);
  CHECK_EQUAL(health().reasons, HJ_HEALTH_DISK_FULL);
  fill_disk();
  report_until(HJ_HEALTH_DISK_FAILED);
  report_some(50);
  CHECK_STATUS(wait_for(SECOND_NS / 2), HJ_TIMEOUT);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_RECORDED, 0), HJ_OK);
  are_there();
  snprintf(path, sizeof path, "%s/filler", small);
  REQUIRE_EQUAL(unlink(path), 0);
  CHECK_STATUS(wait_for(60 * SECOND_NS), HJ_OK);
  struct timespec look = {0, 100000000};
  for (int looks = 0; looks < 1200 && health().reasons != 0; looks++) nanosleep(&look, NULL);
  CHECK_EQUAL(health().reasons, 0);
  CHECK_EQUAL(has_file(folder, "reserve"), 1);
  are_there();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  open_here(ring);
  are_there();
  CHECK_EQUAL(health().reasons, 0);
  close_well();
  unmount_small();
  strcpy(folder, outside);
  remove_folder();
}

static void mounts(void) {
  read_only_memory();
  becomes_read_only();
  another_namespace();
  two_in_small_memory();
  full_disk();
}

static void with_mounts(void) {
  pid_t child = fork();
  REQUIRE_AT_LEAST(child, 0);
  if (child == 0) {
    checks_failed = 0;
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) _exit(7);
    mounts();
    _exit(checks_failed > 0 ? 3 : 0);
  }
  int status;
  REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 7) {
    check_skip("file systems of containers, and a full one", "this system lets nobody mount one");
    return;
  }
  CHECK_EQUAL(status, 0);
}

int main(void) {
  book = mmap(NULL, sizeof *book, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE((void *)book != MAP_FAILED);
  remove_ipc();
  runtime_directory(0);
  runtime_directory(1);
  limit_memlock();
  with_mounts();
  return check_finish();
}
