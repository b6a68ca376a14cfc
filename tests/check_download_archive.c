#include "check_main.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "download/archive.h"

#define TEST(name)                                                                     \
    static void name##_in_folder(void);                                                \
    START_TEST(name)                                                                   \
    {                                                                                  \
        make_folder();                                                                 \
        name##_in_folder();                                                            \
        remove_folder();                                                               \
    }                                                                                  \
    END_TEST                                                                           \
    static void name##_in_folder(void)

/* ---- the file ---- */

static char folder[64], path[96], other[96];

static void make_folder(void)
{
    strcpy(folder, "/tmp/trawl-check-archive-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/archive", folder);
    snprintf(other, sizeof(other), "%s/other", folder);
}

static void remove_folder(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

static void put(const char *file, int flags, const void *data, size_t n)
{
    int fd = open(file, O_WRONLY | O_CREAT | flags, 0666);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, data, n), (ssize_t)n);
    close(fd);
}

static void put_text(int flags, const char *text)
{
    put(path, flags, text, strlen(text));
}

/* The caller frees. */
static char *content(void)
{
    struct buf b = BUF_INIT;
    int fd = open(path, O_RDONLY);
    ssize_t n;

    ck_assert_int_ge(fd, 0);
    do {
        n = read(fd, buf_reserve(&b, 65536), 65536);
        buf_commit(&b, n > 0 ? (size_t)n : 0);
    } while (n > 0);
    close(fd);
    return buf_take(&b);
}

static void expect_content(const char *expected)
{
    char *text = content();

    ck_assert_str_eq(text, expected);
    free(text);
}

static struct archive *must_open(void)
{
    struct archive *a = archive_open(path);

    ck_assert_ptr_nonnull(a);
    return a;
}

/* ---- one run ---- */

TEST(claims_and_adds)
{
    struct archive *a = must_open();

    expect_content("");
    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_BUSY);
    ck_assert_int_eq(archive_claim(a, "http://h/b"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_add(a, "http://h/a"), 0);
    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_DONE);
    ck_assert_int_eq(archive_claim(a, "http://h/b"), ARCHIVE_BUSY);
    archive_release(a, "http://h/b");
    archive_release(a, "http://h/b");
    ck_assert_int_eq(archive_claim(a, "http://h/b"), ARCHIVE_YOURS);
    expect_content("http://h/a\n");
    ck_assert_int_eq(archive_add(a, "http://h/b"), 0);
    ck_assert_int_eq(archive_add(a, "http://h/b"), 0);
    expect_content("http://h/a\nhttp://h/b\n");
    archive_close(a);
    archive_close(NULL);
    a = must_open();
    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_DONE);
    ck_assert_int_eq(archive_claim(a, "http://h/b"), ARCHIVE_DONE);
    ck_assert_int_eq(archive_claim(a, "http://h/c"), ARCHIVE_YOURS);
    archive_close(a);
}

TEST(spellings_are_one)
{
    struct archive *a = must_open();

    ck_assert_int_eq(archive_claim(a, "HTTP://me:secret@h/a#part"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_BUSY);
    ck_assert_int_eq(archive_add(a, "h/./a"), 0);
    ck_assert_int_eq(archive_claim(a, "http://h/a#other"), ARCHIVE_DONE);
    ck_assert_int_eq(archive_claim(a, "http://h/A"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_claim(a, "ftp://h/a"), -EINVAL);
    ck_assert_int_eq(archive_add(a, "mailto:h@a"), -EINVAL);
    archive_release(a, "no URL");
    archive_close(a);
    expect_content("http://h/a\n");
}

/* Half of it may be another file's: it must not become done by an end of line. */
TEST(a_torn_line_counts_for_nothing)
{
    struct archive *a;

    put_text(0, "http://h/0\nhttp://h/1");
    a = must_open();
    ck_assert_int_eq(archive_claim(a, "http://h/0"), ARCHIVE_DONE);
    ck_assert_int_eq(archive_claim(a, "http://h/1"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_claim(a, "http://h/2"), ARCHIVE_YOURS);
    expect_content("http://h/0\nhttp://h/1");
    ck_assert_int_eq(archive_add(a, "http://h/2"), 0);
    expect_content("http://h/0\nhttp://h/1 # cut short\nhttp://h/2\n");
    archive_close(a);
    a = must_open();
    ck_assert_int_eq(archive_claim(a, "http://h/1"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_claim(a, "http://h/2"), ARCHIVE_DONE);
    ck_assert_int_eq(archive_add(a, "http://h/1"), 0);
    expect_content("http://h/0\nhttp://h/1 # cut short\nhttp://h/2\nhttp://h/1\n");
    archive_close(a);
}

static const char *long_url(size_t length)
{
    static char url[65536];

    snprintf(url, sizeof(url), "http://h/%zu/", length);
    memset(url + strlen(url), 'x', length - strlen(url));
    url[length] = '\0';
    return url;
}

/* Of about the size of what is read at once, one behind the other. */
TEST(long_lines)
{
    static const size_t lengths[] = {32766, 32767, 32768, 32769, 65000, 20, 100};
    struct archive *a = must_open(), *b = must_open();

    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        ck_assert_int_eq(archive_claim(a, long_url(lengths[i])), ARCHIVE_YOURS);
        ck_assert_int_eq(archive_add(a, long_url(lengths[i])), 0);
        ck_assert_int_eq(archive_claim(b, long_url(lengths[i])), ARCHIVE_DONE);
    }
    archive_close(a);
    a = must_open();
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        ck_assert_int_eq(archive_claim(a, long_url(lengths[i])), ARCHIVE_DONE);
        ck_assert_int_eq(archive_claim(a, long_url(lengths[i] + 500)), ARCHIVE_YOURS);
    }
    archive_close(a);
    archive_close(b);
}

/* ---- other files ---- */

TEST(refuses_what_is_no_list)
{
    static const char binary[] = "http://h/a\n\0http://h/b\n";
    struct buf big = BUF_INIT;
    struct archive *a;
    struct stat st;

    put(path, 0, binary, sizeof(binary) - 1);
    ck_assert_ptr_null(archive_open(path));
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_size, sizeof(binary) - 1);
    for (int i = 0; i < 10000; i++)
        buf_append_str(&big, "http://h/long\n");
    buf_append_char(&big, '\0');
    put(path, O_TRUNC, big.data, big.len);
    buf_clear(&big);
    ck_assert_ptr_null(archive_open(path));
    ck_assert_ptr_null(archive_open(folder));
    ck_assert_ptr_null(archive_open("/dev/null"));
    ck_assert_ptr_null(archive_open("/nowhere/at/all"));
    ck_assert_int_eq(mkfifo(other, 0666), 0);
    ck_assert_ptr_null(archive_open(other));
    unlink(other);
    put_text(O_TRUNC, "");
    a = must_open();
    put(path, O_APPEND, "\0", 1);
    ck_assert_int_eq(archive_claim(a, "http://h/a"), -EBADMSG);
    archive_close(a);
}

TEST(follows_links)
{
    struct archive *a;

    ck_assert_int_eq(symlink(path, other), 0);
    a = archive_open(other);
    ck_assert_ptr_nonnull(a);
    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_add(a, "http://h/a"), 0);
    archive_close(a);
    unlink(other);
    expect_content("http://h/a\n");
}

TEST(the_file_may_change)
{
    struct archive *a = must_open();

    put_text(O_APPEND, "http://h/a\nhttp://h/b\n");
    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_DONE);
    put_text(O_APPEND, "http://h/");
    ck_assert_int_eq(archive_claim(a, "http://h/c"), ARCHIVE_YOURS);
    archive_release(a, "http://h/c");
    put_text(O_APPEND, "c\n");
    ck_assert_int_eq(archive_claim(a, "http://h/c"), ARCHIVE_DONE);
    put_text(O_TRUNC, "http://h/b\n");
    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_claim(a, "http://h/c"), ARCHIVE_YOURS);
    archive_release(a, "http://h/c");
    ck_assert_int_eq(archive_claim(a, "http://h/b"), ARCHIVE_DONE);
    /* It is larger now, but not by lines behind those known. */
    put_text(O_TRUNC, "http://h/longer\nhttp://h/c\n");
    ck_assert_int_eq(archive_claim(a, "http://h/b"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_claim(a, "http://h/c"), ARCHIVE_DONE);
    archive_close(a);
}

/* What is claimed stays so, and lines go to the file that has the name. */
TEST(the_file_may_be_replaced)
{
    static const char sorted[] = "http://h/1\nhttp://h/2\n";
    struct archive *a, *b;

    put_text(0, "http://h/0\n");
    a = must_open();
    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_YOURS);
    put(other, 0, sorted, strlen(sorted));
    ck_assert_int_eq(rename(other, path), 0);
    ck_assert_int_eq(archive_claim(a, "http://h/2"), ARCHIVE_DONE);
    ck_assert_int_eq(archive_claim(a, "http://h/0"), ARCHIVE_YOURS);
    b = must_open();
    ck_assert_int_eq(archive_claim(b, "http://h/a"), ARCHIVE_BUSY);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(archive_add(a, "http://h/a"), 0);
    ck_assert_int_eq(archive_claim(b, "http://h/a"), ARCHIVE_DONE);
    ck_assert_int_eq(archive_claim(b, "http://h/0"), ARCHIVE_BUSY);
    ck_assert_int_eq(archive_claim(b, "http://h/2"), ARCHIVE_YOURS);
    expect_content("http://h/a\n");
    unlink(path);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    ck_assert_int_eq(archive_claim(a, "http://h/3"), -EISDIR);
    ck_assert_int_eq(archive_add(a, "http://h/0"), -EISDIR);
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(archive_claim(a, "http://h/0"), ARCHIVE_YOURS);
    archive_close(a);
    archive_close(b);
}

/* ---- locks ---- */

/* Two open files of one process keep each other out as two processes do. */
TEST(two_runs)
{
    struct archive *a = must_open(), *b = must_open();

    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_claim(b, "http://h/a"), ARCHIVE_BUSY);
    ck_assert_int_eq(archive_claim(b, "http://h/b"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_claim(a, "http://h/b"), ARCHIVE_BUSY);
    archive_release(b, "http://h/a"); /* not b's to give up */
    ck_assert_int_eq(archive_claim(b, "http://h/a"), ARCHIVE_BUSY);
    ck_assert_int_eq(archive_add(a, "http://h/a"), 0);
    ck_assert_int_eq(archive_claim(b, "http://h/a"), ARCHIVE_DONE);
    archive_release(b, "http://h/b");
    ck_assert_int_eq(archive_claim(a, "http://h/b"), ARCHIVE_YOURS);
    archive_close(a);
    ck_assert_int_eq(archive_claim(b, "http://h/b"), ARCHIVE_YOURS);
    archive_close(b);
}

/* Takes the place of libc's: what waits for a lock naps. While a test holds the lock no
 * time goes by. */
static int naps, holder = -1, naps_until_free;

int nanosleep(const struct timespec *time, struct timespec *left)
{
    if (holder < 0)
        return clock_nanosleep(CLOCK_MONOTONIC, 0, time, left);
    if (++naps == naps_until_free) {
        close(holder);
        holder = -1;
    }
    return 0;
}

/* As one does that is adding a line. */
static void hold_append_lock(int free_after)
{
    struct flock lock = {.l_type = F_WRLCK, .l_start = (off_t)1 << 62, .l_len = 1};

    holder = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_eq(fcntl(holder, F_OFD_SETLK, &lock), 0);
    naps_until_free = free_after;
    naps = 0;
}

TEST(waits_for_who_is_adding)
{
    struct archive *a = must_open();

    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_YOURS);
    hold_append_lock(7);
    ck_assert_int_eq(archive_add(a, "http://h/a"), 0);
    ck_assert_int_eq(naps, 7);
    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_DONE);
    archive_close(a);
}

/* The lock is one of the file that has the name, not of the one that had it. */
TEST(waits_at_a_new_file)
{
    struct archive *a = must_open();

    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_YOURS);
    unlink(path);
    put_text(0, "http://h/0\n");
    hold_append_lock(7);
    ck_assert_int_eq(archive_add(a, "http://h/a"), 0);
    ck_assert_int_eq(naps, 7);
    expect_content("http://h/0\nhttp://h/a\n");
    archive_close(a);
}

TEST(does_not_wait_for_ever)
{
    struct archive *a = must_open();

    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_YOURS);
    hold_append_lock(-1);
    ck_assert_int_eq(archive_add(a, "http://h/a"), -EAGAIN);
    ck_assert_int_ge(naps, 1000);
    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_YOURS);
    close(holder);
    holder = -1;
    ck_assert_int_eq(archive_add(a, "http://h/a"), 0);
    archive_close(a);
}

static void limit_files(rlim_t most)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = most;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* As a full disk does, the limit takes the part that it has room for. */
TEST(no_room)
{
    struct archive *a = must_open();
    struct rlimit before;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    ck_assert_int_eq(archive_claim(a, "http://h/a"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_claim(a, "http://h/bc"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_add(a, "http://h/a"), 0);
    limit_files(21); /* http://h/b */
    ck_assert_int_eq(archive_add(a, "http://h/bc"), -EFBIG);
    limit_files(before.rlim_cur);
    expect_content("http://h/a\nhttp://h/b");
    ck_assert_int_eq(archive_claim(a, "http://h/bc"), ARCHIVE_YOURS);
    ck_assert_int_eq(archive_add(a, "http://h/bc"), 0);
    ck_assert_int_eq(archive_claim(a, "http://h/b"), ARCHIVE_YOURS);
    expect_content("http://h/a\nhttp://h/b # cut short\nhttp://h/bc\n");
    archive_close(a);
}

/* ---- several processes ---- */

enum { CHILDREN = 4, URLS = 3000, HELD = 5 };

/* What the children share. */
struct shared {
    int owner[URLS], added[URLS];
};

static void must(bool holds)
{
    if (!holds)
        _exit(1);
}

static struct shared *map_shared(void)
{
    struct shared *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    ck_assert_ptr_ne(s, MAP_FAILED);
    return s;
}

/* Some are longer than a page, so that a kill can cut them. */
static const char *url_of(int i)
{
    static char url[8192];
    int room = i % 50 == 0 ? 7000 : i % 7 * 40;

    snprintf(url, sizeof(url), "https://example.com/%0*d/%d", room, 0, i);
    return url;
}

/* A child in the middle of its work. */
struct work {
    struct archive *a;
    struct shared *s;
    int report; /* a byte for each line added; -1: to nobody */
    int held[HELD], n;
    unsigned random;
};

static unsigned next_random(struct work *w, unsigned below)
{
    w->random = w->random * 1103515245u + 12345u;
    return (w->random >> 16) % below;
}

/* Ends one of the claims, most often with a line. */
static void end_one(struct work *w)
{
    unsigned at = next_random(w, (unsigned)w->n);
    int i = w->held[at];

    w->held[at] = w->held[--w->n];
    must(__atomic_exchange_n(&w->s->owner[i], 0, __ATOMIC_SEQ_CST) == getpid());
    if (next_random(w, 10) == 0) {
        archive_release(w->a, url_of(i));
        return;
    }
    must(archive_add(w->a, url_of(i)) == 0);
    __atomic_add_fetch(&w->s->added[i], 1, __ATOMIC_SEQ_CST);
    must(w->report < 0 || write(w->report, "", 1) == 1);
}

/* Whether the URL is done. */
static bool work_on(struct work *w, int i)
{
    int r = archive_claim(w->a, url_of(i));

    must(r >= 0);
    if (r == ARCHIVE_YOURS) {
        int before = __atomic_exchange_n(&w->s->owner[i], getpid(), __ATOMIC_SEQ_CST);

        must(!before || w->report >= 0); /* one that was killed, then */
        w->held[w->n++] = i;
    }
    if (w->n == HELD)
        end_one(w);
    return r == ARCHIVE_DONE;
}

/* Goes round the list, from a place of its own, until all of it is done. */
static void work(struct shared *s, unsigned seed, int report)
{
    struct work w = {archive_open(path), s, report, {0}, 0, seed};
    unsigned start = next_random(&w, URLS);
    int done;

    must(w.a != NULL);
    do {
        done = 0;
        for (unsigned i = 0; i < URLS; i++)
            done += work_on(&w, (int)((start + i * 7) % URLS));
        while (w.n)
            end_one(&w);
    } while (done < URLS);
    archive_close(w.a);
    _exit(0);
}

static pid_t start(struct shared *s, unsigned seed, int report)
{
    pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (!pid)
        work(s, seed, report);
    return pid;
}

static void expect_success(pid_t pid)
{
    int status;

    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}

/* Every URL has its line, once, and there is no other line but those cut short. */
static int expect_all_lines(void)
{
    char *text = content();
    struct slice rest = slice_str(text), line;
    static bool found[URLS];
    int lines = 0, cut = 0;

    memset(found, 0, sizeof(found));
    ck_assert_int_eq(text[rest.len - 1], '\n');
    while (slice_next(&rest, '\n', &line)) {
        char *copy = slice_dup(line), *end = strrchr(copy, '/');
        int i = end ? atoi(end + 1) : 0;

        if (strchr(copy, ' ')) {
            cut++;
        } else {
            ck_assert_str_eq(copy, url_of(i));
            ck_assert(!found[i]);
            found[i] = true;
            lines++;
        }
        free(copy);
    }
    ck_assert_int_eq(lines, URLS);
    free(text);
    return cut;
}

TEST(several_processes)
{
    struct shared *s = map_shared();
    pid_t pids[CHILDREN];

    for (unsigned i = 0; i < CHILDREN; i++)
        pids[i] = start(s, i + 1, -1);
    for (unsigned i = 0; i < CHILDREN; i++)
        expect_success(pids[i]);
    for (int i = 0; i < URLS; i++)
        ck_assert_int_eq(s->added[i], 1);
    ck_assert_int_eq(expect_all_lines(), 0);
    munmap(s, sizeof(*s));
}

/* Children are killed after some lines, wherever they are then, and others follow. */
TEST(killed_at_any_time)
{
    struct shared *s = map_shared();
    pid_t pids[CHILDREN] = {0};
    unsigned seed = 0;
    int report[2], status;
    char byte;

    ck_assert_int_eq(pipe(report), 0);
    for (unsigned i = 0; i < CHILDREN; i++)
        pids[i] = start(s, ++seed, report[1]);
    for (int lines = 0; lines < URLS / 2; lines++) {
        pid_t *victim = &pids[lines % CHILDREN];

        ck_assert_int_eq(read(report[0], &byte, 1), 1);
        if (lines % 15)
            continue;
        kill(*victim, SIGKILL);
        ck_assert_int_eq(waitpid(*victim, &status, 0), *victim);
        ck_assert(status == 0 || WTERMSIG(status) == SIGKILL);
        *victim = start(s, ++seed, report[1]);
    }
    close(report[1]);
    while (read(report[0], &byte, 1) > 0)
        ;
    for (unsigned i = 0; i < CHILDREN; i++)
        expect_success(pids[i]);
    for (int i = 0; i < URLS; i++)
        ck_assert_int_le(s->added[i], 1);
    expect_all_lines();
    close(report[0]);
    munmap(s, sizeof(*s));
}

static void claim_and_wait(int report)
{
    struct archive *a = archive_open(path);

    must(a != NULL);
    for (int i = 0; i < 3; i++)
        must(archive_claim(a, url_of(i)) == ARCHIVE_YOURS);
    must(write(report, "", 1) == 1);
    for (;;)
        pause();
}

TEST(a_kill_frees_claims)
{
    struct archive *a = must_open();
    int report[2], status;
    pid_t pid;
    char byte;

    ck_assert_int_eq(pipe(report), 0);
    pid = fork();
    if (!pid)
        claim_and_wait(report[1]);
    ck_assert_int_eq(read(report[0], &byte, 1), 1);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(archive_claim(a, url_of(i)), ARCHIVE_BUSY);
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(archive_claim(a, url_of(i)), ARCHIVE_YOURS);
    close(report[0]);
    close(report[1]);
    archive_close(a);
}

static Suite *suite(void)
{
    return CHECK_SUITE("archive", claims_and_adds, spellings_are_one,
                       a_torn_line_counts_for_nothing, long_lines,
                       refuses_what_is_no_list, follows_links, the_file_may_change,
                       the_file_may_be_replaced, two_runs, waits_for_who_is_adding,
                       waits_at_a_new_file, does_not_wait_for_ever, no_room,
                       several_processes, killed_at_any_time, a_kill_frees_claims);
}

int main(void)
{
    return check_main(suite);
}
