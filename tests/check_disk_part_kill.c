/* A run that is killed before any one of its system calls, and the next one: nothing
 * half is ever under the name, no two versions are ever mixed, and in the end all is
 * there and nothing else is. */
#include "check_disk_part.h"
#include "check_disk_faults.h"

#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* ---- a file of two versions, and a run that downloads it ---- */

/* More than a page, and no multiple of it: some of it goes past the page cache. */
enum { PIECE = 9000, PIECES = 4, SIZE_A = PIECE * PIECES, SIZE_B = SIZE_A - 1000 };

static const char name[] = "folder/x.iso";

struct version {
    const char *etag;
    int64_t size;
    char byte;
};

static const struct version a = {"\"a\"", SIZE_A, 'a'}, b = {"\"b\"", SIZE_B, 'b'};

static void must(struct part *p, int r)
{
    ck_assert_msg(r >= 0, "%d: %s", r, p->why);
}

static int64_t fetch_gap(struct part *p, const struct version *v, struct range gap)
{
    _Alignas(DIRECT_ALIGN) char room[PIECE + DIRECT_ALIGN];
    char *piece = room + gap.first % DIRECT_ALIGN;
    int64_t n = gap.end - gap.first < PIECE ? gap.end - gap.first : PIECE;

    memset(piece, v->byte, PIECE);
    must(p, part_write(p, piece, (size_t)n, gap.first));
    return gap.first + n;
}

/* As `download` does: looks, keeps what is of this version, writes what is missing. */
static void fetch(struct part *p, const struct version *v, bool late, bool replace)
{
    struct journal j;
    struct range gap;
    bool same;

    must(p, part_look(p, &j));
    same = j.etag && !strcmp(j.etag, v->etag);
    must(p, part_open(p, same || late));
    must(p, part_go_direct(p));
    if (!same) {
        journal_clear(&j);
        j.etag = mem_strdup(v->etag);
        j.size = v->size;
        if (late) /* the answer tells of another version than the journal */
            must(p, part_restart(p));
    }
    while (ranges_gap(&j.done, 0, v->size, &gap)) {
        ranges_add(&j.done, gap.first, fetch_gap(p, v, gap));
        must(p, part_checkpoint(p, &j));
    }
    must(p, part_settle(p, v->size, NULL));
    must(p, part_sync(p));
    must(p, part_commit(p, replace));
    must(p, part_sync_folder(p));
    journal_clear(&j);
}

/* As it does with what is in memory, whole. */
static void fetch_whole(struct part *p, const struct version *v)
{
    char *bytes = mem_alloc((size_t)v->size);
    int r = part_open_unnamed(p);

    must(p, r);
    if (r == PART_NEEDS_NAME)
        must(p, part_open(p, false));
    memset(bytes, v->byte, (size_t)v->size);
    must(p, part_write(p, bytes, (size_t)v->size, 0));
    must(p, part_settle(p, v->size, NULL));
    must(p, part_sync(p));
    must(p, part_commit(p, false));
    must(p, part_sync_folder(p));
    free(bytes);
}

struct run {
    int root;
    const struct version *v;
    bool late, replace, whole;
};

static void download(const struct run *run)
{
    struct part p;
    struct stat st;

    part_init(&p, run->root, name);
    if (run->whole && part_existing(&p, &st) != 1)
        fetch_whole(&p, run->v);
    else if (!run->whole && (part_existing(&p, &st) != 1 || run->replace))
        fetch(&p, run->v, run->late, run->replace);
    part_clear(&p);
}

/* ---- killing it ---- */

enum outcome { ENDED, KILLED, UNTRACED };

static pid_t begin_traced(const struct run *run)
{
    pid_t child = fork();

    if (!child) {
        if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
            _exit(2);
        raise(SIGSTOP);
        download(run);
        _exit(0);
    }
    return child;
}

/* Lets it go on to its next system call; false when it has ended. */
static bool next_call(pid_t child, int *status)
{
    for (int stop = 0; stop < 2; stop++) { /* the end of one, the begin of the next */
        if (ptrace(PTRACE_SYSCALL, child, 0, 0) < 0 ||
            waitpid(child, status, 0) != child || !WIFSTOPPED(*status))
            return false;
    }
    return true;
}

/* Kills it when it is about to make that system call, counted from 0. */
static enum outcome kill_before(const struct run *run, int call)
{
    pid_t child = begin_traced(run);
    int status;

    ck_assert_int_eq(waitpid(child, &status, 0), child);
    if (!WIFSTOPPED(status) || ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_EXITKILL))
        return UNTRACED;
    /* The first stop is the beginning of a call: nothing came before it. */
    if (ptrace(PTRACE_SYSCALL, child, 0, 0) < 0 || waitpid(child, &status, 0) != child)
        return UNTRACED;
    for (int i = 0; i < call && WIFSTOPPED(status); i++)
        if (!next_call(child, &status))
            break;
    if (WIFSTOPPED(status)) {
        kill(child, SIGKILL);
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        return KILLED;
    }
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", status);
    return ENDED;
}

/* ---- what must be ---- */

/* Whether those bytes are all of the version. */
static void expect_bytes(int root, const char *file, int64_t first, int64_t end,
                         const struct version *v)
{
    char bytes[SIZE_A], expected[SIZE_A];
    int fd = openat(root, file, O_RDONLY | O_CLOEXEC);

    memset(expected, v->byte, sizeof(expected));
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pread(fd, bytes, (size_t)(end - first), (off_t)first),
                     end - first);
    ck_assert_mem_eq(bytes, expected, (size_t)(end - first));
    close(fd);
}

/* One of the versions, all of it and not a byte more. */
static void expect_whole(int root, const char *file)
{
    struct stat st = stat_of(root, file);
    const struct version *v = st.st_size == a.size ? &a : &b;

    ck_assert_int_eq(st.st_size, v->size);
    expect_bytes(root, file, 0, v->size, v);
}

/* Behind a kill: what is told is true. Nothing is changed, so that the next run finds
 * it as it was: part_look is asked only where it has nothing to tidy. */
static void expect_truth(int root)
{
    struct journal j;
    struct part p;

    if (is_there(root, name))
        expect_whole(root, name);
    if (!is_there(root, "folder/x.iso.part") ||
        stat_of(root, "folder/x.iso.part").st_nlink > 1)
        return;
    part_init(&p, root, name);
    EXPECT_OK(&p, part_look(&p, &j));
    for (size_t i = 0; i < j.done.n; i++)
        expect_bytes(root, "folder/x.iso.part", j.done.items[i].first,
                     j.done.items[i].end, strcmp(j.etag, a.etag) ? &b : &a);
    journal_clear(&j);
    part_clear(&p);
}

static void expect_all_well(const struct scratch *s)
{
    int folder = openat(s->fd, "folder", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    expect_whole(s->fd, name);
    ck_assert_uint_eq(stat_of(s->fd, name).st_mode & 07777,
                      faults.no_modes ? 0755 : 0644);
    ck_assert_int_eq(count_files_in(folder), 1);
    ck_assert_int_eq(count_files_in(s->fd), 1);
    close(folder);
}

/* ---- cases ---- */

static const struct {
    const char *what;
    int renameat2, linkat;
    bool no_modes;
} systems[] = {
    {"all there is", 0, 0, false},
    {"links in place of renaming", EINVAL, 0, false},
    {"no permissions", EINVAL, EPERM, true},
    {"no permissions, but links", EINVAL, 0, true},
};

static const struct {
    const char *what;
    int first; /* what an earlier run was killed before; -1: there was none */
    bool late, replace, whole; /* of the run that is killed */
    int kills;                 /* at least so many */
} cases[] = {
    {"from nothing", -1, false, false, false, 60},
    {"a changed file", 1, false, false, false, 60},
    {"changed, and seen late", 1, true, false, false, 60},
    {"over another", 0, false, true, false, 60},
    {"from memory", -1, false, false, true, 30},
    {"from memory, where a part is", 1, false, false, true, 30},
};

enum {
    SYSTEMS = sizeof(systems) / sizeof(systems[0]),
    CASES = sizeof(cases) / sizeof(cases[0])
};

/* Where the run that is killed begins. */
static void prepare(const struct scratch *s, int first)
{
    struct part p;
    struct journal j;

    part_init(&p, s->fd, name);
    if (first == 0)
        download(&(struct run){.root = s->fd, .v = &b});
    if (first == 1) {
        EXPECT_OK(&p, part_open(&p, false));
        journal_init(&j);
        j.etag = mem_strdup(b.etag);
        j.size = b.size;
        ranges_add(&j.done, 0, fetch_gap(&p, &b, (struct range){0, b.size}));
        EXPECT_OK(&p, part_checkpoint(&p, &j));
        journal_clear(&j);
    }
    part_clear(&p);
}

/* Kills a run for version a there, and then runs for `last` to the end. */
static enum outcome kill_and_go_on(int which, int call, const struct version *last)
{
    struct scratch s;
    struct run run = {.v = &a,
                      .late = cases[which].late,
                      .replace = cases[which].replace,
                      .whole = cases[which].whole};
    enum outcome outcome;

    scratch_make(&s, is_there(AT_FDCWD, "/dev/shm") ? "/dev/shm" : NULL);
    run.root = s.fd;
    prepare(&s, cases[which].first);
    outcome = kill_before(&run, call);
    if (outcome != UNTRACED) {
        expect_truth(s.fd);
        run.v = last;
        run.late = run.whole = false;
        download(&run);
        expect_all_well(&s);
        if (run.replace)
            ck_assert_int_eq(stat_of(s.fd, name).st_size, last->size);
    }
    scratch_remove(&s);
    return outcome;
}

static void use_system(int i)
{
    faults.renameat2 = systems[i].renameat2;
    faults.linkat = systems[i].linkat;
    faults.no_modes = systems[i].no_modes;
}

START_TEST(killed_anywhere)
{
    const struct version *const last[] = {&a, &b};
    int which = _i % CASES, system = _i / CASES, killed = 0;
    enum outcome outcome = KILLED;

    use_system(system);
    for (int call = 0; outcome == KILLED; call++)
        for (size_t i = 0; i < ARRAY_LEN(last); i++) {
            outcome = kill_and_go_on(which, call, last[i]);
            killed += outcome == KILLED;
        }
    if (outcome == UNTRACED)
        skip("no tracing of processes here");
    else
        ck_assert_msg(killed > cases[which].kills, "%s, %s: only %d kills",
                      systems[system].what, cases[which].what, killed);
}
END_TEST

/* The file changes on the server, and run after run is killed somewhere. */
START_TEST(killed_again_and_again)
{
    enum { RUNS = 200, CALLS = 160 };
    const struct version *const versions[] = {&a, &b};
    struct scratch s;
    struct run run = {.v = &a};
    int outcomes[3] = {0};

    scratch_make(&s, is_there(AT_FDCWD, "/dev/shm") ? "/dev/shm" : NULL);
    use_system(_i);
    srand((unsigned)_i + 1);
    run.root = s.fd;
    for (int i = 0; i < RUNS && !outcomes[UNTRACED]; i++) {
        run.v = versions[rand() % 2];
        run.late = rand() % 2;
        run.replace = rand() % 4 != 0;
        run.whole = rand() % 4 == 0;
        outcomes[kill_before(&run, rand() % CALLS)]++;
        expect_truth(s.fd);
    }
    run.late = run.whole = false;
    run.replace = true;
    download(&run);
    expect_all_well(&s);
    if (outcomes[UNTRACED])
        skip("no tracing of processes here");
    else
        ck_assert(outcomes[KILLED] > 20 && outcomes[ENDED] > 20);
    scratch_remove(&s);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("part");
    TCase *kill = tcase_create("kill");

    tcase_add_loop_test(kill, killed_anywhere, 0, SYSTEMS * CASES);
    tcase_add_loop_test(kill, killed_again_and_again, 0, SYSTEMS);
    suite_add_tcase(suite, kill);
    return suite;
}

/* Tracer and traced take turns: on one processor they need not wake another for it. */
static void use_one_processor(void)
{
    int here = sched_getcpu();
    cpu_set_t one;

    if (here < 0 || here >= CPU_SETSIZE)
        return;
    CPU_ZERO(&one);
    CPU_SET(here, &one);
    sched_setaffinity(0, sizeof(one), &one);
}

int main(void)
{
    umask(022);
    use_one_processor();
    return check_main(suite);
}
