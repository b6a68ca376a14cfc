#include "crawl/frontier_state.h"

#include <stdlib.h>

#include "async/batch.h"
#include "base/mem.h"

struct frontier_state {
    struct frontier_file *file;
    struct batch batch; /* of rows */
};

static int write_rows(const struct buf *rows, void *arg)
{
    struct frontier_state *s = arg;

    return frontier_file_write(s->file, rows);
}

static void log_failure(void *arg)
{
    struct frontier_state *s = arg;

    frontier_file_log(s->file);
}

struct frontier_state *frontier_state_new(struct frontier_file *file)
{
    struct frontier_state *s = mem_zalloc(sizeof(*s));

    s->file = file;
    batch_init(&s->batch, write_rows, log_failure, s);
    return s;
}

static int close_file(void *arg)
{
    frontier_file_close(arg);
    return 0;
}

int frontier_state_free(struct frontier_state *s)
{
    int error = batch_finish(&s->batch);

    (void)loop_finish_in_executor(close_file, s->file);
    batch_clear(&s->batch);
    free(s);
    return error;
}

void frontier_state_put(struct frontier_state *s, const struct frontier_row *row)
{
    frontier_row_append(&s->batch.gathered, row);
    batch_write_soon(&s->batch);
}

int frontier_state_make_room(struct frontier_state *s)
{
    return batch_make_room(&s->batch);
}

int frontier_state_error(const struct frontier_state *s)
{
    return s->batch.error;
}
