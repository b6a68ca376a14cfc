/* Two passes over the file: of a URL that is done no row waits any more, and of several
 * rows only the one with the smallest level. */
#include "crawl/frontier_internal.h"
#include "crawl/normal.h"

struct loader {
    struct frontier *frontier;
    struct frontier_file *file;
    const struct frontier_config *config;
    struct page *referrer; /* of the last row: neighbours mostly have the same */
    struct buf text;
    int error;
};

static void load_known(const struct frontier_row *row, void *arg)
{
    const struct frontier_config *config = ((struct loader *)arg)->config;
    struct frontier *f = ((struct loader *)arg)->frontier;
    unsigned less = frontier_less(row->reason);
    struct lane *lane;

    f->last_id = row->id;
    if (!row->done) {
        known_tell(&f->known, row->url.data, row->level, less);
        return;
    }
    known_settle(&f->known, row->url.data, less);
    if (config->was_done && row->reason < VISIT_CHECK)
        config->was_done(row->url.data, config->arg);
    if (row->claimed)
        return;
    f->done_before++;
    if (f->lanes.max_per_host) {
        lane = lanes_get(&f->lanes, normal_origin(row->url.data));
        lane->given++;
        lanes_settle(&f->lanes, lane);
    }
}

/* The page with that id; NULL when there is none. */
static struct page *referrer_of(struct loader *l, uint64_t id)
{
    struct slice none = {"", 0};

    if (!id || (l->referrer && l->referrer->id == id))
        return id ? l->referrer : NULL;
    page_unref(l->referrer);
    l->referrer = NULL;
    buf_reset(&l->text);
    l->error = frontier_file_url(l->file, id, &l->text);
    if (!l->error && l->text.len)
        l->referrer = page_new((struct slice){l->text.data, l->text.len}, none, id);
    return l->referrer;
}

static void load_waiting(const struct frontier_row *row, void *arg)
{
    struct loader *l = arg;
    struct frontier *f = l->frontier;

    if (l->error ||
        !known_waits(&f->known, row->url.data, row->level, frontier_less(row->reason)))
        return;
    frontier_enqueue(f, row, referrer_of(l, row->referrer));
    f->waiting++;
}

int frontier_load(struct frontier *f, struct frontier_file *file,
                  const struct frontier_config *config)
{
    struct loader l = {.frontier = f, .file = file, .config = config};
    int r = frontier_file_read(file, false, load_known, &l);

    if (!r)
        r = frontier_file_read(file, true, load_waiting, &l);
    if (!r)
        r = l.error;
    page_unref(l.referrer);
    buf_clear(&l.text);
    f->given = f->done_before;
    f->output_length = frontier_file_output_length(file);
    return r;
}
