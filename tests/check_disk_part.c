#include "check_disk_part.h"
#include "check_disk_faults.h"

#include <pthread.h>

START_TEST(from_nothing_to_whole)
{
    const struct timespec then = {784111777, 123456789};
    struct scratch s;
    struct part p;
    struct stat st;
    int before;

    scratch_make(&s, NULL);
    umask(022);
    before = count_open_files();
    p = part_of(&s, "x.iso");
    expect_look(&p, NULL, 0);
    ck_assert_int_eq(part_existing(&p, &st), 0);
    EXPECT_OK(&p, part_open(&p, false));
    ck_assert_uint_eq(stat_of(s.fd, "x.iso.part").st_mode, S_IFREG | 01600);
    ck_assert(fcntl(p.fd, F_GETFD) & FD_CLOEXEC);
    write_text(&p, "whole", 5);
    write_text(&p, "half ", 0);
    ck_assert(!p.journaled && !is_there(s.fd, "x.iso.part.json"));
    checkpoint(&p, "\"v1\"", 10, 10);
    ck_assert(p.journaled);
    ck_assert_uint_eq(stat_of(s.fd, "x.iso.part.json").st_mode, S_IFREG | 01600);
    EXPECT_OK(&p, part_settle(&p, 10, &then));
    EXPECT_OK(&p, part_sync(&p));
    ck_assert(!is_there(s.fd, "x.iso"));
    EXPECT_OK(&p, part_commit(&p, false));
    ck_assert_int_eq(p.fd, -1);
    EXPECT_OK(&p, part_sync_folder(&p));
    expect_only(&s, "x.iso", "half whole");
    ck_assert_int_eq(part_existing(&p, &st), 1);
    ck_assert_int_eq(st.st_size, 10);
    ck_assert_int_eq(st.st_mtim.tv_sec, then.tv_sec);
    ck_assert_int_eq(st.st_mtim.tv_nsec, then.tv_nsec);
    expect_look(&p, NULL, 0);
    part_clear(&p);
    ck_assert_int_eq(count_open_files(), before);
    scratch_remove(&s);
}
END_TEST

START_TEST(in_a_folder)
{
    struct scratch s;
    struct part p;
    struct stat st;
    int before;

    scratch_make(&s, NULL);
    before = count_open_files();
    p = part_of(&s, "a/b/c.txt");
    expect_look(&p, NULL, 0);
    ck_assert_int_eq(part_existing(&p, &st), 0);
    ck_assert_int_eq(count_files_in(s.fd), 0);
    open_fresh(&p, "text");
    checkpoint(&p, "\"v1\"", 4, 4);
    ck_assert(is_there(s.fd, "a/b/c.txt.part.json"));
    EXPECT_OK(&p, part_restart(&p));
    write_text(&p, "text", 0);
    settle_and_commit(&p, 4, false);
    EXPECT_OK(&p, part_sync_folder(&p));
    expect_file(s.fd, "a/b/c.txt", "text");
    ck_assert_int_eq(part_existing(&p, &st), 1);
    part_clear(&p);
    ck_assert_int_eq(count_open_files(), before);
    scratch_remove(&s);
}
END_TEST

/* Each mask in a process of its own: it is asked for once. */
START_TEST(permissions_are_the_users)
{
    static const mode_t masks[] = {0, 002, 022, 027, 077};
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    umask(masks[_i]);
    p = part_of(&s, "x");
    EXPECT_OK(&p, part_open(&p, false));
    EXPECT_OK(&p, part_settle(&p, 0, NULL));
    EXPECT_OK(&p, part_commit(&p, false));
    ck_assert_uint_eq(stat_of(s.fd, "x").st_mode & 07777, 0666 & ~masks[_i]);
    ck_assert_uint_eq(umask(0), masks[_i]);
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* ---- going on ---- */

START_TEST(goes_on_with_what_is_there)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    leave_half(&s, "x");
    p = part_of(&s, "x");
    expect_look(&p, "\"v1\"", 4);
    ck_assert_int_eq(p.fd, -1);
    EXPECT_OK(&p, part_open(&p, true));
    ck_assert(p.journaled);
    expect_file(s.fd, "x.part", "half");
    write_text(&p, "more", 4);
    checkpoint(&p, "\"v1\"", 8, 8);
    part_clear(&p);
    p = part_of(&s, "x");
    expect_look(&p, "\"v1\"", 8);
    EXPECT_OK(&p, part_open(&p, true));
    settle_and_commit(&p, 8, false);
    expect_only(&s, "x", "halfmore");
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

START_TEST(begins_again)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    leave_half(&s, "x");
    p = part_of(&s, "x");
    expect_look(&p, "\"v1\"", 4);
    faults.syncs = 0;
    EXPECT_OK(&p, part_open(&p, false));
    ck_assert_int_eq(faults.syncs, 1); /* the journal is gone for good */
    ck_assert(!p.journaled && !is_there(s.fd, "x.part.json"));
    expect_file(s.fd, "x.part", "");
    write_text(&p, "some", 0);
    checkpoint(&p, "\"v2\"", 8, 4);
    faults.syncs = 0;
    EXPECT_OK(&p, part_restart(&p));
    ck_assert_int_eq(faults.syncs, 1);
    ck_assert(!p.journaled && !is_there(s.fd, "x.part.json"));
    expect_file(s.fd, "x.part", "");
    faults.syncs = 0;
    EXPECT_OK(&p, part_restart(&p));
    ck_assert_int_eq(faults.syncs, 0); /* nothing was told */
    write_text(&p, "new", 0);
    settle_and_commit(&p, 3, false);
    expect_only(&s, "x", "new");
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* To keep nothing is to begin anew, whatever lies there. */
START_TEST(keeps_only_what_was_told)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    open_fresh(&p, "no journal tells of it");
    part_clear(&p);
    p = part_of(&s, "x");
    expect_look(&p, NULL, 0);
    EXPECT_OK(&p, part_open(&p, true));
    expect_file(s.fd, "x.part", "");
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

START_TEST(discards)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    leave_half(&s, "x");
    p = part_of(&s, "x");
    expect_look(&p, "\"v1\"", 4);
    EXPECT_OK(&p, part_open(&p, true));
    EXPECT_OK(&p, part_discard(&p));
    ck_assert_int_eq(p.fd, -1);
    ck_assert_int_eq(count_files_in(s.fd), 0);
    open_fresh(&p, "again");
    EXPECT_OK(&p, part_discard(&p));
    ck_assert_int_eq(count_files_in(s.fd), 0);
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* ---- journals that tell nothing ---- */

static void expect_no_journal(const struct scratch *s)
{
    struct part p = part_of(s, "x");

    expect_look(&p, NULL, 0);
    EXPECT_OK(&p, part_open(&p, true));
    expect_file(s->fd, "x.part", "");
    EXPECT_OK(&p, part_discard(&p));
    ck_assert_int_eq(count_files_in(s->fd), 0);
    part_clear(&p);
}

static void cut(int dir, const char *name, off_t size)
{
    int fd = openat(dir, name, O_WRONLY);

    ck_assert_int_eq(ftruncate(fd, size), 0);
    close(fd);
}

START_TEST(torn_journals)
{
    struct scratch s;
    off_t size;

    scratch_make(&s, NULL);
    leave_half(&s, "x");
    size = stat_of(s.fd, "x.part.json").st_size;
    for (off_t cut_at = 0; cut_at < size; cut_at++) {
        cut(s.fd, "x.part.json", cut_at);
        expect_no_journal(&s);
        leave_half(&s, "x");
    }
    cut(s.fd, "x.part.json", size + 1); /* what lies behind it does not count */
    cut(s.fd, "x.part.json", 70000);
    struct part p = part_of(&s, "x");
    expect_look(&p, "\"v1\"", 4);
    EXPECT_OK(&p, part_open(&p, true));
    checkpoint(&p, "\"v\"", 8, 4);
    ck_assert_int_lt(stat_of(s.fd, "x.part.json").st_size, size);
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

START_TEST(journals_that_tell_too_much)
{
    struct scratch s;

    scratch_make(&s, NULL);
    leave_half(&s, "x");
    cut(s.fd, "x.part", 3);
    expect_no_journal(&s);
    leave_half(&s, "x");
    ck_assert_int_eq(unlinkat(s.fd, "x.part", 0), 0);
    expect_no_journal(&s);
    scratch_remove(&s);
}
END_TEST

START_TEST(journals_without_a_file_go)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    leave_half(&s, "x");
    ck_assert_int_eq(unlinkat(s.fd, "x.part", 0), 0);
    p = part_of(&s, "x");
    expect_look(&p, NULL, 0);
    ck_assert_int_eq(count_files_in(s.fd), 0);
    put_file(s.fd, "x.part.json", "{\"somebody\": \"else\"}", 0644);
    expect_look(&p, NULL, 0);
    expect_file(s.fd, "x.part.json", "{\"somebody\": \"else\"}");
    ck_assert_int_eq(unlinkat(s.fd, "x.part.json", 0), 0);
    leave_half(&s, "x"); /* and without a look, too */
    ck_assert_int_eq(unlinkat(s.fd, "x.part", 0), 0);
    EXPECT_OK(&p, part_open(&p, false));
    ck_assert(!is_there(s.fd, "x.part.json"));
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* Longer, shorter, and over the old end of the file: the same file is written over. */
START_TEST(journals_of_any_length)
{
    struct scratch s;
    struct part p;
    struct journal j;
    char etag[2000];

    scratch_make(&s, NULL);
    journal_init(&j);
    j.etag = etag;
    for (int i = 0; i < 20; i++) {
        size_t n = (size_t)i * 997 % sizeof(etag);

        memset(etag, 'e', n);
        etag[n] = '\0';
        p = part_of(&s, "x");
        expect_look(&p, i ? "" : NULL, 0);
        EXPECT_OK(&p, part_open(&p, true));
        EXPECT_OK(&p, part_checkpoint(&p, &j));
        expect_look(&p, etag, 0);
        etag[0] = '\0';
        EXPECT_OK(&p, part_checkpoint(&p, &j));
        part_clear(&p);
    }
    scratch_remove(&s);
}
END_TEST

/* ---- the end ---- */

START_TEST(settles_the_size)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    open_fresh(&p, "whole, and more");
    EXPECT_FAILS(&p, part_settle(&p, 16, NULL), -EIO,
                 "x.part is shorter than what was written to it: run it again");
    settle_and_commit(&p, 5, false);
    expect_only(&s, "x", "whole");
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* Three ways of renaming, by what the file system can. */
static const struct {
    int renameat2, linkat;
} ways[] = {{0, 0}, {EINVAL, 0}, {ENOSYS, 0}, {EINVAL, EPERM}, {EINVAL, EOPNOTSUPP}};

static void use_way(int i)
{
    faults.renameat2 = ways[i].renameat2;
    faults.linkat = ways[i].linkat;
}

START_TEST(gives_the_name)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    use_way(_i);
    p = part_of(&s, "x");
    open_fresh(&p, "whole");
    checkpoint(&p, "\"v1\"", 5, 5);
    settle_and_commit(&p, 5, false);
    expect_only(&s, "x", "whole");
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

static void make_there(const struct scratch *s, int kind)
{
    switch (kind) {
    case 0:
        put_file(s->fd, "x", "there", 0640);
        break;
    case 1:
        put_file(s->fd, "target", "target", 0640);
        ck_assert_int_eq(symlinkat("target", s->fd, "x"), 0);
        break;
    case 2:
        ck_assert_int_eq(symlinkat("nowhere", s->fd, "x"), 0);
        break;
    case 3:
        ck_assert_int_eq(mkfifoat(s->fd, "x", 0600), 0);
        break;
    default:
        ck_assert_int_eq(mkdirat(s->fd, "x", 0700), 0);
    }
}

enum { KINDS = 5 };

START_TEST(takes_no_name_that_is_taken)
{
    for (int kind = 0; kind < KINDS; kind++) {
        struct scratch s;
        struct part p;
        struct stat before, st;

        scratch_make(&s, NULL);
        use_way(_i);
        make_there(&s, kind);
        p = part_of(&s, "x");
        ck_assert_int_eq(part_existing(&p, &before), 1);
        open_fresh(&p, "whole");
        checkpoint(&p, "\"v1\"", 5, 5);
        EXPECT_OK(&p, part_settle(&p, 5, NULL));
        EXPECT_FAILS(&p, part_commit(&p, false), -EEXIST,
                     "x is there already: move it away");
        ck_assert_int_ge(p.fd, 0);
        ck_assert_int_eq(part_existing(&p, &st), 1);
        ck_assert_uint_eq(st.st_ino, before.st_ino);
        ck_assert_uint_eq(st.st_mode, before.st_mode);
        expect_file(s.fd, "x.part", "whole");
        expect_look(&p, "\"v1\"", 5);
        if (kind == 1)
            expect_file(s.fd, "target", "target");
        EXPECT_OK(&p, part_discard(&p));
        ck_assert(is_there(s.fd, "x") && !is_there(s.fd, "nowhere"));
        part_clear(&p);
        scratch_remove(&s);
    }
}
END_TEST

START_TEST(replaces_files_and_links)
{
    for (int kind = 0; kind < 3; kind++) {
        struct scratch s;
        struct part p;

        scratch_make(&s, NULL);
        make_there(&s, kind);
        p = part_of(&s, "x");
        open_fresh(&p, "whole");
        checkpoint(&p, "\"v1\"", 5, 5);
        settle_and_commit(&p, 5, true);
        if (kind == 1) {
            expect_file(s.fd, "target", "target");
            ck_assert_int_eq(unlinkat(s.fd, "target", 0), 0);
        }
        expect_only(&s, "x", "whole");
        part_clear(&p);
        scratch_remove(&s);
    }
}
END_TEST

START_TEST(replaces_nothing_else)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    open_fresh(&p, "whole");
    make_there(&s, 3);
    EXPECT_FAILS(&p, part_commit(&p, true), -EEXIST,
                 "x is there and is no file: move it away");
    ck_assert_int_eq(unlinkat(s.fd, "x", 0), 0);
    make_there(&s, 4);
    EXPECT_FAILS(&p, part_commit(&p, true), -EISDIR, "x is a folder: move it away");
    expect_file(s.fd, "x.part", "whole");
    ck_assert_int_eq(unlinkat(s.fd, "x", AT_REMOVEDIR), 0);
    settle_and_commit(&p, 5, true);
    expect_only(&s, "x", "whole");
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* ---- large, and many at once ---- */

START_TEST(offsets_beyond_32_bits)
{
    const int64_t far = INT64_C(6) << 30;
    struct scratch s;
    struct part p;
    struct journal j, back;
    char got[5] = "";
    int fd;

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    EXPECT_OK(&p, part_open(&p, false));
    write_text(&p, "tail", far);
    write_text(&p, "four", INT64_C(1) << 32);
    journal_init(&j);
    j.size = far + 4;
    ranges_add(&j.done, INT64_C(1) << 32, (INT64_C(1) << 32) + 4);
    ranges_add(&j.done, far, far + 4);
    EXPECT_OK(&p, part_checkpoint(&p, &j));
    part_clear(&p);
    p = part_of(&s, "x");
    EXPECT_OK(&p, part_look(&p, &back));
    ck_assert_int_eq(back.size, j.size);
    ck_assert_uint_eq(back.done.n, 2);
    ck_assert_mem_eq(back.done.items, j.done.items, 2 * sizeof(struct range));
    EXPECT_OK(&p, part_open(&p, true));
    write_text(&p, "beyond", far + 2);
    settle_and_commit(&p, far + 4, false);
    ck_assert_int_eq(stat_of(s.fd, "x").st_size, far + 4);
    fd = openat(s.fd, "x", O_RDONLY);
    ck_assert_int_eq(pread(fd, got, 4, (off_t)far), 4);
    ck_assert_str_eq(got, "tabe");
    ck_assert_int_eq(pread(fd, got, 4, (off_t)1 << 32), 4);
    ck_assert_str_eq(got, "four");
    close(fd);
    journal_clear(&j);
    journal_clear(&back);
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

enum { WRITERS = 8, BLOCKS = 128, BLOCK = 65536 };

struct writer {
    struct part *p;
    int number, failed;
    pthread_t thread;
};

static void fill_block(char *block, int number)
{
    memset(block, 'a' + number % 26, BLOCK);
    memcpy(block, &number, sizeof(number));
}

static void *write_blocks(void *arg)
{
    struct writer *w = arg;
    char *block = mem_alloc(BLOCK);

    for (int i = 0; i < BLOCKS; i++) {
        int number = i * WRITERS + w->number;

        fill_block(block, number);
        if (part_write(w->p, block, BLOCK, (int64_t)number * BLOCK))
            w->failed++;
    }
    free(block);
    return NULL;
}

static int run_writers(struct part *p)
{
    struct writer writers[WRITERS];
    int failed = 0;

    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.p = p, .number = i};
        ck_assert_int_eq(
            pthread_create(&writers[i].thread, NULL, write_blocks, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        failed += writers[i].failed;
    }
    return failed;
}

START_TEST(written_by_several_at_once)
{
    struct scratch s;
    struct part p;
    char *expected = mem_alloc(BLOCK), *got = mem_alloc(BLOCK);

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    EXPECT_OK(&p, part_open(&p, false));
    ck_assert_int_eq(run_writers(&p), 0);
    ck_assert_int_eq(faults.write_backs, WRITERS * BLOCKS * BLOCK / (8 << 20));
    EXPECT_OK(&p, part_settle(&p, WRITERS * BLOCKS * BLOCK, NULL));
    for (int i = 0; i < WRITERS * BLOCKS; i++) {
        fill_block(expected, i);
        ck_assert_int_eq(pread(p.fd, got, BLOCK, (off_t)i * BLOCK), BLOCK);
        ck_assert_mem_eq(expected, got, BLOCK);
    }
    part_clear(&p);
    free(expected);
    free(got);
    scratch_remove(&s);
}
END_TEST

/* Checkpoints while others write, as a download makes them. */
static void *make_checkpoints(void *arg)
{
    struct part *p = arg;
    struct journal j;
    intptr_t failed = 0;

    journal_init(&j);
    for (int i = 0; i < 20; i++)
        failed += part_checkpoint(p, &j) != 0;
    return (void *)failed;
}

static int run_writers_and_checkpoints(struct part *p, int *failed_checkpoints)
{
    pthread_t thread;
    void *failed;
    int r;

    ck_assert_int_eq(pthread_create(&thread, NULL, make_checkpoints, p), 0);
    r = run_writers(p);
    pthread_join(thread, &failed);
    *failed_checkpoints = (int)(intptr_t)failed;
    return r;
}

START_TEST(fails_for_several_at_once)
{
    struct scratch s;
    struct part p;
    int failed;

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    EXPECT_OK(&p, part_open(&p, false));
    ck_assert_int_eq(run_writers_and_checkpoints(&p, &failed), 0);
    ck_assert_int_eq(failed, 0);
    expect_look(&p, NULL, 0);
    faults.pwrite = ENOSPC;
    ck_assert_int_eq(run_writers_and_checkpoints(&p, &failed), WRITERS * BLOCKS);
    ck_assert_int_eq(failed, 20);
    ck_assert(!strcmp(p.why,
                      "x.part: no space left on the disk: make room, then run it "
                      "again") ||
              !strcmp(p.why, "x.part.json: no space left on the disk: make room, then "
                             "run it again"));
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

START_TEST(writes_all_of_it)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    faults.interrupted = 3;
    EXPECT_OK(&p, part_open(&p, false));
    faults.interrupted = 3;
    faults.pwrite_most = 2;
    write_text(&p, "in small pieces", 0);
    write_text(&p, "", 5);
    faults.interrupted = 3;
    checkpoint(&p, "\"v1\"", 15, 15);
    faults.interrupted = 3;
    EXPECT_OK(&p, part_sync(&p));
    faults.interrupted = 3;
    EXPECT_OK(&p, part_sync_folder(&p));
    expect_look(&p, "\"v1\"", 15);
    expect_file(s.fd, "x.part", "in small pieces");
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = CHECK_SUITE(
        "part", from_nothing_to_whole, in_a_folder, goes_on_with_what_is_there,
        begins_again, keeps_only_what_was_told, discards, torn_journals,
        journals_that_tell_too_much, journals_without_a_file_go, journals_of_any_length,
        settles_the_size, replaces_files_and_links, replaces_nothing_else,
        offsets_beyond_32_bits, written_by_several_at_once, fails_for_several_at_once,
        writes_all_of_it);
    TCase *ways_of_renaming = tcase_create("ways");

    tcase_add_loop_test(ways_of_renaming, permissions_are_the_users, 0, 5);
    tcase_add_loop_test(ways_of_renaming, gives_the_name, 0, ARRAY_LEN(ways));
    tcase_add_loop_test(ways_of_renaming, takes_no_name_that_is_taken, 0,
                        ARRAY_LEN(ways));
    suite_add_tcase(suite, ways_of_renaming);
    return suite;
}

int main(void)
{
    umask(022);
    return check_main(suite);
}
