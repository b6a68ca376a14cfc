/* Parts that go other ways: large ones past the page cache, small ones without a name
 * until they are whole. And where these ways are closed. */
#include "check_disk_part.h"
#include "check_disk_faults.h"

#include <fcntl.h>

enum { ALIGN = DIRECT_ALIGN, ROOM = 1 << 20 };

/* ---- past the page cache ---- */

/* The byte that is to lie there. */
static char byte_at(int64_t offset)
{
    return (char)(offset * 7 + offset / ALIGN);
}

static char *make_bytes(void)
{
    return mem_alloc_aligned(ALIGN, ROOM + ALIGN);
}

/* [first, end), from memory that lies `lead` behind a page. */
static void write_span(struct part *p, char *memory, size_t lead, int64_t first,
                       int64_t end)
{
    for (int64_t i = first; i < end; i++)
        memory[(int64_t)lead + i - first] = byte_at(i);
    EXPECT_OK(p, part_write(p, memory + lead, (size_t)(end - first), first));
}

static void expect_bytes(int dir, const char *name, int64_t size)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    char *bytes = mem_alloc(ROOM);

    ck_assert_int_eq(stat_of(dir, name).st_size, size);
    for (int64_t at = 0; at < size;) {
        ssize_t n = pread(fd, bytes, ROOM, at);

        ck_assert_int_gt(n, 0);
        for (int64_t i = 0; i < n; i++)
            ck_assert_msg(bytes[i] == byte_at(at + i), "at %lld", (long long)(at + i));
        at += n;
    }
    free(bytes);
    close(fd);
}

/* All ways in which a file system may not take it; the first takes it. */
static const struct {
    const char *what, *where;
    int direct_open, direct_write;
    size_t most;
} systems[] = {
    {"as it is", NULL, 0, 0, 0},
    {"in memory", "/dev/shm", 0, 0, 0},
    {"not opened", NULL, EINVAL, 0, 0},
    {"not written", NULL, 0, EINVAL, 0},
    {"written in pieces", NULL, 0, 0, 3 * ALIGN},
    {"written in pieces that are no pages", NULL, 0, 0, 5000},
};

static void use_system(int i)
{
    faults.direct_open = systems[i].direct_open;
    faults.direct_write = systems[i].direct_write;
    faults.pwrite_most = systems[i].most;
}

static void open_direct(struct part *p, bool keep)
{
    EXPECT_OK(p, part_open(p, keep));
    EXPECT_OK(p, part_go_direct(p));
}

/* Spans that begin and end at, before and behind pages, the memory as the offset, or
 * not; and the whole of it, whatever way it went. */
START_TEST(bytes_past_the_page_cache)
{
    static const int64_t edges[] = {
        0,          1,      ALIGN - 1,         ALIGN, ALIGN + 1, 2 * ALIGN, 70000,
        20 * ALIGN, 100001, 30 * ALIGN + 4095, 200000};
    struct scratch s;
    char *memory = make_bytes();

    scratch_make(&s, systems[_i].where);
    use_system(_i);
    for (int shifted = 0; shifted < 2; shifted++) {
        struct part p = part_of(&s, shifted ? "shifted" : "straight");
        int64_t end = 0;

        open_direct(&p, false);
        for (size_t i = 1; i < ARRAY_LEN(edges); i++) {
            size_t lead = (size_t)(edges[i - 1] % ALIGN) + (shifted ? 1 : 0);

            end = edges[i];
            write_span(&p, memory, lead, edges[i - 1], end);
        }
        settle_and_commit(&p, end, false);
        expect_bytes(s.fd, p.name, end);
        part_clear(&p);
    }
    free(memory);
    scratch_remove(&s);
}
END_TEST

/* Who waits to be synced has one open file. */
START_TEST(not_once_settled)
{
    struct scratch s;
    struct part p;
    char *memory = make_bytes();

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    open_direct(&p, false);
    write_span(&p, memory, 0, 0, 4 * ALIGN);
    EXPECT_OK(&p, part_settle(&p, 4 * ALIGN, NULL));
    ck_assert_int_eq(p.direct.fd, -1);
    part_clear(&p);
    free(memory);
    scratch_remove(&s);
}
END_TEST

/* Whether it went past it is seen where it is refused: once, and never again. */
START_TEST(refused_once)
{
    struct scratch s;
    struct part p;
    char *memory = make_bytes();

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    open_direct(&p, false);
    if (!direct_works(&p.direct)) {
        skip("no O_DIRECT here");
    } else {
        write_span(&p, memory, 0, 0, 4 * ALIGN);
        ck_assert_int_eq(faults.direct_writes, 1);
        ck_assert(direct_works(&p.direct));
        write_span(&p, memory, 1, 4 * ALIGN, 8 * ALIGN);
        ck_assert_int_eq(faults.direct_writes, 1);
        faults.direct_write = EINVAL;
        write_span(&p, memory, 0, 8 * ALIGN, 12 * ALIGN);
        ck_assert_int_eq(faults.direct_writes, 2);
        ck_assert(!direct_works(&p.direct));
        write_span(&p, memory, 0, 12 * ALIGN, 16 * ALIGN);
        ck_assert_int_eq(faults.direct_writes, 2);
        settle_and_commit(&p, 16 * ALIGN, false);
        expect_bytes(s.fd, "x", 16 * ALIGN);
    }
    part_clear(&p);
    free(memory);
    scratch_remove(&s);
}
END_TEST

/* A run that ends in the middle of a page, and the next that goes on there. */
START_TEST(goes_on_within_a_page)
{
    enum { CUT = 5 * ALIGN + 123, SIZE = 40 * ALIGN + 77 };
    struct scratch s;
    struct part p;
    char *memory = make_bytes();
    int before = count_open_files();

    scratch_make(&s, systems[_i].where);
    use_system(_i);
    p = part_of(&s, "x");
    open_direct(&p, false);
    write_span(&p, memory, 0, 0, CUT);
    checkpoint(&p, "\"v\"", SIZE, CUT);
    part_clear(&p);
    p = part_of(&s, "x");
    expect_look(&p, "\"v\"", CUT);
    open_direct(&p, true);
    write_span(&p, memory, 0, 30 * ALIGN, SIZE); /* out of order, as ranges come */
    write_span(&p, memory, CUT % ALIGN, CUT, 30 * ALIGN);
    settle_and_commit(&p, SIZE, false);
    expect_bytes(s.fd, "x", SIZE);
    ck_assert_int_eq(count_files_in(s.fd), 1);
    part_clear(&p);
    free(memory);
    scratch_remove(&s);
    ck_assert_int_eq(count_open_files(), before);
}
END_TEST

/* The name is somebody else's by now: nothing of ours is written there. */
START_TEST(another_file_under_the_name)
{
    struct scratch s;
    struct part p;
    char *memory = make_bytes();

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    EXPECT_OK(&p, part_open(&p, false));
    ck_assert_int_eq(renameat(s.fd, "x.part", s.fd, "away"), 0);
    put_file(s.fd, "x.part", "mine", 0600);
    EXPECT_OK(&p, part_go_direct(&p));
    ck_assert(!direct_works(&p.direct));
    write_span(&p, memory, 0, 0, 4 * ALIGN);
    expect_file(s.fd, "x.part", "mine");
    part_clear(&p);
    free(memory);
    scratch_remove(&s);
}
END_TEST

START_TEST(a_full_disk_is_told)
{
    struct scratch s;
    struct part p;
    char *memory = make_bytes();

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    open_direct(&p, false);
    faults.pwrite = ENOSPC;
    faults.pwrite_left = 2 * ALIGN;
    EXPECT_FAILS(&p, part_write(&p, memory, 8 * ALIGN, 0), -ENOSPC,
                 "x.part: no space left on the disk: make room, then run it again");
    part_clear(&p);
    free(memory);
    scratch_remove(&s);
}
END_TEST

/* ---- without a name ---- */

static bool open_unnamed(struct part *p)
{
    int r = part_open_unnamed(p);

    ck_assert_msg(r >= 0, "%s", p->why);
    if (r == PART_NEEDS_NAME)
        skip("no files without a name here");
    return r == 0;
}

START_TEST(nothing_until_it_has_its_name)
{
    const struct timespec then = {.tv_sec = 1000000000};
    struct scratch s;
    struct part p;
    int folder;

    scratch_make(&s, NULL);
    p = part_of(&s, "folder/x");
    if (open_unnamed(&p)) {
        write_text(&p, "whole, and more", 0);
        checkpoint(&p, "\"v\"", 5, 5); /* which does nothing */
        folder = openat(s.fd, "folder", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        ck_assert_int_eq(count_files_in(folder), 0);
        EXPECT_OK(&p, part_settle(&p, 5, &then));
        EXPECT_OK(&p, part_sync(&p));
        EXPECT_OK(&p, part_commit(&p, false));
        EXPECT_OK(&p, part_sync_folder(&p));
        expect_only(&(struct scratch){.fd = folder}, "x", "whole");
        ck_assert_int_eq(stat_of(folder, "x").st_mtime, then.tv_sec);
        close(folder);
    }
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

START_TEST(a_name_that_is_taken_meanwhile)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    if (open_unnamed(&p)) {
        write_text(&p, "ours", 0);
        EXPECT_OK(&p, part_settle(&p, 4, NULL));
        put_file(s.fd, "x", "theirs", 0600);
        EXPECT_FAILS(&p, part_commit(&p, false), -EEXIST,
                     "x is there already: move it away");
        expect_file(s.fd, "x", "theirs");
        EXPECT_OK(&p, part_discard(&p));
        ck_assert_int_eq(count_files_in(s.fd), 1);
    }
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

START_TEST(other_bytes_without_a_name)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    p = part_of(&s, "x");
    if (open_unnamed(&p)) {
        write_text(&p, "wrong", 0);
        EXPECT_OK(&p, part_restart(&p));
        write_text(&p, "yes", 0);
        settle_and_commit(&p, 3, false);
        expect_only(&s, "x", "yes");
    }
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* What an earlier run, or somebody else, has there is part_open's to deal with. */
START_TEST(a_part_is_there)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    leave_half(&s, "x");
    p = part_of(&s, "x");
    ck_assert_int_eq(part_open_unnamed(&p), PART_NEEDS_NAME);
    open_fresh(&p, "all");
    ck_assert_int_eq(
        part_open_unnamed(&(struct part){
            .root = s.fd, .name = (char[]){"x"}, .fd = -1, .direct.fd = -1}),
        PART_NEEDS_NAME);
    settle_and_commit(&p, 3, false);
    expect_only(&s, "x", "all");
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* Neither of the two ways to give it a name, or no such files at all. */
START_TEST(where_it_cannot_be)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    faults.linkat = _i ? 0 : EPERM;
    faults.tmpfile = _i ? EOPNOTSUPP : 0;
    p = part_of(&s, "x");
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(part_open_unnamed(&p), PART_NEEDS_NAME);
    ck_assert_int_eq(count_files_in(s.fd), 0);
    open_fresh(&p, "all");
    settle_and_commit(&p, 3, false);
    expect_only(&s, "x", "all");
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

/* Without the privilege, by way of /proc. */
START_TEST(linked_by_way_of_proc)
{
    struct scratch s;
    struct part p;

    scratch_make(&s, NULL);
    faults.link_empty_path = ENOENT;
    p = part_of(&s, "x");
    if (open_unnamed(&p)) {
        write_text(&p, "all", 0);
        settle_and_commit(&p, 3, false);
        expect_only(&s, "x", "all");
    }
    part_clear(&p);
    scratch_remove(&s);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite =
        CHECK_SUITE("part", not_once_settled, refused_once, another_file_under_the_name,
                    a_full_disk_is_told, nothing_until_it_has_its_name,
                    a_name_that_is_taken_meanwhile, other_bytes_without_a_name,
                    a_part_is_there, linked_by_way_of_proc);
    TCase *ways = tcase_create("ways");

    tcase_add_loop_test(ways, bytes_past_the_page_cache, 0, ARRAY_LEN(systems));
    tcase_add_loop_test(ways, goes_on_within_a_page, 0, ARRAY_LEN(systems));
    tcase_add_loop_test(ways, where_it_cannot_be, 0, 2);
    suite_add_tcase(suite, ways);
    return suite;
}

int main(void)
{
    umask(022);
    return check_main(suite);
}
