/* db.h - a file of trawl's own that is an SQLite database: whose it is, who may have it
 * open, what went wrong.
 *
 * One run has it at a time, and one file is left when it is closed; what is committed
 * is there after a kill at any moment. Every function may block. */
#ifndef TRAWL_BASE_DB_H
#define TRAWL_BASE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/buf.h"

struct db {
    char *path;
    sqlite3 *handle;
    struct buf why; /* of the last failure */
};

/* Opens or makes the file that `command` keeps, in that version; `layout` is the SQL
 * that makes its tables, but for "run", which is there always. 0 or -errno, with the
 * reason in why; then a file that was there is left as it was, and db_close is still
 * owed. */
int db_open(struct db *db, const char *path, const char *command, int version,
            const char *layout);
void db_close(struct db *db);

/* Runs statements that give nothing. 0 or -errno, as all below. */
int db_run(struct db *db, const char *sql);

/* The one number that a statement gives. */
int db_ask(struct db *db, const char *sql, int64_t *n);

/* For a statement that is run many times; sqlite3_finalize is the caller's. */
int db_prepare(struct db *db, const char *sql, sqlite3_stmt **stmt);

/* Runs a prepared statement that gives nothing, and makes it ready to be run again. */
int db_step(struct db *db, sqlite3_stmt *stmt);

/* Ends what db_run(db, "BEGIN") began: commits when r is 0, else takes all of it back.
 * r, or why committing failed. */
int db_end(struct db *db, int r);

/* Sets why from what SQLite returned, or to these words. -errno. */
int db_fail(struct db *db, int rc);
int db_refuse(struct db *db, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Logs why as an error: "state file PATH: REASON". */
void db_log(const struct db *db);

#endif
