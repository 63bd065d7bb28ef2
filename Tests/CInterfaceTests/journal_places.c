/* What a host and a machine do to a journal's files: the folder goes, or is full, or on a network; another engine wants
 * it; the ring is gone, another user's, a link; the host closes all descriptors, forks, changes directory. Each is
 * named, with what mends it; nothing that is recorded is lost, and no file of others is touched. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <time.h>

#include "places_host.h"

/* Found before the C library's own: what file system a folder is on, as a test says. 0 = as it is. */
static uint32_t file_system;
int fstatfs(int descriptor, struct statfs *into) {
  int status = (int)syscall(SYS_fstatfs, descriptor, into);
  if (status == 0 && file_system != 0) into->f_type = (__typeof__(into->f_type))file_system;
  return status;
}

/* ---- The folder ---- */

static void another_process(void) {
  refused(HJ_E_LOCKED, "another process");
}

static void inherited(void) {
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_E_FORKED);
  CHECK_STATUS(wait_for(SECOND_NS), HJ_E_FORKED);
  another_process();
}

/* A child that was forked has nothing of the journal, and its end takes nothing away. */
static void second_engines_and_forks(void) {
  begin();
  open_here(NULL);
  report_some(5);
  refused(HJ_E_LOCKED, "an engine of this process");
  for (int round = 0; round < 3; round++) {
    CHECK_EQUAL(ended_with(inherited), 0);
    report_some(5);
    CHECK_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
  }
  CHECK_EQUAL(health().reasons, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  open_here(NULL);
  are_there(reported);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* Files that no folder names any more survive nothing: that nothing becomes durable is told. */
static void removed_folder(void) {
  char command[128];
  begin();
  open_here(ring);
  report_some(5);
  CHECK_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
  uint64_t durable = journal_info(engine).durable;
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  REQUIRE_EQUAL(system(command), 0);
  report_some(5);
  CHECK_STATUS(wait_for(SECOND_NS), HJ_TIMEOUT);
  CHECK_EQUAL(journal_info(engine).durable, durable);
  CHECK_EQUAL(health().mode, HJ_MODE_DEGRADED);
  CHECK_DIFFERENT(health().reasons & (HJ_HEALTH_DISK_FAILED | HJ_HEALTH_LOCK_LOST), 0);
  report_some(5);
  are_there(reported);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

static void on_a_network(void) {
  static const struct {
    uint32_t magic;
    const char *name;
  } kinds[] = {{0x6969, "NFS"},           {0x517b, "SMB"},        {0xff534d42, "CIFS"},   {0xfe534d42, "SMB 2"},
               {0x00c36400, "Ceph"},      {0x5346414f, "AFS"},    {0x6b414653, "kAFS"},   {0x01021997, "9P"},
               {0x0bd00bd0, "Lustre"},    {0x47504653, "GPFS"},   {0x19830326, "BeeGFS"}, {0x73757245, "Coda"},
               {0x564c, "NCP"},           {0x20030528, "Orange"}, {0xaad7aaea, "PanFS"},  {0xbacbacbc, "VMware"},
               {0x786f4256, "VirtualBox"}};
  for (size_t index = 0; index < sizeof kinds / sizeof kinds[0]; index++) {
    begin();
    file_system = kinds[index].magic;
    hj_config config = journal_config(HJ_RUN_POLL);
    hj_error_detail detail;
    memset(&detail, 0, sizeof detail);
    detail.size = sizeof detail;
    hj_engine *other = NULL;
    check_of(kinds[index].name, hj_engine_open(&config, &other, &detail) == HJ_E_JOURNAL, "its status", __FILE__,
             __LINE__);
    CHECK_CONTAINS(detail.text, "is on a network file system");
    CHECK_CONTAINS(detail.text, "use a local disk");
    file_system = 0;
    remove_folder();
  }
}

/* A copy without its first segment, and one without any. */
static void half_copied(void) {
  char command[192];
  begin();
  for (int life = 0; life < 3; life++) {
    open_here(NULL);
    report_some(3);
    REQUIRE_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  }
  /* Snapshots may stand in for old segments: they are left out as well. */
  snprintf(command, sizeof command, "rm '%s'/journal-000000000001; rm -f '%s'/snapshot-*", folder, folder);
  REQUIRE_EQUAL(system(command), 0);
  refused(HJ_E_JOURNAL, "copy the folder whole");
  snprintf(command, sizeof command, "rm '%s'/journal-*", folder);
  REQUIRE_EQUAL(system(command), 0);
  refused(HJ_E_JOURNAL, "were durable and are missing");
  remove_folder();
}

/* ---- What the host does ---- */

enum { MOST_DESCRIPTORS = 256 };

/* Whatever was open is closed, and every number leads to a file of the host's. */
static int take_all_descriptors(int *taken, const char *name) {
  int count = 0, last = 0, events = hj_events_fd(engine);
  for (int number = 3; number < MOST_DESCRIPTORS; number++) {
    if (number == events || fcntl(number, F_GETFD) < 0) continue;
    close(number);
    last = number;
  }
  while (count < MOST_DESCRIPTORS) {
    int file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    REQUIRE_AT_LEAST(file, 0);
    taken[count++] = file;
    if (file >= last) break;
  }
  return count;
}

static void descriptors_are_taken(void) {
  int taken[MOST_DESCRIPTORS];
  char name[96];
  begin();
  beside(name, folder, "-hosts-own");
  open_here(NULL);
  report_some(5);
  CHECK_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
  for (int round = 0; round < 3; round++) {
    int count = take_all_descriptors(taken, name);
    report_some(5);
    CHECK_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
    struct stat found;
    REQUIRE_EQUAL(stat(name, &found), 0);
    CHECK_EQUAL(found.st_size, 0);
    /* They are the host's still. */
    for (int index = 0; index < count; index++) CHECK_EACH_EQUAL(close(taken[index]), 0);
  }
  CHECK_EQUAL(journal_info(engine).reasons, 0);
  kill(getpid(), SIGKILL);
}

static void hosts_close_all(void) {
  CHECK_EQUAL(ended_with(descriptors_are_taken), SIGKILL);
}

/* Whether a process that comes now would find the lock taken. */
static void find_lock_taken(void) {
  char name[96];
  beside(name, folder, "/LOCK");
  int file = open(name, O_RDWR);
  REQUIRE_AT_LEAST(file, 0);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  for (int looks = 0; looks < 1000; looks++) {
    lock.l_type = F_WRLCK;
    REQUIRE_EQUAL(fcntl(file, F_GETLK, &lock), 0);
    if (lock.l_type != F_UNLCK) return;
    struct timespec look = {0, 10000000};
    nanosleep(&look, NULL);
  }
  CHECK_EACH(0);
}

/* A host that copies the folder has let go of the lock with its own descriptor: it is taken again at once, also when
 * nothing is written, and before anybody else writes. */
static void host_reads_lock(void) {
  begin();
  open_here(NULL);
  report_some(5);
  CHECK_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
  char name[96];
  beside(name, folder, "/LOCK");
  close(open(name, O_RDONLY));
  CHECK_EQUAL(ended_with(find_lock_taken), 0);
  CHECK_EQUAL(ended_with(another_process), 0);
  report_some(5);
  CHECK_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
  CHECK_EQUAL(journal_info(engine).reasons, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* By a path that means another place now. */
static void change_directory(void) {
  begin();
  char before[512], parent[64];
  REQUIRE(getcwd(before, sizeof before) != NULL);
  snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(folder, '/') - folder), folder);
  REQUIRE_EQUAL(chdir(parent), 0);
  hj_config config = journal_config(HJ_RUN_POLL);
  config.journal_path = "j";
  engine = open_engine(&config);
  poll_at(engine, START_NS);
  REQUIRE_EQUAL(chdir("/"), 0);
  report_some(10);
  CHECK_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
  CHECK_EQUAL(journal_info(engine).reasons, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  open_here(NULL); /* by its whole path */
  are_there(reported);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  REQUIRE_EQUAL(chdir(before), 0);
  remove_folder();
}

/* ---- The ring ---- */

static void report_and_die(void) {
  open_here(ring);
  report_some(5);
  wait_for(20 * SECOND_NS);
  kill(getpid(), SIGKILL);
}

static void lost_ring(void) {
  static const char *const ways[] = {"it is gone", "a link stands there", "it is another user's"};
  for (int way = 0; way < 3; way++) {
    begin();
    CHECK_EACH_EQUAL(ended_with(report_and_die), SIGKILL);
    char elsewhere[104];
    beside(elsewhere, ring, "-elsewhere");
    if (way == 0) REQUIRE_EQUAL(unlink(ring), 0);
    if (way == 1) REQUIRE(rename(ring, elsewhere) == 0 && symlink(elsewhere, ring) == 0);
    if (way == 2 && chown(ring, 12345, (gid_t)-1) != 0) {
      check_skip("a ring of another user", "only root can make one");
      remove_folder();
      return;
    }
    open_here(ring);
    uint32_t reasons = journal_info(engine).reasons;
    check_of(ways[way], (reasons & HJ_HEALTH_RING_LOST) != 0, "told as RING_LOST", __FILE__, __LINE__);
    CHECK_EACH_EQUAL(health().mode, HJ_MODE_DEGRADED);
    are_there(5); /* they were durable */
    reported = 5;
    report_some(2);
    CHECK_EACH_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
    CHECK_EACH_STATUS(hj_engine_close(engine), HJ_OK);
    struct stat found;
    if (way == 1) CHECK_EACH_EQUAL(lstat(ring, &found), 0);
    if (way == 2) {
      REQUIRE_EQUAL(stat(ring, &found), 0);
      CHECK_EACH_EQUAL(found.st_uid, 12345);
    }
    remove_folder();
  }
}

/* Something stands where the ring is to be: it is left alone, and the ring is beside it. */
static void made_before(void) {
  static const char words[] = "somebody's own\n";
  for (int is_link = 0; is_link < 2; is_link++) {
    begin();
    char elsewhere[104], after[sizeof words];
    beside(elsewhere, ring, "-elsewhere");
    int file = open(is_link ? elsewhere : ring, O_RDWR | O_CREAT, 0600);
    REQUIRE_EQUAL(write(file, words, sizeof words), sizeof words);
    if (is_link) REQUIRE_EQUAL(symlink(elsewhere, ring), 0);
    open_here(ring);
    CHECK_EACH_EQUAL(journal_info(engine).reasons, 0);
    report_some(5);
    CHECK_EACH_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
    CHECK_EACH_STATUS(hj_engine_close(engine), HJ_OK);
    REQUIRE_EQUAL(pread(file, after, sizeof after, 0), sizeof after);
    CHECK_EACH_BYTES(after, words, sizeof words);
    CHECK_EACH_EQUAL(lseek(file, 0, SEEK_END), sizeof words);
    close(file);
    remove_folder();
  }
}

/* No folder for it: a container without /dev/shm. */
static void nowhere(void) {
  begin();
  strcpy(ring, folder);
  strcat(ring, "-nowhere/ring");
  open_here(ring);
  CHECK_EQUAL(journal_info(engine).reasons, HJ_HEALTH_NOT_RECORDED);
  report_some(5);
  CHECK_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* ---- Small and read-only file systems ---- */

static char small[80];

static void mount_small(const char *options) {
  REQUIRE_EQUAL(mkdir(small, 0700), 0);
  REQUIRE_EQUAL(mount("none", small, "tmpfs", 0, options), 0);
}

/* No room for the ring: it works, and says what it is without. */
static void ring_without_room(void) {
  begin();
  beside(small, folder, "-small");
  mount_small("size=1m");
  beside(ring, small, "/ring");
  open_here(ring);
  CHECK_EQUAL(journal_info(engine).reasons, HJ_HEALTH_NOT_RECORDED);
  CHECK_EQUAL(health().mode, HJ_MODE_DEGRADED);
  report_some(20);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_RECORDED, 20 * SECOND_NS), HJ_OK);
  CHECK_EQUAL(journal_info(engine).durable, journal_info(engine).recorded);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  open_here(NULL);
  are_there(reported);
  CHECK_EQUAL(journal_info(engine).reasons, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  umount(small);
  remove_folder();
}

/* No room for a segment: recorded holds, durable is told as late, and comes by itself once there is room. */
static void folder_without_room(void) {
  begin();
  beside(small, folder, "-small");
  mount_small("size=1m");
  char before[64];
  strcpy(before, folder);
  beside(folder, before, "-small/j");
  open_here(ring);
  CHECK_EQUAL(health().mode, HJ_MODE_DEGRADED);
  CHECK_DIFFERENT(health().reasons & (HJ_HEALTH_DISK_FULL | HJ_HEALTH_DISK_FAILED), 0);
  report_some(20);
  CHECK_STATUS(wait_for(SECOND_NS / 2), HJ_TIMEOUT);
  are_there(reported);
  REQUIRE_EQUAL(mount("none", small, "tmpfs", MS_REMOUNT, "size=256m"), 0);
  CHECK_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
  CHECK_EQUAL(health().reasons & HJ_HEALTH_DISK_FAILED, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  /* Read-only: refused, and why. */
  REQUIRE_EQUAL(mount("none", small, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=256m"), 0);
  refused(HJ_E_JOURNAL, "Read-only file system");
  REQUIRE_EQUAL(mount("none", small, "tmpfs", MS_REMOUNT, "size=256m"), 0);
  open_here(ring);
  are_there(reported);
  REQUIRE_EQUAL(wait_for(20 * SECOND_NS), HJ_OK);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  umount(small);
  strcpy(folder, before);
  remove_folder();
}

/* ---- A disk that becomes read-only under a running engine ---- */

static char image[80];

enum { REFUSED = 7 };

static int32_t shell(const char *words, const char *first, const char *second) {
  char command[512];
  snprintf(command, sizeof command, words, first, second);
  return system(command);
}

static void mount_image(void) {
  if (shell("mount -t ext4 -o loop,errors=remount-ro '%s' '%s' 2>/dev/null", image, small) != 0) _exit(REFUSED);
}

/* Nobody can remount what has files open for writing. The system does it itself, to a file system that it no longer
 * trusts: what was open for writing is refused as well. The ring takes what comes, until the disk is mended. */
static void disk_becomes_read_only(void) {
  begin();
  beside(small, folder, "-small");
  beside(image, folder, "-image");
  REQUIRE_EQUAL(mkdir(small, 0700), 0);
  if (shell("truncate -s 256M '%s' && mkfs.ext4 -q -O ^has_journal '%s' 2>/dev/null", image, image) != 0)
    _exit(REFUSED);
  mount_image();
  char before[64];
  strcpy(before, folder);
  beside(folder, before, "-small/j");
  open_here(ring);
  report_some(20);
  CHECK_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
  CHECK_EQUAL(health().reasons, 0);
  if (shell("echo fault >\"/sys/fs/ext4/$(basename \"$(findmnt -no SOURCE '%s')\")/trigger_fs_error\" 2>/dev/null",
            small, "") != 0)
    _exit(REFUSED);
  report_some(20);
  CHECK_STATUS(wait_for(SECOND_NS), HJ_TIMEOUT);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_RECORDED, SECOND_NS), HJ_OK);
  CHECK_EQUAL(health().mode, HJ_MODE_DEGRADED);
  CHECK_DIFFERENT(health().reasons & HJ_HEALTH_DISK_FAILED, 0);
  CHECK_EQUAL(journal_info(engine).last_error, HJ_E_JOURNAL);
  report_some(20);
  are_there(reported);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  refused(HJ_E_JOURNAL, "Read-only file system");
  /* Mended: what the ring took is there, and becomes durable. */
  REQUIRE_EQUAL(umount(small), 0);
  shell("e2fsck -fy '%s' >/dev/null 2>&1", image, "");
  mount_image();
  open_here(ring);
  are_there(reported);
  CHECK_STATUS(wait_for(20 * SECOND_NS), HJ_OK);
  CHECK_EQUAL(health().reasons & ~HJ_HEALTH_TORN_TAIL, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  umount(small);
  strcpy(folder, before);
  remove_folder();
}

static void mounts(void) {
  ring_without_room();
  folder_without_room();
}

/* In a child with mounts of its own, so that nothing stays mounted whatever happens. */
static void with_mounts(const char *what, const char *why, void (*body)(void)) {
  pid_t child = fork();
  REQUIRE_AT_LEAST(child, 0);
  if (child == 0) {
    checks_failed = 0;
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) _exit(REFUSED);
    body();
    _exit(checks_failed > 0 ? 3 : 0);
  }
  int status;
  REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED) {
    check_skip(what, why);
    return;
  }
  CHECK_EQUAL(status, 0);
}

int main(void) {
  second_engines_and_forks();
  removed_folder();
  on_a_network();
  half_copied();
  hosts_close_all();
  host_reads_lock();
  change_directory();
  lost_ring();
  made_before();
  nowhere();
  with_mounts("small and read-only file systems", "this system lets nobody mount one", mounts);
  with_mounts("a disk that becomes read-only", "no mkfs.ext4, no loop mount, or no way to fail one here",
              disk_becomes_read_only);
  return check_finish();
}
