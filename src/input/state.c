#include "input/state.h"

#include <stdlib.h>

#include "async/batch.h"
#include "base/mem.h"
#include "input/answered.h"
#include "input/state_file.h"

struct state {
    struct answered answered;
    struct state_file *file;
    struct batch batch; /* of keys */
};

static int write_keys(const struct buf *bytes, void *arg)
{
    struct state *s = arg;

    return state_file_add(s->file, (const struct answered_key *)bytes->data,
                          bytes->len / sizeof(struct answered_key));
}

static void log_failure(void *arg)
{
    struct state *s = arg;

    state_file_log(s->file);
}

struct state *state_open(const char *path, const char *command)
{
    struct answered answered = {0};
    struct state_file *file = state_file_open(path, command, &answered);
    struct state *s;

    if (!file)
        return NULL;
    s = mem_zalloc(sizeof(*s));
    s->file = file;
    s->answered = answered;
    batch_init(&s->batch, write_keys, log_failure, s);
    return s;
}

bool state_answered(struct state *s, const uint8_t key[16])
{
    return answered_take(&s->answered, key);
}

uint64_t state_count(const struct state *s)
{
    return s->answered.count;
}

int state_error(const struct state *s)
{
    return s->batch.error;
}

void state_mark(struct state *s, const uint8_t key[16])
{
    buf_append(&s->batch.gathered, key, sizeof(struct answered_key));
    batch_write_soon(&s->batch);
}

static int close_file(void *arg)
{
    state_file_close(arg);
    return 0;
}

int state_close(struct state *s)
{
    int error = batch_finish(&s->batch);

    (void)loop_finish_in_executor(close_file, s->file);
    batch_clear(&s->batch);
    answered_clear(&s->answered);
    free(s);
    return error;
}
