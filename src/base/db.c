#include "base/db.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

/* What tells the file from any other database: "trwl". */
enum { APPLICATION_ID = 0x7472776c };

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

static const char *meaning(const struct db *db, int rc)
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
        return sqlite3_errmsg(db->handle);
    }
}

int db_fail(struct db *db, int rc)
{
    buf_reset(&db->why);
    buf_append_str(&db->why, meaning(db, rc));
    if ((rc & 0xff) == SQLITE_CANTOPEN || (rc & 0xff) == SQLITE_IOERR) {
        int error = sqlite3_system_errno(db->handle);

        if (error)
            buf_appendf(&db->why, ": %s", strerror(error));
    }
    return -errno_of(rc);
}

int db_refuse(struct db *db, const char *format, ...)
{
    va_list ap;

    buf_reset(&db->why);
    va_start(ap, format);
    buf_vappendf(&db->why, format, ap);
    va_end(ap);
    return -EINVAL;
}

void db_log(const struct db *db)
{
    log_error("state file %s: %s", db->path, db->why.data ? db->why.data : "unknown");
}

/* ---- statements ---- */

int db_run(struct db *db, const char *sql)
{
    int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

    return rc ? db_fail(db, rc) : 0;
}

int db_ask(struct db *db, const char *sql, int64_t *n)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);

    if (!rc)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW ? 0 : db_fail(db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc);
}

int db_prepare(struct db *db, const char *sql, sqlite3_stmt **stmt)
{
    int rc =
        sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);

    return rc ? db_fail(db, rc) : 0;
}

int db_step(struct db *db, sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt), r = rc == SQLITE_DONE ? 0 : db_fail(db, rc);

    sqlite3_reset(stmt);
    return r;
}

int db_end(struct db *db, int r)
{
    if (!r)
        r = db_run(db, "COMMIT");
    if (r && !sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    return r;
}

/* ---- opening ---- */

/* A name as SQLite takes it: ":memory:" and the like mean themselves. */
static int open_database(struct db *db)
{
    struct buf name = BUF_INIT;
    int rc;

    buf_appendf(&name, "%s%s", db->path[0] == '/' ? "" : "./", db->path);
    rc = sqlite3_open_v2(
        name.data, &db->handle,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    buf_clear(&name);
    if (!db->handle)
        mem_exhausted();
    sqlite3_extended_result_codes(db->handle, 1);
    if (rc)
        return db_fail(db, rc);
    if (sqlite3_db_readonly(db->handle, "main") == 1)
        return db_refuse(db, "not writable");
    return db_run(db, "PRAGMA locking_mode = EXCLUSIVE");
}

/* Reads only, so that a file of another program stays as it is. *fresh: it is empty. */
static int check_header(struct db *db, int version, bool *fresh)
{
    int64_t objects = 0, application = 0, found = 0;
    int r = db_ask(db, "SELECT count(*) FROM sqlite_master", &objects);

    if (!r)
        r = db_ask(db, "PRAGMA application_id", &application);
    if (!r)
        r = db_ask(db, "PRAGMA user_version", &found);
    if (r)
        return r;
    *fresh = !objects && !application && !found;
    if (*fresh)
        return 0;
    if (application != APPLICATION_ID)
        return db_refuse(db, "a database, but not of trawl");
    if (found != version)
        return db_refuse(db, "made by another version of trawl");
    return 0;
}

static int set_up(struct db *db, const char *command, int version, const char *layout)
{
    char *sql = sqlite3_mprintf("BEGIN EXCLUSIVE; CREATE TABLE run (command TEXT NOT "
                                "NULL); INSERT INTO run VALUES (%Q); %s"
                                "PRAGMA application_id = %d; PRAGMA user_version = %d;"
                                "COMMIT",
                                command, layout, APPLICATION_ID, version);
    int r;

    if (!sql)
        mem_exhausted();
    r = db_run(db, sql);
    sqlite3_free(sql);
    return r;
}

static int check_command(struct db *db, const char *command)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db->handle, "SELECT command FROM run", -1, &stmt, NULL);
    int r = 0;

    if (!rc)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        const char *made_by = (const char *)sqlite3_column_text(stmt, 0);

        if (!made_by || strcmp(made_by, command) != 0)
            r = db_refuse(db, "made by trawl %s, not %s", made_by ? made_by : "?",
                          command);
    } else {
        r = db_fail(db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc);
    }
    sqlite3_finalize(stmt);
    return r;
}

/* The exclusive lock comes with the first access in WAL mode and lasts to the end. */
int db_open(struct db *db, const char *path, const char *command, int version,
            const char *layout)
{
    bool fresh = false;
    int r;

    *db = (struct db){.path = mem_strdup(path)};
    r = open_database(db);
    if (!r)
        r = check_header(db, version, &fresh);
    if (!r && !fresh)
        r = check_command(db, command);
    if (!r)
        r = db_run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                       "BEGIN EXCLUSIVE; COMMIT");
    if (!r && fresh)
        r = set_up(db, command, version, layout);
    return r;
}

void db_close(struct db *db)
{
    sqlite3_close(db->handle);
    buf_clear(&db->why);
    free(db->path);
    *db = (struct db){0};
}
