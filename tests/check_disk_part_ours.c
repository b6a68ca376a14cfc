/* Whose files are touched: our own, and no other's. */
#include "check_disk_part.h"
#include "check_disk_faults.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static const char foreign_part[] = "x.part is there and is not trawl's: move it away";
static const char foreign_journal[] =
    "x.part.json is there and is not trawl's: move it away";

/* part_look tells nothing of it, part_open refuses, and so it stays. */
static void expect_refused(const struct scratch *s, int r, const char *why)
{
    struct part p = part_of(s, "x");
    int files = count_files_in(s->fd), open = count_open_files();

    for (int keep = 0; keep < 2; keep++) {
        expect_look(&p, NULL, 0);
        EXPECT_FAILS(&p, part_open(&p, keep), r, why);
        ck_assert_int_eq(p.fd, -1);
    }
    ck_assert_int_eq(count_files_in(s->fd), files);
    ck_assert_int_eq(count_open_files(), open);
    part_clear(&p);
}

/* ---- what lies at NAME.part ---- */

START_TEST(files_of_others)
{
    static const mode_t modes[] = {0644, 0600, 0666, 0400, 04755, 02755};
    static const char *const texts[] = {"somebody else's", ""};
    struct scratch s;

    scratch_make(&s, NULL);
    for (size_t i = 0; i < ARRAY_LEN(modes); i++)
        for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
            put_file(s.fd, "x.part", texts[k], modes[i]);
            expect_refused(&s, -EEXIST, foreign_part);
            expect_file(s.fd, "x.part", texts[k]);
            ck_assert_uint_eq(stat_of(s.fd, "x.part").st_mode & 07777, modes[i]);
        }
    scratch_remove(&s);
}
END_TEST

START_TEST(files_of_other_users)
{
    struct scratch s;

    if (geteuid() != 0) {
        skip("another user's file needs root");
        return;
    }
    scratch_make(&s, NULL);
    leave_half(&s, "x");
    ck_assert_int_eq(fchownat(s.fd, "x.part", 1, 1, 0), 0);
    ck_assert_int_eq(fchmodat(s.fd, "x.part", 01666, 0), 0); /* a trap */
    expect_refused(&s, -EEXIST, foreign_part);
    expect_file(s.fd, "x.part", "half");
    ck_assert_int_eq(unlinkat(s.fd, "x.part", 0), 0);
    leave_half(&s, "x");
    ck_assert_int_eq(fchownat(s.fd, "x.part.json", 1, 1, 0), 0);
    expect_refused(&s, -EEXIST, foreign_journal);
    scratch_remove(&s);
}
END_TEST

START_TEST(links_to_files)
{
    static const char *const targets[] = {"target", "nowhere", "folder", "x.part",
                                          "/dev/null"};
    struct scratch s;

    scratch_make(&s, NULL);
    put_file(s.fd, "target", "target", 01600); /* as if it were ours */
    ck_assert_int_eq(mkdirat(s.fd, "folder", 0755), 0);
    for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
        ck_assert_int_eq(symlinkat(targets[i], s.fd, "x.part"), 0);
        expect_refused(&s, -ELOOP, "x.part is a symbolic link: move it away");
        ck_assert(S_ISLNK(stat_of(s.fd, "x.part").st_mode));
        ck_assert_int_eq(unlinkat(s.fd, "x.part", 0), 0);
    }
    expect_file(s.fd, "target", "target");
    ck_assert(!is_there(s.fd, "nowhere"));
    scratch_remove(&s);
}
END_TEST

START_TEST(second_names_of_files)
{
    struct scratch s;

    scratch_make(&s, NULL);
    put_file(s.fd, "target", "target", 01600);
    ck_assert_int_eq(linkat(s.fd, "target", s.fd, "x.part", 0), 0);
    expect_refused(&s, -EEXIST, foreign_part);
    put_file(s.fd, "x", "another", 0644);
    expect_refused(&s, -EEXIST, foreign_part);
    expect_file(s.fd, "target", "target");
    ck_assert_uint_eq(stat_of(s.fd, "target").st_mode & 07777, 01600);
    scratch_remove(&s);
}
END_TEST

static void make_socket(const struct scratch *s, const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s", s->path, name);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
}

/* None of them may be waited for. */
START_TEST(pipes_and_the_like)
{
    struct scratch s;

    scratch_make(&s, NULL);
    ck_assert_int_eq(mkfifoat(s.fd, "x.part", 01600), 0);
    expect_refused(&s, -EEXIST, foreign_part);
    ck_assert_int_eq(unlinkat(s.fd, "x.part", 0), 0);
    ck_assert_int_eq(mkdirat(s.fd, "x.part", 01700), 0);
    expect_refused(&s, -EEXIST, foreign_part);
    ck_assert_int_eq(unlinkat(s.fd, "x.part", AT_REMOVEDIR), 0);
    make_socket(&s, "x.part");
    expect_refused(&s, -EEXIST, foreign_part);
    scratch_remove(&s);
}
END_TEST

/* ---- what lies at NAME.part.json ---- */

static void expect_journal_refused(const struct scratch *s, int r, const char *why)
{
    expect_refused(s, r, why);
    put_file(s->fd, "x.part", "ours", 01600);
    expect_refused(s, r, why);
    expect_file(s->fd, "x.part", "ours");
    ck_assert_int_eq(unlinkat(s->fd, "x.part", 0), 0);
}

START_TEST(journals_of_others)
{
    struct scratch s;

    scratch_make(&s, NULL);
    put_file(s.fd, "x.part.json", "{}", 0644);
    expect_journal_refused(&s, -EEXIST, foreign_journal);
    expect_file(s.fd, "x.part.json", "{}");
    put_file(s.fd, "target", "target", 01600);
    ck_assert_int_eq(unlinkat(s.fd, "x.part.json", 0), 0);
    ck_assert_int_eq(linkat(s.fd, "target", s.fd, "x.part.json", 0), 0);
    expect_journal_refused(&s, -EEXIST, foreign_journal);
    ck_assert_int_eq(unlinkat(s.fd, "x.part.json", 0), 0);
    ck_assert_int_eq(symlinkat("target", s.fd, "x.part.json"), 0);
    expect_journal_refused(&s, -ELOOP, "x.part.json is a symbolic link: move it away");
    expect_file(s.fd, "target", "target");
    ck_assert_int_eq(unlinkat(s.fd, "x.part.json", 0), 0);
    ck_assert_int_eq(symlinkat("nowhere", s.fd, "x.part.json"), 0);
    expect_journal_refused(&s, -ELOOP, "x.part.json is a symbolic link: move it away");
    ck_assert(!is_there(s.fd, "nowhere"));
    ck_assert_int_eq(unlinkat(s.fd, "x.part.json", 0), 0);
    ck_assert_int_eq(mkfifoat(s.fd, "x.part.json", 01600), 0);
    expect_journal_refused(&s, -EEXIST, foreign_journal);
    ck_assert_int_eq(unlinkat(s.fd, "x.part.json", 0), 0);
    ck_assert_int_eq(mkdirat(s.fd, "x.part.json", 01600), 0);
    expect_journal_refused(&s, -EEXIST, foreign_journal);
    ck_assert_int_eq(unlinkat(s.fd, "x.part.json", AT_REMOVEDIR), 0);
    make_socket(&s, "x.part.json");
    expect_journal_refused(&s, -EEXIST, foreign_journal);
    scratch_remove(&s);
}
END_TEST

/* Where there was no journal none is written through what came meanwhile. */
START_TEST(journals_that_come_meanwhile)
{
    struct scratch s;
    struct part p;
    struct journal j;

    scratch_make(&s, NULL);
    journal_init(&j);
    put_file(s.fd, "target", "target", 0644);
    p = part_of(&s, "x");
    open_fresh(&p, "whole");
    ck_assert_int_eq(symlinkat("target", s.fd, "x.part.json"), 0);
    EXPECT_FAILS(&p, part_checkpoint(&p, &j), -EEXIST, foreign_journal);
    ck_assert_int_eq(unlinkat(s.fd, "x.part.json", 0), 0);
    put_file(s.fd, "x.part.json", "{}", 0644);
    EXPECT_FAILS(&p, part_checkpoint(&p, &j), -EEXIST, foreign_journal);
    settle_and_commit(&p, 5, false);
    expect_file(s.fd, "x.part.json", "{}");
    expect_file(s.fd, "target", "target");
    expect_file(s.fd, "x", "whole");
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* ---- without sticky bits ---- */

/* As cp does, which leaves the bits behind: the journal tells whose it is. */
START_TEST(copies_are_ours)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    for (int keep = 0; keep < 2; keep++) {
        leave_half(&s, "x");
        ck_assert_int_eq(fchmodat(s.fd, "x.part", 0644, 0), 0);
        ck_assert_int_eq(fchmodat(s.fd, "x.part.json", 0644, 0), 0);
        p = part_of(&s, "x");
        expect_look(&p, "\"v1\"", 4);
        EXPECT_OK(&p, part_open(&p, keep));
        ck_assert(p.sticky);
        ck_assert_uint_eq(stat_of(s.fd, "x.part").st_mode & 07777, 01600);
        expect_file(s.fd, "x.part", keep ? "half" : "");
        EXPECT_OK(&p, part_discard(&p));
        ck_assert_int_eq(count_files_in(s.fd), 0);
        part_clear(&p);
    }
    scratch_remove(&s);
}
END_TEST

/* The journal could keep its bit: the file came from somebody else. */
START_TEST(a_bit_that_only_the_journal_has)
{
    struct scratch s;

    scratch_make(&s, NULL);
    leave_half(&s, "x");
    ck_assert_int_eq(unlinkat(s.fd, "x.part", 0), 0);
    put_file(s.fd, "x.part", "somebody else's", 0644);
    expect_refused(&s, -EEXIST, foreign_part);
    expect_file(s.fd, "x.part", "somebody else's");
    put_file(s.fd, "x.part", "", 0644);
    expect_refused(&s, -EEXIST, foreign_part);
    scratch_remove(&s);
}
END_TEST

START_TEST(where_there_are_no_bits)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    faults.no_modes = true;
    faults.renameat2 = EINVAL;
    faults.linkat = EPERM;
    p = part_of(&s, "x");
    open_fresh(&p, "half");
    ck_assert(!p.sticky && p.journaled);
    part_clear(&p);
    p = part_of(&s, "x"); /* the journal of nothing says that it is ours */
    expect_look(&p, NULL, 0);
    open_fresh(&p, "half");
    checkpoint(&p, "\"v1\"", 8, 4);
    part_clear(&p);
    p = part_of(&s, "x");
    expect_look(&p, "\"v1\"", 4);
    EXPECT_OK(&p, part_open(&p, true));
    expect_file(s.fd, "x.part", "half");
    EXPECT_OK(&p, part_restart(&p));
    ck_assert(p.journaled);
    part_clear(&p);
    p = part_of(&s, "x");
    open_fresh(&p, "whole");
    settle_and_commit(&p, 5, false);
    expect_file(s.fd, "x", "whole");
    ck_assert_int_eq(count_files_in(s.fd), 1);
    put_file(s.fd, "x.part", "somebody else's", 0755);
    expect_refused(&s, -EEXIST, foreign_part);
    put_file(s.fd, "x.part", "", 0755); /* nothing can be lost of it */
    EXPECT_OK(&p, part_open(&p, false));
    EXPECT_OK(&p, part_discard(&p));
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* ---- other processes ---- */

struct holder {
    pid_t pid;
    int go;
};

/* A process that has x.part open until end_holder. */
static struct holder hold(const struct scratch *s)
{
    int ready[2], go[2];
    struct holder h;
    char c;

    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(go, O_CLOEXEC), 0);
    h.pid = fork();
    if (!h.pid) {
        struct part p = part_of(s, "x");

        close(go[1]);
        c = part_open(&p, false) ? 'n' : 'y';
        if (write(ready[1], &c, 1) == 1 && read(go[0], &c, 1) >= 0)
            _exit(0);
        _exit(1);
    }
    close(ready[1]);
    close(go[0]);
    ck_assert_int_eq(read(ready[0], &c, 1), 1);
    ck_assert_int_eq(c, 'y');
    close(ready[0]);
    h.go = go[1];
    return h;
}

static void end_holder(struct holder h, bool kindly)
{
    int status;

    if (kindly)
        close(h.go);
    else
        kill(h.pid, SIGKILL);
    ck_assert_int_eq(waitpid(h.pid, &status, 0), h.pid);
    if (!kindly)
        close(h.go);
}

START_TEST(one_process_at_a_time)
{
    static const char why[] =
        "x.part is being written by another process: let it end first";
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    for (int kindly = 0; kindly < 2; kindly++) {
        struct holder h = hold(&s);

        p = part_of(&s, "x");
        expect_look(&p, NULL, 0);
        EXPECT_FAILS(&p, part_open(&p, true), -EAGAIN, why);
        EXPECT_FAILS(&p, part_open(&p, false), -EAGAIN, why);
        ck_assert(is_there(s.fd, "x.part"));
        end_holder(h, kindly);
        open_fresh(&p, "x");
        struct part second = part_of(&s, "x"); /* nor twice in one process */
        EXPECT_FAILS(&second, part_open(&second, false), -EAGAIN, why);
        part_clear(&second);
        part_clear(&p);
    }
    faults.flock = ENOLCK; /* where there are no locks, there are none */
    EXPECT_OK(&p, (p = part_of(&s, "x"), part_open(&p, false)));
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* A process that was killed, but is not gone yet. */
static int holding;

static void other_goes_soon(void)
{
    if (holding-- > 0)
        faults.flock = EWOULDBLOCK;
    else
        faults.flock = 0;
}

START_TEST(one_that_is_going)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    leave_half(&s, "x");
    p = part_of(&s, "x");
    expect_look(&p, "\"v1\"", 4);
    holding = 5;
    faults.before_lock = other_goes_soon;
    EXPECT_OK(&p, part_open(&p, true));
    ck_assert_int_lt(holding, 0);
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* What happens between opening and locking, and how often it does. */
static struct scratch *meanwhile;
static int times;

static void other_commits(void)
{
    if (times-- > 0)
        ck_assert_int_eq(renameat(meanwhile->fd, "x.part", meanwhile->fd, "x"), 0);
}

static void other_discards(void)
{
    if (times-- > 0)
        ck_assert_int_eq(unlinkat(meanwhile->fd, "x.part", 0), 0);
}

static void other_replaces(void)
{
    other_discards();
    put_file(meanwhile->fd, "x.part", "other's", 01600);
}

START_TEST(a_name_that_leads_elsewhere)
{
    static void (*const what[])(void) = {other_commits, other_discards, other_replaces};
    struct scratch s;
    struct part p;
    int before;

    scratch_make(&s, NULL);
    before = count_open_files();
    meanwhile = &s;
    put_file(s.fd, "x.part", "whole", 01600);
    faults.before_lock = what[_i];
    times = 3;
    p = part_of(&s, "x");
    EXPECT_OK(&p, part_open(&p, false));
    faults.before_lock = NULL;
    write_text(&p, "new", 0);
    expect_file(s.fd, "x.part", "new");
    if (_i == 0)
        ck_assert(is_there(s.fd, "x"));
    EXPECT_OK(&p, part_discard(&p));
    faults.before_lock = what[_i];
    times = 1000;
    EXPECT_FAILS(&p, part_open(&p, false), -EAGAIN,
                 "x.part comes and goes: let the other processes end first");
    ck_assert_int_gt(times, 900);
    ck_assert_int_eq(count_open_files(), before);
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* Another process has been there between the look and the opening. */
static void begin_again_elsewhere(const struct scratch *s, int how)
{
    struct part other = part_of(s, "x");

    open_fresh(&other, "other");
    if (how == 0)
        checkpoint(&other, "\"v2\"", 8, 4);
    if (how == 1)
        EXPECT_OK(&other, part_discard(&other));
    if (how == 2)
        settle_and_commit(&other, 5, true);
    part_clear(&other);
}

START_TEST(keeps_only_what_it_has_seen)
{
    for (int how = 0; how < 4; how++) {
        struct scratch s;
        struct part p;

        scratch_make(&s, NULL);
        leave_half(&s, "x");
        p = part_of(&s, "x");
        expect_look(&p, "\"v1\"", 4);
        begin_again_elsewhere(&s, how);
        EXPECT_FAILS(&p, part_open(&p, true), -EAGAIN,
                     "x.part was changed by another process: run it again");
        ck_assert_int_eq(is_there(s.fd, "x.part"), how == 0 || how == 3);
        expect_look(&p, how ? NULL : "\"v2\"", how ? 0 : 4);
        EXPECT_OK(&p, part_open(&p, true));
        part_clear(&p);
        scratch_remove(&s);
    }
}
END_TEST

/* ---- while it is open ---- */

static void expect_stale(struct part *p, const char *why)
{
    struct journal j;

    journal_init(&j);
    EXPECT_FAILS(p, part_checkpoint(p, &j), -ESTALE, why);
    EXPECT_FAILS(p, part_restart(p), -ESTALE, why);
    EXPECT_FAILS(p, part_commit(p, false), -ESTALE, why);
    EXPECT_FAILS(p, part_commit(p, true), -ESTALE, why);
}

START_TEST(a_file_that_is_taken_away)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    for (int i = 0; i < 2; i++) {
        p = part_of(&s, "x");
        open_fresh(&p, "whole");
        checkpoint(&p, "\"v1\"", 5, 5);
        ck_assert_int_eq(renameat(s.fd, "x.part", s.fd, "moved"), 0);
        expect_stale(&p, "x.part was moved away meanwhile");
        put_file(s.fd, "x.part", "other's", 01600);
        expect_stale(&p, "x.part is another file by now");
        ck_assert(!is_there(s.fd, "x"));
        expect_file(s.fd, "moved", "whole");
        EXPECT_OK(&p, part_discard(&p));
        expect_file(s.fd, "x.part", "other's");
        ck_assert(is_there(s.fd, "x.part.json")); /* it may be that one's by now */
        part_clear(&p);
    }
    scratch_remove(&s);
}
END_TEST

START_TEST(a_folder_that_becomes_a_link)
{
    static const char why[] = "a/x leads through a symbolic link: move that away";
    struct scratch s;
    struct part p;
    struct journal j;
    struct stat st;

    scratch_make(&s, NULL);
    journal_init(&j);
    p = part_of(&s, "a/x");
    open_fresh(&p, "whole");
    ck_assert_int_eq(mkdirat(s.fd, "trap", 0755), 0);
    put_file(s.fd, "trap/x.part", "trap", 01600);
    ck_assert_int_eq(renameat(s.fd, "a", s.fd, "b"), 0);
    ck_assert_int_eq(symlinkat("trap", s.fd, "a"), 0);
    EXPECT_FAILS(&p, part_checkpoint(&p, &j), -ELOOP, why);
    EXPECT_FAILS(&p, part_restart(&p), -ELOOP, why);
    EXPECT_FAILS(&p, part_commit(&p, true), -ELOOP, why);
    EXPECT_FAILS(&p, part_sync_folder(&p), -ELOOP, why);
    EXPECT_FAILS(&p, part_existing(&p, &st), -ELOOP, why);
    EXPECT_FAILS(&p, part_look(&p, &j), -ELOOP, why);
    EXPECT_FAILS(&p, part_discard(&p), -ELOOP, why);
    ck_assert_int_eq(p.fd, -1);
    EXPECT_FAILS(&p, part_open(&p, false), -ELOOP, why);
    ck_assert_int_eq(unlinkat(s.fd, "a", 0), 0);
    put_file(s.fd, "a", "", 0644);
    EXPECT_FAILS(&p, part_open(&p, false), -ENOTDIR,
                 "a/x needs a folder where there is a file: move that away");
    ck_assert_int_eq(unlinkat(s.fd, "a", 0), 0);
    ck_assert_int_eq(renameat(s.fd, "trap", s.fd, "a"), 0); /* another folder */
    expect_file(s.fd, "a/x.part", "trap");
    expect_file(s.fd, "b/x.part", "whole");
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* ---- what a kill left behind a renaming ---- */

START_TEST(finishes_what_was_begun)
{
    struct scratch s;
    struct part p;
    struct stat st;

    for (int look = 0; look < 2; look++) {
        scratch_make(&s, NULL);
        leave_half(&s, "x"); /* renamed, with its bit, and its journal alone */
        ck_assert_int_eq(fchmodat(s.fd, "x.part", 01644, 0), 0);
        ck_assert_int_eq(renameat(s.fd, "x.part", s.fd, "x"), 0);
        p = part_of(&s, "x");
        if (look)
            expect_look(&p, NULL, 0);
        ck_assert_int_eq(part_existing(&p, &st), 1);
        ck_assert_int_eq(st.st_size, 4);
        expect_only(&s, "x", "half");
        part_clear(&p);
        scratch_remove(&s);
    }
}
END_TEST

START_TEST(finishes_a_link)
{
    struct scratch s;
    struct part p;
    struct stat st;

    for (int how = 0; how < 3; how++) {
        scratch_make(&s, NULL);
        leave_half(&s, "x");
        ck_assert_int_eq(fchmodat(s.fd, "x.part", 01644, 0), 0);
        ck_assert_int_eq(linkat(s.fd, "x.part", s.fd, "x", 0), 0);
        p = part_of(&s, "x");
        if (how == 0)
            expect_look(&p, NULL, 0);
        if (how == 1)
            ck_assert_int_eq(part_existing(&p, &st), 1);
        if (how == 2) {
            EXPECT_OK(&p, part_open(&p, false));
            EXPECT_OK(&p, part_discard(&p));
        }
        expect_only(&s, "x", "half");
        part_clear(&p);
        scratch_remove(&s);
    }
}
END_TEST

/* Somebody's file with that bit, and somebody's x.part beside it, are theirs. */
START_TEST(finishes_nothing_of_others)
{
    struct scratch s;
    struct part p;
    struct stat st;

    scratch_make(&s, NULL);
    put_file(s.fd, "x", "whole", 01644);
    put_file(s.fd, "x.part", "somebody else's", 0644);
    put_file(s.fd, "x.part.json", "{}", 0644);
    p = part_of(&s, "x");
    ck_assert_int_eq(part_existing(&p, &st), 1);
    expect_look(&p, NULL, 0);
    expect_file(s.fd, "x.part", "somebody else's");
    expect_file(s.fd, "x.part.json", "{}");
    ck_assert_int_eq(unlinkat(s.fd, "x.part", 0), 0);
    ck_assert_int_eq(part_existing(&p, &st), 1);
    expect_file(s.fd, "x.part.json", "{}");
    ck_assert_int_eq(unlinkat(s.fd, "x", 0), 0);
    put_file(s.fd, "target", "", 01644);
    ck_assert_int_eq(symlinkat("target", s.fd, "x"), 0);
    expect_look(&p, NULL, 0);
    ck_assert_uint_eq(stat_of(s.fd, "target").st_mode & 07777, 01644);
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* ---- what is said ---- */

START_TEST(long_names_leave_room_for_the_reason)
{
    struct scratch s;
    struct part p;
    char name[231], file[240];

    scratch_make(&s, NULL);
    for (size_t i = 0; i < sizeof(name) - 1; i += 2)
        memcpy(name + i, "\xc3\xa9", 2);
    name[sizeof(name) - 1] = '\0';
    snprintf(file, sizeof(file), "%s.part", name);
    put_file(s.fd, file, "", 0644);
    p = part_of(&s, name);
    ck_assert_int_eq(part_open(&p, false), -EEXIST);
    ck_assert_ptr_nonnull(strstr(p.why, "\xc3\xa9.part is there and is not trawl's: "
                                        "move it away"));
    ck_assert_mem_eq(p.why, "...\xc3\xa9", 5);
    part_clear(&p);
    memset(name, 'n', 230);
    p = part_of(&s, name);
    EXPECT_OK(&p, part_open(&p, false));
    checkpoint(&p, "\"v1\"", 5, 0);
    part_clear(&p);
    char longer[300] = "";
    memset(longer, 'n', 250);
    p = part_of(&s, longer);
    ck_assert_int_eq(part_open(&p, false), -ENAMETOOLONG);
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = CHECK_SUITE(
        "part", files_of_others, files_of_other_users, links_to_files,
        second_names_of_files, pipes_and_the_like, journals_of_others,
        journals_that_come_meanwhile, copies_are_ours, a_bit_that_only_the_journal_has,
        where_there_are_no_bits, one_process_at_a_time, one_that_is_going,
        keeps_only_what_it_has_seen, a_file_that_is_taken_away,
        a_folder_that_becomes_a_link, finishes_what_was_begun, finishes_a_link,
        finishes_nothing_of_others, long_names_leave_room_for_the_reason);
    TCase *elsewhere = tcase_create("elsewhere");

    tcase_add_loop_test(elsewhere, a_name_that_leads_elsewhere, 0, 3);
    suite_add_tcase(suite, elsewhere);
    return suite;
}

int main(void)
{
    umask(022);
    return check_main(suite);
}
