#include "input/state_file.h"

#include <stdlib.h>

#include "base/db.h"
#include "base/mem.h"

enum { LAYOUT = 1 };

/* The table only grows at its end: marking costs the same however long it is. It is
 * read once, at the start of a run. */
static const char layout[] = "CREATE TABLE answered (key BLOB NOT NULL);";

struct state_file {
    struct db db;
    sqlite3_stmt *insert;
};

void state_file_log(const struct state_file *f)
{
    db_log(&f->db);
}

static int read_answered(struct db *db, struct answered *answered)
{
    sqlite3_stmt *stmt = NULL;
    int rc =
        sqlite3_prepare_v2(db->handle, "SELECT key FROM answered", -1, &stmt, NULL);

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
        return db_fail(db, rc);
    answered_sort(answered);
    return 0;
}

struct state_file *state_file_open(const char *path, const char *command,
                                   struct answered *answered)
{
    struct state_file *f = mem_zalloc(sizeof(*f));
    int r = db_open(&f->db, path, command, LAYOUT, layout);

    if (!r)
        r = read_answered(&f->db, answered);
    if (!r)
        r = db_prepare(&f->db, "INSERT INTO answered VALUES (?)", &f->insert);
    if (!r)
        return f;
    state_file_log(f);
    state_file_close(f);
    answered_clear(answered);
    return NULL;
}

void state_file_close(struct state_file *f)
{
    sqlite3_finalize(f->insert);
    db_close(&f->db);
    free(f);
}

static int insert(struct state_file *f, const struct answered_key *key)
{
    int rc = sqlite3_bind_blob(f->insert, 1, key, sizeof(*key), SQLITE_STATIC);

    return rc ? db_fail(&f->db, rc) : db_step(&f->db, f->insert);
}

int state_file_add(struct state_file *f, const struct answered_key *keys, size_t n)
{
    int r = db_run(&f->db, "BEGIN");

    for (size_t i = 0; i < n && !r; i++)
        r = insert(f, &keys[i]);
    return db_end(&f->db, r);
}
