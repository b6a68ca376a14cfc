#include "crawl/frontier_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/db.h"
#include "base/mem.h"
#include "crawl/normal.h"

enum { LAYOUT = 1 };

/* In the column "done", in place of 0 or 1. */
enum { CLAIMED = 2 };

/* Rows come in the order of their ids, and "done" takes the same room whether it is 0
 * or 1: the table grows at its end, and is changed in place. */
static const char layout[] =
    "CREATE TABLE crawl (options TEXT NOT NULL, output TEXT NOT NULL,"
    " output_length INTEGER NOT NULL);"
    "INSERT INTO crawl VALUES ('', '', -1);"
    "CREATE TABLE url (id INTEGER PRIMARY KEY, url TEXT NOT NULL, level INTEGER NOT "
    "NULL, reason INTEGER NOT NULL, referrer INTEGER NOT NULL, lastmod TEXT NOT NULL,"
    " done INTEGER NOT NULL);"
    "CREATE TABLE note (id INTEGER PRIMARY KEY, notes BLOB NOT NULL);";

struct frontier_file {
    struct db db;
    sqlite3_stmt *insert, *set_done, *set_length, *get_url, *note;
    uint64_t output_length;
};

void frontier_file_log(const struct frontier_file *f)
{
    db_log(&f->db);
}

static struct slice column_text(sqlite3_stmt *stmt, int column)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);

    return (struct slice){text ? text : "", (size_t)sqlite3_column_bytes(stmt, column)};
}

static int bind_text(sqlite3_stmt *stmt, int place, struct slice text)
{
    return sqlite3_bind_text(stmt, place, text.len ? text.data : "", (int)text.len,
                             SQLITE_STATIC);
}

/* ---- opening ---- */

static bool has_line(struct slice text, struct slice line)
{
    struct slice other;

    while (slice_next(&text, '\n', &other))
        if (other.len == line.len && !memcmp(other.data, line.data, line.len))
            return true;
    return false;
}

/* Appends the first line of `text` that `other` has not. */
static void append_line_apart(struct buf *out, const char *word, struct slice text,
                              struct slice other)
{
    struct slice line;

    while (slice_next(&text, '\n', &line))
        if (!has_line(other, line)) {
            buf_appendf(out, "%s%s \"%.*s\"", out->len ? " and " : "", word,
                        (int)line.len, line.data);
            return;
        }
}

/* Thousands of start URLs may be the same. */
static size_t same_lines(const char *a, const char *b)
{
    size_t n = 0;

    for (size_t i = 0; a[i] && a[i] == b[i]; i++)
        if (a[i] == '\n')
            n = i + 1;
    return n;
}

static int refuse_options(struct db *db, const char *theirs, const char *ours)
{
    size_t same = same_lines(theirs, ours);
    struct slice a = slice_str(theirs + same), b = slice_str(ours + same);
    struct buf what = BUF_INIT;
    int r;

    append_line_apart(&what, "with", a, b);
    append_line_apart(&what, "without", b, a);
    r = db_refuse(db, "of another crawl, %s: name another file",
                  what.len ? what.data : "with the same in another order");
    buf_clear(&what);
    return r;
}

static const char *text_or_none(const char *text)
{
    return text ? text : "";
}

static int set_crawl(struct frontier_file *f, const struct frontier_config *config)
{
    char *sql = sqlite3_mprintf(
        "UPDATE crawl SET options = %Q, output = %Q, output_length = %lld",
        text_or_none(config->options), text_or_none(config->output),
        (long long)config->output_size);
    int r;

    if (!sql)
        mem_exhausted();
    r = db_run(&f->db, sql);
    sqlite3_free(sql);
    f->output_length = config->output_size;
    return r;
}

/* Compares what the file tells, in that row. 1: it is to be told anew, as the file is
 * new, or the output another. */
static int compare_crawl(struct frontier_file *f, sqlite3_stmt *row,
                         const struct frontier_config *config)
{
    const char *options = column_text(row, 0).data, *output = column_text(row, 1).data;
    int64_t length = sqlite3_column_int64(row, 2);

    if (length < 0)
        return 1;
    if (strcmp(options, text_or_none(config->options)) != 0)
        return refuse_options(&f->db, options, text_or_none(config->options));
    f->output_length = (uint64_t)length;
    return strcmp(output, text_or_none(config->output)) != 0 ||
           (config->output && f->output_length > config->output_size);
}

/* Sets what a new file is of, or compares it. */
static int check_crawl(struct frontier_file *f, const struct frontier_config *config)
{
    sqlite3_stmt *stmt = NULL;
    int r =
        db_prepare(&f->db, "SELECT options, output, output_length FROM crawl", &stmt);
    int rc = r ? SQLITE_OK : sqlite3_step(stmt);

    if (rc == SQLITE_ROW)
        r = compare_crawl(f, stmt, config);
    else if (!r)
        r = db_fail(&f->db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc);
    sqlite3_finalize(stmt);
    return r > 0 ? set_crawl(f, config) : r;
}

struct frontier_file *frontier_file_open(const struct frontier_config *config)
{
    struct frontier_file *f = mem_zalloc(sizeof(*f));
    int r = db_open(&f->db, config->state, "crawl", LAYOUT, layout);

    if (!r)
        r = check_crawl(f, config);
    if (!r)
        r = db_prepare(&f->db, "INSERT INTO url VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                       &f->insert);
    if (!r)
        r = db_prepare(&f->db, "UPDATE url SET done = 1 WHERE id = ?1", &f->set_done);
    if (!r)
        r = db_prepare(&f->db, "UPDATE crawl SET output_length = ?1", &f->set_length);
    if (!r)
        r = db_prepare(&f->db, "SELECT url FROM url WHERE id = ?1", &f->get_url);
    if (!r)
        r = db_prepare(&f->db, "INSERT INTO note (notes) VALUES (?1)", &f->note);
    if (!r)
        return f;
    frontier_file_log(f);
    frontier_file_close(f);
    return NULL;
}

void frontier_file_close(struct frontier_file *f)
{
    sqlite3_finalize(f->insert);
    sqlite3_finalize(f->set_done);
    sqlite3_finalize(f->set_length);
    sqlite3_finalize(f->get_url);
    sqlite3_finalize(f->note);
    db_close(&f->db);
    free(f);
}

/* ---- reading ---- */

static int64_t column_between(sqlite3_stmt *stmt, int column, int64_t least,
                              int64_t most, bool *ok)
{
    int64_t n = sqlite3_column_int64(stmt, column);

    *ok = *ok && n >= least && n <= most;
    return n;
}

/* As far as normal.h relies on. */
static bool is_normal(struct slice url)
{
    return !memchr(url.data, '\0', url.len) &&
           (str_starts(url.data, "http://") || str_starts(url.data, "https://")) &&
           *normal_path(url.data) == '/';
}

/* False: nothing that was written here. */
static bool read_row(sqlite3_stmt *stmt, struct frontier_row *row)
{
    bool ok = true;
    int64_t done;

    *row = (struct frontier_row){
        .id = (uint64_t)column_between(stmt, 0, 1, INT64_MAX, &ok),
        .url = column_text(stmt, 1),
        .level = (uint32_t)column_between(stmt, 2, 0, UINT32_MAX, &ok),
        .reason = (enum visit_reason)column_between(stmt, 3, 0, VISIT_ANCHORS, &ok),
        .referrer = (uint64_t)column_between(stmt, 4, 0, INT64_MAX, &ok),
        .lastmod = column_text(stmt, 5)};
    done = column_between(stmt, 6, 0, CLAIMED, &ok);
    row->done = done != 0;
    row->claimed = done == CLAIMED;
    return ok && is_normal(row->url);
}

int frontier_file_read(struct frontier_file *f, bool waiting,
                       void (*found)(const struct frontier_row *row, void *arg),
                       void *arg)
{
    sqlite3_stmt *stmt = NULL;
    struct frontier_row row;
    int r = db_prepare(&f->db,
                       "SELECT id, url, level, reason, referrer, lastmod, done"
                       " FROM url WHERE NOT (done AND ?1) ORDER BY id",
                       &stmt);
    int rc = r ? SQLITE_DONE : sqlite3_bind_int(stmt, 1, waiting);

    while (!r && !rc && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        rc = SQLITE_OK;
        if (read_row(stmt, &row))
            found(&row, arg);
        else
            r = db_fail(&f->db, SQLITE_CORRUPT);
    }
    if (!r && rc != SQLITE_DONE)
        r = db_fail(&f->db, rc);
    sqlite3_finalize(stmt);
    return r;
}

int frontier_file_url(struct frontier_file *f, uint64_t id, struct buf *url)
{
    int rc = sqlite3_bind_int64(f->get_url, 1, (int64_t)id), r = 0;

    if (!rc)
        rc = sqlite3_step(f->get_url);
    if (rc == SQLITE_ROW) {
        struct slice text = column_text(f->get_url, 0);

        buf_append(url, text.data, text.len);
    } else if (rc != SQLITE_DONE) {
        r = db_fail(&f->db, rc);
    }
    sqlite3_reset(f->get_url);
    return r;
}

int frontier_file_notes(struct frontier_file *f,
                        bool (*noted)(struct slice notes, void *arg), void *arg)
{
    sqlite3_stmt *stmt = NULL;
    int r = db_prepare(&f->db, "SELECT notes FROM note ORDER BY id", &stmt);
    int rc = SQLITE_DONE;

    while (!r && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *data = sqlite3_column_blob(stmt, 0);

        if (!noted(
                (struct slice){data ? data : "", (size_t)sqlite3_column_bytes(stmt, 0)},
                arg))
            r = db_fail(&f->db, SQLITE_CORRUPT);
    }
    if (!r && rc != SQLITE_DONE)
        r = db_fail(&f->db, rc);
    sqlite3_finalize(stmt);
    return r;
}

uint64_t frontier_file_output_length(const struct frontier_file *f)
{
    return f->output_length;
}

/* ---- writing ---- */

static int insert_row(struct frontier_file *f, const struct frontier_row *row)
{
    sqlite3_stmt *s = f->insert;
    int rc = sqlite3_bind_int64(s, 1, (int64_t)row->id);

    rc = rc ? rc : bind_text(s, 2, row->url);
    rc = rc ? rc : sqlite3_bind_int64(s, 3, row->level);
    rc = rc ? rc : sqlite3_bind_int(s, 4, (int)row->reason);
    rc = rc ? rc : sqlite3_bind_int64(s, 5, (int64_t)row->referrer);
    rc = rc ? rc : bind_text(s, 6, row->lastmod);
    rc = rc ? rc : sqlite3_bind_int(s, 7, row->claimed ? CLAIMED : 0);
    return rc ? db_fail(&f->db, rc) : db_step(&f->db, s);
}

static int run_with(struct frontier_file *f, sqlite3_stmt *stmt, uint64_t n)
{
    int rc = sqlite3_bind_int64(stmt, 1, (int64_t)n);

    return rc ? db_fail(&f->db, rc) : db_step(&f->db, stmt);
}

static int write_done(struct frontier_file *f, const struct frontier_row *row)
{
    int r = run_with(f, f->set_done, row->id), rc;

    if (r || !row->notes.len)
        return r;
    rc =
        sqlite3_bind_blob64(f->note, 1, row->notes.data, row->notes.len, SQLITE_STATIC);
    return rc ? db_fail(&f->db, rc) : db_step(&f->db, f->note);
}

int frontier_file_write(struct frontier_file *f, const struct buf *rows)
{
    struct slice rest = {rows->data, rows->len};
    uint64_t length = f->output_length;
    struct frontier_row row;
    int r = db_run(&f->db, "BEGIN");

    while (!r && frontier_row_next(&rest, &row)) {
        r = row.done ? write_done(f, &row) : insert_row(f, &row);
        if (row.done)
            length = row.output_length;
    }
    if (!r && length != f->output_length)
        r = run_with(f, f->set_length, length);
    f->output_length = length;
    return db_end(&f->db, r);
}
