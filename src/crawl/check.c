#include "crawl/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crawl/marks.h"
#include "crawl/slots.h"
#include "crawl/waiters.h"

/* What is known of a URL: one of these, and in the other bits of its mark a number. */
enum kind {
    NOTHING,
    WAITS,  /* of the first waiter; 0: none */
    GOOD,   /* of its anchors; 0: none that could be checked */
    SEEN,   /* good, and not read */
    BROKEN, /* of its fault */
    MOVED,  /* of its move */
    KIND_BITS = 3,
    KIND_MASK = 7
};

struct page {
    uint32_t waiters;
    char url[];
};

struct move {
    uint64_t url, target;
    uint32_t first; /* who waits for it */
    char text[];
};

struct fault {
    struct check_fault what; /* its message is behind the URL */
    char url[];
};

struct check {
    const struct refs *refs;
    unsigned max_redirects;
    check_tell *tell;
    void *arg;
    bool mute;
    uint64_t count;
    struct marks marks;
    struct waiters waiters;
    struct slots pages, texts, moves, faults, anchors;
};

struct check *check_new(const struct refs *refs, unsigned max_redirects,
                        check_tell *tell, void *arg)
{
    struct check *c = mem_zalloc(sizeof(*c));

    c->refs = refs;
    c->max_redirects = max_redirects;
    c->tell = tell;
    c->arg = arg;
    return c;
}

void check_free(struct check *c)
{
    if (!c)
        return;
    marks_clear(&c->marks);
    waiters_clear(&c->waiters);
    slots_clear(&c->pages);
    slots_clear(&c->texts);
    slots_clear(&c->moves);
    slots_clear(&c->faults);
    slots_clear(&c->anchors);
    free(c);
}

void check_mute(struct check *c, bool mute)
{
    c->mute = mute;
}

uint64_t check_count(const struct check *c)
{
    return c->count;
}

/* ---- marks ---- */

static enum kind kind_of(uint32_t mark)
{
    return mark & KIND_MASK;
}

static uint32_t number_of(uint32_t mark)
{
    return mark >> KIND_BITS;
}

static uint32_t mark_of(enum kind kind, uint32_t number)
{
    return number << KIND_BITS | kind;
}

/* ---- waiters ---- */

/* Puts it in front of those that wait for that URL. */
static void wait_for(struct check *c, uint64_t url, struct waiter *w)
{
    uint32_t mark = marks_get(&c->marks, url);
    struct move *m =
        kind_of(mark) == MOVED ? slots_get(&c->moves, number_of(mark)) : NULL;

    if (m)
        w->next = m->first;
    else
        w->next = kind_of(mark) == WAITS ? number_of(mark) : 0;
    if (m)
        m->first = waiters_add(&c->waiters, w);
    else
        marks_set(&c->marks, url, mark_of(WAITS, waiters_add(&c->waiters, w)));
}

static uint32_t first_waiter(const struct check *c, uint64_t url)
{
    uint32_t mark = marks_get(&c->marks, url);

    if (kind_of(mark) == MOVED)
        return ((struct move *)slots_get(&c->moves, number_of(mark)))->first;
    return kind_of(mark) == WAITS ? number_of(mark) : 0;
}

bool check_wants_anchors(const struct check *c, uint64_t url)
{
    for (uint32_t n = first_waiter(c, url); n; n = waiters_at(&c->waiters, n)->next)
        if (waiters_at(&c->waiters, n)->page && waiters_at(&c->waiters, n)->text)
            return true;
    return false;
}

/* ---- judging ---- */

static void tell(struct check *c, const char *url, const char *page, uint32_t line,
                 const struct check_fault *fault)
{
    struct check_broken broken = {url, page, line, fault};

    c->count++;
    if (!c->mute)
        c->tell(&broken, c->arg);
}

/* Whether the link's fragment, if it has one, is among these anchors, if there are any.
 */
static bool has_fragment(const struct check *c, const struct check_link *l,
                         uint32_t anchors)
{
    return !l->text || !anchors ||
           anchors_has(slots_get(&c->anchors, anchors), c->refs,
                       slice_str(strchr(l->text, '#') + 1));
}

/* The mark is that of an outcome. */
static void judge(struct check *c, const char *page, const struct check_link *l,
                  uint32_t mark)
{
    static const struct check_fault no_anchor = {HTTP_OK, 0,
                                                 "nothing in the page has that name"};
    uint32_t n = number_of(mark);

    if (kind_of(mark) == BROKEN) {
        struct fault *f = slots_get(&c->faults, n);

        tell(c, l->text ? l->text : f->url, page, l->line, &f->what);
    } else if (!has_fragment(c, l, n)) {
        tell(c, l->text, page, l->line, &no_anchor);
    }
}

static void let_go_of_page(struct check *c, uint32_t n)
{
    struct page *p = slots_get(&c->pages, n);

    if (--p->waiters == 0)
        free(slots_take(&c->pages, n));
}

static void judge_waiter(struct check *c, uint32_t n, uint32_t mark)
{
    struct waiter *w = waiters_at(&c->waiters, n);
    struct page *p = slots_get(&c->pages, w->page);
    struct check_link l = {.line = w->line,
                           .text = w->text ? slots_get(&c->texts, w->text) : NULL};

    judge(c, p->url, &l, mark);
    if (w->text)
        free(slots_take(&c->texts, w->text));
    let_go_of_page(c, w->page);
    waiters_drop(&c->waiters, n);
}

/* Sets the mark, and judges who waits; URLs that lead here are put in front of *moved.
 */
static void settle_one(struct check *c, uint64_t url, uint32_t first, uint32_t mark,
                       uint32_t *moved)
{
    uint32_t next, on = 0; /* those that wait on */

    for (uint32_t n = first; n; n = next) {
        struct waiter *w = waiters_at(&c->waiters, n);

        next = w->next;
        if (!w->page) {
            w->next = *moved;
            *moved = n;
        } else if (w->text && kind_of(mark) == SEEN) {
            w->next = on;
            on = n;
        } else {
            judge_waiter(c, n, mark);
        }
    }
    marks_set(&c->marks, url, on ? mark_of(WAITS, on) : mark);
}

static uint32_t add_fault(struct check *c, const char *url,
                          const struct check_fault *what)
{
    size_t n = strlen(url) + 1, message = strlen(what->message) + 1;
    struct fault *f = mem_alloc(sizeof(*f) + n + message);

    memcpy(f->url, url, n);
    memcpy(f->url + n, what->message, message);
    f->what = *what;
    f->what.message = f->url + n;
    return mark_of(BROKEN, slots_add(&c->faults, f));
}

/* What is wrong with where a URL leads is wrong with it. */
static uint32_t inherit(struct check *c, const char *url, uint32_t mark)
{
    struct fault *f;

    if (kind_of(mark) != BROKEN)
        return mark;
    f = slots_get(&c->faults, number_of(mark));
    return add_fault(c, url, &f->what);
}

static void settle(struct check *c, uint64_t url, uint32_t mark)
{
    uint32_t moved = 0;

    settle_one(c, url, first_waiter(c, url), mark, &moved);
    while (moved) {
        uint32_t n = moved;
        struct waiter w = *waiters_at(&c->waiters, n);
        struct move *m = slots_take(&c->moves, w.text);

        moved = w.next;
        waiters_drop(&c->waiters, n);
        settle_one(c, m->url, m->first, inherit(c, m->text, mark), &moved);
        free(m);
    }
}

/* ---- links ---- */

static bool is_settled(uint32_t mark, const struct check_link *l)
{
    return kind_of(mark) == GOOD || kind_of(mark) == BROKEN ||
           (kind_of(mark) == SEEN && !l->text);
}

bool check_is_good(const struct check *c, const struct check_link *l)
{
    uint32_t mark = l->url ? marks_get(&c->marks, l->url) : 0;

    return is_settled(mark, l) && kind_of(mark) != BROKEN &&
           has_fragment(c, l, number_of(mark));
}

/* *page is its number, or 0. */
static void wait_link(struct check *c, const char *url, const struct check_link *l,
                      uint32_t *page)
{
    struct waiter w = {.line = l->line};
    struct page *p;

    if (!*page) {
        p = mem_zalloc(sizeof(*p) + strlen(url) + 1);
        memcpy(p->url, url, strlen(url));
        *page = slots_add(&c->pages, p);
    }
    p = slots_get(&c->pages, *page);
    p->waiters++;
    w.page = *page;
    w.text = l->text ? slots_add(&c->texts, mem_strdup(l->text)) : 0;
    wait_for(c, l->url, &w);
}

void check_links(struct check *c, const char *page, const struct check_link *links,
                 size_t n)
{
    static const struct check_fault malformed = {HTTP_URL_MALFORMED, 0, "not a URL"};
    uint32_t number = 0;

    for (size_t i = 0; i < n; i++) {
        const struct check_link *l = &links[i];
        uint32_t mark = l->url ? marks_get(&c->marks, l->url) : 0;

        if (!l->url)
            tell(c, l->text, page, l->line, &malformed);
        else if (is_settled(mark, l))
            judge(c, page, l, mark);
        else
            wait_link(c, page, l, &number);
    }
}

/* ---- outcomes ---- */

/* Whether nothing is to change any more. */
static bool is_final(const struct check *c, uint64_t url)
{
    enum kind kind = kind_of(marks_get(&c->marks, url));

    return kind == GOOD || kind == BROKEN || kind == MOVED;
}

/* Whether it comes back to `url`, or leads on for too long. */
static bool is_endless(const struct check *c, uint64_t url, uint64_t target)
{
    for (unsigned steps = 1; target != url; steps++) {
        uint32_t mark = marks_get(&c->marks, target);

        if (kind_of(mark) != MOVED)
            return false;
        if (steps >= c->max_redirects)
            return true;
        target = ((struct move *)slots_get(&c->moves, number_of(mark)))->target;
    }
    return true;
}

static void move_to(struct check *c, uint64_t url, const char *text, uint64_t target)
{
    size_t n = strlen(text) + 1;
    struct move *m = mem_alloc(sizeof(*m) + n);
    struct waiter w = {.text = slots_add(&c->moves, m)};

    *m = (struct move){.url = url, .target = target, .first = first_waiter(c, url)};
    memcpy(m->text, text, n);
    marks_set(&c->marks, url, mark_of(MOVED, w.text));
    wait_for(c, target, &w);
}

static void moved(struct check *c, const struct check_outcome *o)
{
    static const struct check_fault endless = {HTTP_TOO_MANY_REDIRECTS, 0,
                                               "redirected without an end"};
    uint32_t mark = marks_get(&c->marks, o->target);
    enum kind kind = kind_of(mark);

    if (is_endless(c, o->url, o->target))
        settle(c, o->url, add_fault(c, o->text, &endless));
    else if (kind == GOOD || kind == SEEN || kind == BROKEN)
        settle(c, o->url, inherit(c, o->text, mark));
    else
        move_to(c, o->url, o->text, o->target);
}

static uint32_t add_anchors(struct check *c, const struct anchors *anchors)
{
    return anchors ? slots_add(&c->anchors, anchors_copy(anchors)) : 0;
}

void check_outcome(struct check *c, const struct check_outcome *o)
{
    if (is_final(c, o->url))
        return;
    if (o->result == CHECK_GOOD)
        settle(c, o->url, mark_of(GOOD, add_anchors(c, o->anchors)));
    else if (o->result == CHECK_SEEN)
        settle(c, o->url, mark_of(SEEN, 0));
    else if (o->result == CHECK_BROKEN)
        settle(c, o->url, add_fault(c, o->text, &o->fault));
    else
        moved(c, o);
}
