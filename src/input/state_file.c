#include "input/state_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

/* What tells the file from any other database: "trwl", and the layout's number. */
enum { APPLICATION_ID = 0x7472776c, LAYOUT = 1 };

/* The table only grows at its end: marking costs the same however long it is. It is
 * read once, at the start of a run. */
static const char layout[] = "CREATE TABLE run (command TEXT NOT NULL);"
                             "CREATE TABLE answered (key BLOB NOT NULL);"
                             "PRAGMA application_id = 1953658732;"
                             "PRAGMA user_version = 1;";

struct state_file {
    char *path;
    sqlite3 *db;
    sqlite3_stmt *insert;
    struct buf why; /* of the last failure */
};

/* ---- errors ---- */

static int errno_of(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_NOMEM:
        mem_exhausted();
    case SQLITE_FULL:
        return ENOSPC;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return EBUSY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return EACCES;
    default:
        return EIO;
    }
}

static const char *meaning(const struct state_file *f, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "in use by another run";
    case SQLITE_NOTADB:
        return "no state file, or damaged";
    case SQLITE_CORRUPT:
        return "damaged";
    default:
        return sqlite3_errmsg(f->db);
    }
}

static int fail(struct state_file *f, int rc)
{
    buf_reset(&f->why);
    buf_append_str(&f->why, meaning(f, rc));
    if ((rc & 0xff) == SQLITE_CANTOPEN || (rc & 0xff) == SQLITE_IOERR) {
        int error = sqlite3_system_errno(f->db);

        if (error)
            buf_appendf(&f->why, ": %s", strerror(error));
    }
    return -errno_of(rc);
}

static int refuse(struct state_file *f, const char *why)
{
    buf_reset(&f->why);
    buf_append_str(&f->why, why);
    return -EINVAL;
}

void state_file_log(const struct state_file *f)
{
    log_error("state file %s: %s", f->path, f->why.data ? f->why.data : "unknown");
}

/* ---- statements ---- */

static int run(struct state_file *f, const char *sql)
{
    int rc = sqlite3_exec(f->db, sql, NULL, NULL, NULL);

    return rc ? fail(f, rc) : 0;
}

/* The one number that a statement gives. */
static int ask(struct state_file *f, const char *sql, sqlite3_int64 *n)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(f->db, sql, -1, &stmt, NULL);

    if (!rc)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW ? 0 : fail(f, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc);
}

/* ---- opening ---- */

/* A name as SQLite takes it: ":memory:" and the like mean themselves. */
static int open_database(struct state_file *f)
{
    struct buf name = BUF_INIT;
    int rc;

    buf_appendf(&name, "%s%s", f->path[0] == '/' ? "" : "./", f->path);
    rc = sqlite3_open_v2(
        name.data, &f->db,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    buf_clear(&name);
    if (!f->db)
        mem_exhausted();
    sqlite3_extended_result_codes(f->db, 1);
    if (rc)
        return fail(f, rc);
    if (sqlite3_db_readonly(f->db, "main") == 1)
        return refuse(f, "not writable");
    return run(f, "PRAGMA locking_mode = EXCLUSIVE");
}

/* Reads only, so that a file of another program stays as it is. *fresh: it is empty. */
static int check_header(struct state_file *f, bool *fresh)
{
    sqlite3_int64 objects = 0, application = 0, version = 0;
    int r = ask(f, "SELECT count(*) FROM sqlite_master", &objects);

    if (!r)
        r = ask(f, "PRAGMA application_id", &application);
    if (!r)
        r = ask(f, "PRAGMA user_version", &version);
    if (r)
        return r;
    *fresh = !objects && !application && !version;
    if (*fresh)
        return 0;
    if (application != APPLICATION_ID)
        return refuse(f, "a database, but not of trawl");
    if (version != LAYOUT)
        return refuse(f, "made by another version of trawl");
    return 0;
}

static int set_up(struct state_file *f, const char *command)
{
    char *sql = sqlite3_mprintf(
        "BEGIN EXCLUSIVE; %s INSERT INTO run VALUES (%Q); COMMIT", layout, command);
    int r;

    if (!sql)
        mem_exhausted();
    r = run(f, sql);
    sqlite3_free(sql);
    return r;
}

static int check_command(struct state_file *f, const char *command)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(f->db, "SELECT command FROM run", -1, &stmt, NULL);
    int r = 0;

    if (!rc)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        const char *made_by = (const char *)sqlite3_column_text(stmt, 0);

        if (!made_by || strcmp(made_by, command) != 0) {
            buf_reset(&f->why);
            buf_appendf(&f->why, "made by trawl %s, not %s", made_by ? made_by : "?",
                        command);
            r = -EINVAL;
        }
    } else {
        r = fail(f, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc);
    }
    sqlite3_finalize(stmt);
    return r;
}

static int read_answered(struct state_file *f, struct answered *answered)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(f->db, "SELECT key FROM answered", -1, &stmt, NULL);

    while (!rc && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const void *key = sqlite3_column_blob(stmt, 0);

        rc = SQLITE_CORRUPT;
        if (sqlite3_column_bytes(stmt, 0) == (int)sizeof(struct answered_key) && key) {
            answered_add(answered, key);
            rc = SQLITE_OK;
        }
    }
    sqlite3_finalize(stmt);
    if (rc != SQLITE_DONE)
        return fail(f, rc);
    answered_sort(answered);
    return 0;
}

/* The exclusive lock comes with the first access in WAL mode and lasts to the end. */
static int open_and_check(struct state_file *f, const char *command,
                          struct answered *answered)
{
    bool fresh = false;
    int rc, r = open_database(f);

    if (!r)
        r = check_header(f, &fresh);
    if (!r && !fresh)
        r = check_command(f, command);
    if (!r)
        r = run(f, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                   "BEGIN EXCLUSIVE; COMMIT");
    if (!r && fresh)
        r = set_up(f, command);
    if (!r)
        r = read_answered(f, answered);
    if (r)
        return r;
    rc = sqlite3_prepare_v3(f->db, "INSERT INTO answered VALUES (?)", -1,
                            SQLITE_PREPARE_PERSISTENT, &f->insert, NULL);
    return rc ? fail(f, rc) : 0;
}

struct state_file *state_file_open(const char *path, const char *command,
                                   struct answered *answered)
{
    struct state_file *f = mem_zalloc(sizeof(*f));

    f->path = mem_strdup(path);
    if (!open_and_check(f, command, answered))
        return f;
    state_file_log(f);
    state_file_close(f);
    answered_clear(answered);
    return NULL;
}

void state_file_close(struct state_file *f)
{
    sqlite3_finalize(f->insert);
    sqlite3_close(f->db);
    buf_clear(&f->why);
    free(f->path);
    free(f);
}

/* ---- adding ---- */

static int insert(struct state_file *f, const struct answered_key *key)
{
    int rc = sqlite3_bind_blob(f->insert, 1, key, sizeof(*key), SQLITE_STATIC);

    if (!rc)
        rc = sqlite3_step(f->insert);
    if (rc != SQLITE_DONE) {
        int r = fail(f, rc);

        sqlite3_reset(f->insert);
        return r;
    }
    sqlite3_reset(f->insert);
    return 0;
}

int state_file_add(struct state_file *f, const struct answered_key *keys, size_t n)
{
    int r = run(f, "BEGIN");

    for (size_t i = 0; i < n && !r; i++)
        r = insert(f, &keys[i]);
    if (!r)
        r = run(f, "COMMIT");
    if (r && !sqlite3_get_autocommit(f->db))
        sqlite3_exec(f->db, "ROLLBACK", NULL, NULL, NULL);
    return r;
}
