/* A crawl of a made-up site that is killed again and again ends with the records of one
 * that was left alone: none lost, none twice. */
#include "check_state.h"

#include "base/mem.h"
#include "crawl/frontier.h"
#include "crawl/normal.h"

enum { PAGES = 20000, HOSTS = 20, OUT = 8, KILLS = 50 };

static char output[112];

static void set_output(void)
{
    snprintf(output, sizeof(output), "%s.jsonl", path);
}

/* ---- the site: page n has its number for a path, and links to some others ---- */

static void append_url(struct buf *url, unsigned n)
{
    buf_reset(url);
    buf_appendf(url, "http://h%u/%u", n % HOSTS, n);
}

static unsigned page_number(const char *url)
{
    return (unsigned)atoi(normal_path(url) + 1);
}

static void add_links(struct frontier *f, struct visit *v)
{
    unsigned n = page_number(v->url);
    unsigned links[] = {2 * n + 1, 2 * n + 2, n / 3, n * 7 % PAGES};
    struct buf url = BUF_INIT;

    for (size_t i = 0; i < ARRAY_LEN(links); i++) {
        append_url(&url, links[i]);
        if (links[i] < PAGES)
            frontier_add_link(f, v,
                              &(struct found){.url = url.data,
                                              .level = v->level + 1,
                                              .reason = VISIT_LINK});
    }
    buf_clear(&url);
}

/* ---- the crawl, in a program of its own, where check's assertions do not work ---- */

struct crawl {
    struct frontier *frontier;
    int output;
    int told;         /* the pipe's end that tells that it runs; -1 then */
    unsigned slowest; /* milliseconds a page takes at most */
    uint64_t length;
};

static void tell(struct crawl *c)
{
    if (c->told >= 0 && write(c->told, "x", 1) == 1)
        c->told = -1;
}

static async void visit_page(struct crawl *c, struct visit *v)
{
    struct buf line = BUF_INIT;

    add_links(c->frontier, v); /* while the page arrives */
    if (c->slowest)
        (void)task_sleep((double)(rand() % (int)c->slowest) / 1000);
    buf_appendf(&line, "%s\n", v->url);
    if (write(c->output, line.data, line.len) == (ssize_t)line.len)
        c->length += line.len;
    buf_clear(&line);
    frontier_done(c->frontier, v, c->length);
    tell(c);
}

/* frontier_next is for one task at a time. */
struct worker {
    struct crawl *crawl;
    struct semaphore *turn;
};

static async int work(void *arg)
{
    struct worker *w = arg;
    struct visit *v;
    int r;

    for (;;) {
        semaphore_acquire(w->turn);
        r = frontier_next(w->crawl->frontier, &v);
        semaphore_release(w->turn);
        if (r <= 0)
            return r;
        visit_page(w->crawl, v);
    }
}

static async int crawl(void *arg)
{
    struct crawl *c = arg;
    struct task *tasks[OUT];
    struct semaphore turn;
    struct worker worker = {c, &turn};

    c->frontier = frontier_new(
        &(struct frontier_config){.state = path, .options = "kill", .per_host = 3});
    c->output = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (!c->frontier || c->output < 0)
        return 1;
    c->length = frontier_output_length(c->frontier);
    if (lseek(c->output, 0, SEEK_END) < (off_t)c->length ||
        ftruncate(c->output, (off_t)c->length) < 0)
        return 1; /* a record of a page that is done is missing */
    frontier_add(c->frontier, &(struct found){.url = "http://h0/0"});
    semaphore_init(&turn, 1);
    for (int i = 0; i < OUT; i++)
        tasks[i] = task_create(work, &worker);
    for (int i = 0; i < OUT; i++) {
        task_await(tasks[i]);
        task_unref(tasks[i]);
    }
    close(c->output);
    return frontier_free(c->frontier) < 0;
}

/* ---- killing it ---- */

static pid_t start_crawl(unsigned slowest, int fd)
{
    char slowest_text[16], fd_text[16];

    snprintf(slowest_text, sizeof(slowest_text), "%u", slowest);
    snprintf(fd_text, sizeof(fd_text), "%d", fd);
    return start_program(slowest_text, fd_text);
}

/* Whether it was still at work when it was killed, at a time up to that long (in
 * microseconds) after its first page. */
static bool run_and_kill(int longest)
{
    int ends[2], status;
    char byte;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = start_crawl(16, ends[1]);
    close(ends[1]);
    (void)!read(ends[0], &byte, 1); /* nothing comes when all is done */
    ck_assert_int_eq(usleep((useconds_t)(rand() % longest)), 0);
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    close(ends[0]);
    ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

/* Pages that the file has as done. */
static int count_done(void)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    int n;

    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_prepare_v2(db, "SELECT sum(done) FROM url", -1, &stmt, NULL),
        SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
    n = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return n;
}

static void expect_records(void)
{
    unsigned char *seen = mem_zalloc(PAGES);
    struct buf text = read_file(output);
    struct slice rest = {text.data, text.len}, line;
    unsigned n = 0;

    for (; slice_next(&rest, '\n', &line); n++) {
        unsigned page = page_number(line.data);

        ck_assert_uint_lt(page, PAGES);
        ck_assert_msg(!seen[page]++, "%u twice", page);
    }
    ck_assert_uint_eq(n, PAGES);
    buf_clear(&text);
    free(seen);
}

START_TEST(killed)
{
    int status, kills = 0;
    pid_t pid;

    make_folder();
    set_output();
    for (int i = 0; i < KILLS; i++)
        kills += run_and_kill(i % 10 ? 600000 : 2000000); /* a batch, or several */
    ck_assert_int_ge(kills, KILLS / 2);
    ck_assert_int_ge(count_done(), PAGES / 100); /* each went on where one was killed */
    pid = start_crawl(0, -1);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    expect_records();
    unlink(output);
    remove_folder();
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("frontier_kill", killed);
}

int main(int argc, char **argv)
{
    struct crawl c = {.told = -1};

    program = argv[0];
    srand((unsigned)getpid());
    if (argc < 4)
        return check_main(suite);
    set_path(argv[1]);
    set_output();
    c.slowest = (unsigned)atoi(argv[2]);
    c.told = atoi(argv[3]);
    return loop_run(crawl, &c);
}
