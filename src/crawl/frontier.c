#include "crawl/frontier.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crawl/frontier_internal.h"
#include "crawl/normal.h"

/* A visit, with what it has to do at its end. */
struct trip {
    struct visit visit;
    struct page *page, *referrer;
    struct lane *lane;
    char *lastmod;
    struct buf claimed; /* URLs, each with its NUL; with a state file only ... */
    struct buf notes;   /* ... as this */
};

/* ---- opening, closing ---- */

static void discard(struct frontier *f)
{
    lanes_clear(&f->lanes);
    known_clear(&f->known);
    free(f);
}

/* 0 or -errno (logged). */
static int open_state(struct frontier *f, const struct frontier_config *config)
{
    struct frontier_file *file = frontier_file_open(config);
    int r;

    if (!file)
        return -EIO;
    r = frontier_load(f, file, config);
    if (!r && config->noted)
        r = frontier_file_notes(file, config->noted, config->arg);
    if (r) {
        frontier_file_log(file);
        frontier_file_close(file);
        return r;
    }
    f->state = frontier_state_new(file);
    return 0;
}

struct frontier *frontier_new(const struct frontier_config *config)
{
    struct frontier *f = mem_zalloc(sizeof(*f));

    known_init(&f->known);
    lanes_init(&f->lanes);
    f->lanes.per_host = config->per_host;
    f->lanes.max_per_host = config->max_per_host;
    f->max_pages = config->max_pages;
    event_init(&f->changed);
    if (config->state && open_state(f, config) < 0) {
        discard(f);
        return NULL;
    }
    return f;
}

int frontier_free(struct frontier *f)
{
    int r = 0;

    assert(!f->out);
    if (f->state)
        r = frontier_state_free(f->state);
    discard(f);
    return r;
}

/* ---- adding ---- */

unsigned frontier_less(enum visit_reason reason)
{
    return reason == VISIT_CHECK ? 2 : reason == VISIT_ANCHORS;
}

void frontier_enqueue(struct frontier *f, const struct frontier_row *row,
                      struct page *from)
{
    const char *path = normal_path(row->url.data);
    struct lane *lane = lanes_get(&f->lanes, normal_origin(row->url.data));

    queue_put(&lane->queue, &(struct queue_item){.path = slice_str(path),
                                                 .lastmod = row->lastmod,
                                                 .referrer = from,
                                                 .id = row->id,
                                                 .level = row->level,
                                                 .reason = row->reason});
    lanes_settle(&f->lanes, lane);
    event_set(&f->changed);
}

/* One that is nearer than was known is a row of its own, too. */
static bool add(struct frontier *f, const struct found *what, struct page *from)
{
    enum known_news news =
        known_tell(&f->known, what->url, what->level, frontier_less(what->reason));
    struct frontier_row row = {.url = slice_str(what->url),
                               .lastmod = slice_str(what->lastmod ? what->lastmod : ""),
                               .referrer = from ? from->id : 0,
                               .level = what->level,
                               .reason = what->reason};

    if (news == KNOWN_OLD)
        return false;
    row.id = ++f->last_id;
    frontier_enqueue(f, &row, from);
    if (f->state)
        frontier_state_put(f->state, &row);
    f->waiting += news == KNOWN_NEW;
    return news == KNOWN_NEW;
}

bool frontier_add(struct frontier *f, const struct found *what)
{
    return add(f, what, NULL);
}

bool frontier_add_link(struct frontier *f, struct visit *from, const struct found *what)
{
    return add(f, what, container_of(from, struct trip, visit)->page);
}

/* It waits for the page's end: were it in the file before, and the page not, nobody
 * would ask for it again. */
bool frontier_claim(struct frontier *f, struct visit *from, const char *url)
{
    struct trip *t = container_of(from, struct trip, visit);

    if (known_covers(&f->known, url, frontier_less(from->reason)))
        return false;
    if (known_settle(&f->known, url, frontier_less(from->reason)))
        f->waiting--; /* only to be checked, which it needs no more */
    if (f->state)
        buf_append(&t->claimed, url, strlen(url) + 1);
    return true;
}

static void put_claimed(struct frontier *f, const struct trip *t)
{
    const char *url = t->claimed.data, *end = url + t->claimed.len;

    for (; url && url < end; url += strlen(url) + 1)
        frontier_state_put(f->state, &(struct frontier_row){.id = ++f->last_id,
                                                            .referrer = t->page->id,
                                                            .url = slice_str(url),
                                                            .lastmod = {"", 0},
                                                            .level = t->visit.level,
                                                            .reason = t->visit.reason,
                                                            .claimed = true});
}

bool frontier_knows(const struct frontier *f, const char *url)
{
    return known_has(&f->known, url);
}

/* ---- giving out ---- */

/* Takes the first of the lane; NULL when it was told nearer since and has gone. */
static struct trip *depart(struct frontier *f, struct lane *lane)
{
    struct queue_item item = queue_first(&lane->queue);
    struct page *page = page_new(slice_str(lane->origin), item.path, item.id);
    struct trip *t = NULL;

    if (known_take(&f->known, page->url, item.level, frontier_less(item.reason))) {
        t = mem_zalloc(sizeof(*t));
        t->page = page;
        t->referrer = page_ref(item.referrer);
        t->lane = lane;
        t->lastmod = item.lastmod.len ? slice_dup(item.lastmod) : NULL;
        t->visit = (struct visit){.url = page->url,
                                  .referrer = t->referrer ? t->referrer->url : NULL,
                                  .lastmod = t->lastmod,
                                  .level = item.level,
                                  .reason = item.reason};
        lane->out++;
        f->out++;
        f->waiting--;
    } else {
        page_unref(page);
    }
    queue_drop(&lane->queue);
    return t;
}

static bool give_out(struct frontier *f, struct visit **visit)
{
    struct lane *lane;

    while ((lane = lanes_next(&f->lanes))) {
        struct trip *t = depart(f, lane);

        if (t) {
            lane->given++;
            lanes_served(&f->lanes, lane);
            f->given++;
            t->visit.number = f->number++;
            *visit = &t->visit;
        }
        lanes_settle(&f->lanes, lane);
        if (t)
            return true;
    }
    return false;
}

bool frontier_is_over(const struct frontier *f)
{
    return f->closed || (f->max_pages && f->given >= f->max_pages);
}

int frontier_next(struct frontier *f, struct visit **visit)
{
    int r = f->state ? frontier_state_make_room(f->state) : 0;

    while (!r && !frontier_is_over(f)) {
        if (give_out(f, visit))
            return 1;
        if (!f->out)
            return 0;
        event_clear(&f->changed);
        r = event_wait(&f->changed);
    }
    return r;
}

/* A lane with something of that level in its queue; the walk stays there until there is
 * no more. */
static struct lane *walk_on(struct frontier *f, uint32_t level)
{
    struct lane *lane;
    size_t pos = f->walk;

    while ((lane = map_next(&f->lanes.all, &pos))) {
        if (!queue_empty(&lane->queue) && queue_level(&lane->queue) <= level)
            return lane;
        f->walk = pos;
    }
    return NULL;
}

/* Lanes may have moved since the walk began. */
static struct lane *any_lane(struct frontier *f, uint32_t level)
{
    struct lane *lane = walk_on(f, level);

    if (!lane && f->walk) {
        f->walk = 0;
        lane = walk_on(f, level);
    }
    return lane;
}

bool frontier_kept_back(struct frontier *f, uint32_t level, struct visit **visit,
                        bool *host_full)
{
    struct lane *lane;

    while ((lane = any_lane(f, level))) {
        struct trip *t = depart(f, lane);

        *host_full = lanes_full(&f->lanes, lane);
        lanes_settle(&f->lanes, lane);
        if (t) {
            *visit = &t->visit;
            return true;
        }
    }
    return false;
}

/* ---- ends ---- */

static void come_back(struct frontier *f, struct trip *t)
{
    t->lane->out--;
    f->out--;
    lanes_settle(&f->lanes, t->lane);
    page_unref(t->page);
    page_unref(t->referrer);
    buf_clear(&t->claimed);
    buf_clear(&t->notes);
    free(t->lastmod);
    free(t);
    event_set(&f->changed);
}

void frontier_note(struct frontier *f, struct visit *visit, const struct buf *notes)
{
    if (f->state)
        buf_append(&container_of(visit, struct trip, visit)->notes, notes->data,
                   notes->len);
}

void frontier_done(struct frontier *f, struct visit *visit, uint64_t output_length)
{
    struct trip *t = container_of(visit, struct trip, visit);

    if (f->state) {
        put_claimed(f, t);
        frontier_state_put(
            f->state, &(struct frontier_row){.id = t->page->id,
                                             .notes = {t->notes.data, t->notes.len},
                                             .done = true,
                                             .output_length = output_length});
    }
    come_back(f, t);
}

void frontier_put_back(struct frontier *f, struct visit *visit)
{
    come_back(f, container_of(visit, struct trip, visit));
}

void frontier_close(struct frontier *f)
{
    f->closed = true;
    event_set(&f->changed);
}

/* ---- counts ---- */

uint64_t frontier_known(const struct frontier *f)
{
    return f->known.count;
}

uint64_t frontier_waiting(const struct frontier *f)
{
    return f->waiting;
}

uint64_t frontier_done_before(const struct frontier *f)
{
    return f->done_before;
}

uint64_t frontier_output_length(const struct frontier *f)
{
    return f->output_length;
}

int frontier_error(const struct frontier *f)
{
    return f->state ? frontier_state_error(f->state) : 0;
}
