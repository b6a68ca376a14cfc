/* Disks that are full, read-only, forbidden or of another kind. */
#include "check_disk_part.h"
#include "check_disk_faults.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

/* Mounts made by this process are its own, and end with it. */
static bool own_mounts(void)
{
    if (geteuid() != 0) {
        skip("mounting needs root");
        return false;
    }
    if (unshare(CLONE_NEWNS) < 0 ||
        mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL)) {
        skip("no mount namespaces here");
        return false;
    }
    return true;
}

/* A scratch folder on a tmpfs with these options. */
static bool scratch_mount(struct scratch *s, const char *options)
{
    if (!own_mounts())
        return false;
    scratch_make(s, NULL);
    close(s->fd);
    ck_assert_int_eq(mount("trawl", s->path, "tmpfs", 0, options), 0);
    s->fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_ge(s->fd, 0);
    return true;
}

static void scratch_unmount(struct scratch *s)
{
    close(s->fd);
    ck_assert_int_eq(umount(s->path), 0);
    ck_assert_int_eq(rmdir(s->path), 0);
}

/* ---- full ---- */

static const char no_space[] =
    "x.part: no space left on the disk: make room, then run it again";

/* Takes all the room that is left. */
static void fill(const struct scratch *s)
{
    static const char block[4096] = "filler";
    int fd = openat(s->fd, "filler", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    while (write(fd, block, sizeof(block)) > 0) {
    }
    ck_assert_int_eq(errno, ENOSPC);
    close(fd);
}

static void write_until_full(struct part *p)
{
    static char block[1000];
    int64_t offset = 4;
    int r;

    memset(block, 'b', sizeof(block));
    while (!(r = part_write(p, block, sizeof(block), offset)))
        offset += (int64_t)sizeof(block);
    ck_assert_int_eq(r, -ENOSPC);
    ck_assert_str_eq(p->why, no_space);
}

START_TEST(a_full_disk)
{
    struct scratch s;
    struct part p;

    if (!scratch_mount(&s, "size=256k"))
        return;
    p = part_of(&s, "x");
    open_fresh(&p, "half");
    checkpoint(&p, "\"v1\"", 8, 4);
    write_until_full(&p);
    checkpoint(&p, "\"v1\"", 8, 2); /* in the room that it has */
    part_clear(&p);
    p = part_of(&s, "x");
    expect_look(&p, "\"v1\"", 2);
    EXPECT_OK(&p, part_open(&p, true));
    EXPECT_OK(&p, part_settle(&p, 4, NULL)); /* which makes room */
    write_text(&p, "more", 4);
    settle_and_commit(&p, 8, false);
    expect_only(&s, "x", "halfmore");
    part_clear(&p);
    scratch_unmount(&s);
}
END_TEST

START_TEST(no_room_for_the_journal)
{
    struct scratch s;
    struct part p;
    char etag[6000];
    struct journal j;

    if (!scratch_mount(&s, "size=256k"))
        return;
    journal_init(&j);
    j.etag = etag;
    memset(etag, 'e', sizeof(etag));
    etag[sizeof(etag) - 1] = '\0';
    p = part_of(&s, "x");
    open_fresh(&p, "half");
    fill(&s);
    EXPECT_FAILS(
        &p, part_checkpoint(&p, &j), -ENOSPC,
        "x.part.json: no space left on the disk: make room, then run it again");
    expect_look(&p, NULL, 0);
    ck_assert_int_eq(unlinkat(s.fd, "filler", 0), 0);
    checkpoint(&p, "\"v1\"", 8, 4);
    fill(&s);
    ck_assert_int_eq(part_checkpoint(&p, &j), -ENOSPC); /* it needs a second page */
    expect_look(&p, "\"v1\"", 4);
    EXPECT_OK(&p, part_discard(&p));
    ck_assert_int_eq(count_files_in(s.fd), 1);
    part_clear(&p);
    scratch_unmount(&s);
}
END_TEST

START_TEST(no_room_for_a_file)
{
    struct scratch s;
    struct part p;

    if (!scratch_mount(&s, "nr_inodes=2"))
        return;
    p = part_of(&s, "x");
    open_fresh(&p, "half");
    struct part second = part_of(&s, "a/y");
    EXPECT_FAILS(&second, part_open(&second, false), -ENOSPC,
                 "a/y: no space left on the disk: make room, then run it again");
    part_clear(&second);
    second = part_of(&s, "y");
    EXPECT_FAILS(&second, part_open(&second, false), -ENOSPC,
                 "y.part: no space left on the disk: make room, then run it again");
    part_clear(&second);
    settle_and_commit(&p, 4, false);
    expect_only(&s, "x", "half");
    part_clear(&p);
    scratch_unmount(&s);
}
END_TEST

/* Where only a journal tells that it is ours, and there is no room for one, nothing is
 * left that would be nobody's. */
START_TEST(no_room_for_the_mark)
{
    struct scratch s;
    struct part p;

    if (!scratch_mount(&s, "size=256k"))
        return;
    faults.no_modes = true;
    fill(&s);
    p = part_of(&s, "x");
    ck_assert_int_eq(part_open(&p, false), -ENOSPC);
    ck_assert(!is_there(s.fd, "x.part"));
    expect_look(&p, NULL, 0);
    ck_assert_int_eq(count_files_in(s.fd), 1);
    part_clear(&p);
    scratch_unmount(&s);
}
END_TEST

/* ---- other errors ---- */

static void expect_write_fails(struct part *p, int error, const char *why)
{
    faults.pwrite = error;
    faults.pwrite_left = 2;
    EXPECT_FAILS(p, part_write(p, "four", 4, 0), -error, why);
    faults.pwrite = 0;
}

START_TEST(says_what_is_wrong)
{
    struct scratch s;
    struct part p;
    struct journal j;

    scratch_make(&s, NULL);
    journal_init(&j);
    p = part_of(&s, "x");
    EXPECT_OK(&p, part_open(&p, false));
    expect_write_fails(&p, ENOSPC, no_space);
    expect_write_fails(&p, EDQUOT,
                       "x.part: the disk quota is used up: make room, then "
                       "run it again");
    expect_write_fails(&p, EFBIG,
                       "x.part: larger than this file system, or ulimit -f, "
                       "allows");
    expect_write_fails(&p, EIO, "x.part: Input/output error");
    faults.fsync = EIO; /* what did not reach the disk is not told of */
    EXPECT_FAILS(&p, part_checkpoint(&p, &j), -EIO, "x.part: Input/output error");
    ck_assert(!is_there(s.fd, "x.part.json"));
    EXPECT_FAILS(&p, part_sync(&p), -EIO, "x.part: Input/output error");
    EXPECT_FAILS(&p, part_sync_folder(&p), -EIO, "x: Input/output error");
    faults.fsync = EINVAL; /* folders cannot be synced everywhere */
    EXPECT_OK(&p, part_sync_folder(&p));
    faults.fsync = 0; /* the kernel says it once; the bytes are lost all the same */
    EXPECT_FAILS(&p, part_checkpoint(&p, &j), -EIO, "x.part: Input/output error");
    ck_assert(!is_there(s.fd, "x.part.json"));
    EXPECT_FAILS(&p, part_settle(&p, 0, NULL), -EIO, "x.part: Input/output error");
    EXPECT_OK(&p, part_restart(&p));
    EXPECT_OK(&p, part_checkpoint(&p, &j));
    EXPECT_OK(&p, part_settle(&p, 0, NULL));
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* Of what goes on side by side the first failure is told, until all begins anew. */
START_TEST(says_what_was_wrong_first)
{
    struct scratch s;
    struct part p;
    struct journal j;

    scratch_make(&s, NULL);
    journal_init(&j);
    p = part_of(&s, "x");
    EXPECT_OK(&p, part_open(&p, false));
    for (int i = 0; i < 3; i++) {
        faults.pwrite = ENOSPC;
        ck_assert_int_eq(part_write(&p, "four", 4, 0), -ENOSPC);
        ck_assert_str_eq(p.why, no_space);
        faults.pwrite = EIO;
        ck_assert_int_eq(part_write(&p, "four", 4, 0), -EIO);
        faults.fsync = EIO;
        ck_assert_int_eq(part_checkpoint(&p, &j), -EIO);
        ck_assert_str_eq(p.why, no_space);
        faults.fsync = faults.pwrite = 0;
        if (i == 1) {
            EXPECT_OK(&p, part_discard(&p));
            EXPECT_OK(&p, part_open(&p, false));
        } else {
            EXPECT_OK(&p, part_restart(&p));
        }
        faults.fsync = EIO;
        ck_assert_int_eq(part_checkpoint(&p, &j), -EIO);
        faults.pwrite = ENOSPC;
        ck_assert_int_eq(part_write(&p, "four", 4, 0), -ENOSPC);
        ck_assert_str_eq(p.why, "x.part: Input/output error");
        faults.fsync = faults.pwrite = 0;
        EXPECT_OK(&p, part_restart(&p));
    }
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

START_TEST(a_limit_on_file_sizes)
{
    static const struct rlimit limit = {1 << 20, RLIM_INFINITY};
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    EXPECT_OK(&p, part_open(&p, false));
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    write_text(&p, "in", (1 << 20) - 2);
    EXPECT_FAILS(&p, part_write(&p, "beyond", 6, (1 << 20) - 2), -EFBIG,
                 "x.part: larger than this file system, or ulimit -f, allows");
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

START_TEST(a_read_only_disk)
{
    struct scratch s;
    struct part p;

    if (!scratch_mount(&s, "size=256k"))
        return;
    leave_half(&s, "x");
    ck_assert_int_eq(mount("none", s.path, "none", MS_REMOUNT | MS_RDONLY, NULL), 0);
    p = part_of(&s, "x");
    expect_look(&p, "\"v1\"", 4);
    EXPECT_FAILS(&p, part_open(&p, true), -EROFS,
                 "x.part: the file system is read-only");
    expect_file(s.fd, "x.part", "half");
    part_clear(&p);
    p = part_of(&s, "a/y");
    EXPECT_FAILS(&p, part_open(&p, false), -EROFS, "a/y: the file system is read-only");
    part_clear(&p);
    scratch_unmount(&s);
}
END_TEST

START_TEST(a_folder_that_is_not_ours)
{
    static const char why[] =
        "x.part: not permitted: look at the permissions of its folder";
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    ck_assert_int_eq(fchmod(s.fd, 0555), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    p = part_of(&s, "x");
    expect_look(&p, NULL, 0);
    EXPECT_FAILS(&p, part_open(&p, false), -EACCES, why);
    part_clear(&p);
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(count_files_in(s.fd), 0);
    ck_assert_int_eq(fchmod(s.fd, 0755), 0);
    scratch_remove(&s);
}
END_TEST

/* ---- file systems that keep no permissions ---- */

static void live_there(const struct scratch *s)
{
    struct part p = part_of(s, "f/x");

    open_fresh(&p, "half");
    ck_assert(!p.sticky && p.journaled);
    part_clear(&p);
    p = part_of(s, "f/x");
    expect_look(&p, NULL, 0);
    open_fresh(&p, "half");
    checkpoint(&p, "\"v1\"", 8, 4);
    part_clear(&p);
    p = part_of(s, "f/x");
    expect_look(&p, "\"v1\"", 4);
    EXPECT_OK(&p, part_open(&p, true));
    write_text(&p, "more", 4);
    settle_and_commit(&p, 8, false);
    EXPECT_OK(&p, part_sync_folder(&p));
    expect_file(s->fd, "f/x", "halfmore");
    ck_assert(!is_there(s->fd, "f/x.part") && !is_there(s->fd, "f/x.part.json"));
    open_fresh(&p, "new");
    ck_assert_int_eq(part_commit(&p, false), -EEXIST);
    expect_file(s->fd, "f/x", "halfmore");
    settle_and_commit(&p, 3, true);
    expect_file(s->fd, "f/x", "new");
    put_file(s->fd, "f/x.part", "somebody else's",
             stat_of(s->fd, "f/x").st_mode & 0777);
    ck_assert_int_eq(part_open(&p, false), -EEXIST);
    expect_file(s->fd, "f/x.part", "somebody else's");
    ck_assert_int_eq(count_files_in(s->fd), 1);
    part_clear(&p);
}

static bool run(const char *format, const char *a, const char *b)
{
    char command[256];

    snprintf(command, sizeof(command), format, a, b);
    return system(command) == 0;
}

static const struct {
    const char *name, *make, *mount;
} systems[] = {
    {"vfat", "PATH=$PATH:/usr/sbin:/sbin mkfs.vfat %s.img >%s.log 2>&1",
     "mount -t vfat -o loop %s.img %s 2>/dev/null"},
    {"ntfs", "PATH=$PATH:/usr/sbin:/sbin mkfs.ntfs -F -Q %s.img >%s.log 2>&1",
     "mount -t ntfs-3g -o loop %s.img %s 2>/dev/null"},
};

START_TEST(systems_without_permissions)
{
    struct scratch s;
    char beside[80], why[100];
    int fd;

    if (!own_mounts())
        return;
    scratch_make(&s, NULL);
    snprintf(beside, sizeof(beside), "%s.img", s.path);
    fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ck_assert_int_eq(ftruncate(fd, 8 << 20), 0);
    close(fd);
    if (!run(systems[_i].make, s.path, s.path) ||
        !run(systems[_i].mount, s.path, s.path)) {
        snprintf(why, sizeof(why), "no %s: its mkfs is missing or the kernel lacks it",
                 systems[_i].name);
        skip(why);
    } else {
        close(s.fd);
        s.fd = open(s.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        live_there(&s);
        close(s.fd);
        ck_assert(run("umount %s", s.path, ""));
        s.fd = -1;
    }
    unlink(beside);
    snprintf(beside, sizeof(beside), "%s.log", s.path);
    unlink(beside);
    scratch_remove(&s);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite =
        CHECK_SUITE("part", a_full_disk, no_room_for_the_journal, no_room_for_a_file,
                    no_room_for_the_mark, says_what_is_wrong, says_what_was_wrong_first,
                    a_limit_on_file_sizes, a_read_only_disk, a_folder_that_is_not_ours);
    TCase *without = tcase_create("systems");

    tcase_add_loop_test(without, systems_without_permissions, 0, ARRAY_LEN(systems));
    suite_add_tcase(suite, without);
    return suite;
}

int main(void)
{
    umask(022);
    return check_main(suite);
}
