#include "check_main.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "crawl/check.h"
#include "crawl/check_notes.h"

/* ---- what was told ---- */

struct told {
    struct buf text; /* "page:line url reason" and a line end, for each */
    size_t count;
};

static void tell(const struct check_broken *b, void *arg)
{
    struct told *t = arg;

    buf_appendf(&t->text, "%s:%u %s %s %d\n", b->page, (unsigned)b->line, b->url,
                b->fault->error ? http_error_name(b->fault->error) : "anchor",
                b->fault->status);
    t->count++;
}

struct fixture {
    struct refs *refs;
    struct check *check;
    struct told told;
};

static void begin(struct fixture *f)
{
    *f = (struct fixture){.refs = refs_new()};
    f->check = check_new(f->refs, 10, tell, &f->told);
}

static void end(struct fixture *f)
{
    check_free(f->check);
    refs_free(f->refs);
    buf_clear(&f->told.text);
}

static void expect(struct fixture *f, const char *text)
{
    ck_assert_str_eq(f->told.text.data ? f->told.text.data : "", text);
    buf_reset(&f->told.text);
    f->told.count = 0;
}

/* ---- telling ---- */

static uint64_t hash(struct fixture *f, const char *url)
{
    return refs_hash(f->refs, 1, slice_str(url));
}

static void link_to(struct fixture *f, const char *page, unsigned line,
                    const char *text)
{
    const char *mark = strchr(text, '#');
    size_t n = mark ? (size_t)(mark - text) : strlen(text);
    struct check_link l = {refs_hash(f->refs, 1, (struct slice){text, n}), line,
                           mark ? text : NULL};

    check_links(f->check, page, &l, 1);
}

static void good(struct fixture *f, const char *url, const char *id)
{
    struct buf ids = BUF_INIT;
    struct check_outcome o = {.result = CHECK_GOOD, .url = hash(f, url)};
    struct anchors *anchors;

    if (id)
        anchors_add(&ids, f->refs, slice_str(id));
    o.anchors = anchors = anchors_new(&ids);
    check_outcome(f->check, &o);
    free(anchors);
    buf_clear(&ids);
}

static void no_html(struct fixture *f, const char *url)
{
    check_outcome(f->check, &(struct check_outcome){CHECK_GOOD, .url = hash(f, url)});
}

static void seen(struct fixture *f, const char *url)
{
    check_outcome(f->check, &(struct check_outcome){CHECK_SEEN, .url = hash(f, url)});
}

static void broken(struct fixture *f, const char *url)
{
    check_outcome(f->check, &(struct check_outcome){
                                CHECK_BROKEN, .url = hash(f, url), .text = url,
                                .fault = {HTTP_STATUS, 404, "gone"}});
}

static void moved(struct fixture *f, const char *url, const char *target)
{
    check_outcome(f->check,
                  &(struct check_outcome){CHECK_MOVED, .url = hash(f, url), .text = url,
                                          .target = hash(f, target)});
}

/* ---- tests ---- */

START_TEST(before_and_after)
{
    struct fixture f;

    begin(&f);
    link_to(&f, "p", 1, "a");
    link_to(&f, "p", 2, "b");
    expect(&f, "");
    broken(&f, "a");
    expect(&f, "p:1 a http_status 404\n");
    good(&f, "b", NULL);
    link_to(&f, "q", 0, "a");
    link_to(&f, "q", 7, "b");
    expect(&f, "q:0 a http_status 404\n");
    good(&f, "a", NULL); /* the first counts */
    broken(&f, "b");
    link_to(&f, "r", 1, "a");
    link_to(&f, "r", 2, "b");
    expect(&f, "r:1 a http_status 404\n");
    ck_assert_uint_eq(check_count(f.check), 3);
    end(&f);
}
END_TEST

START_TEST(fragments)
{
    struct fixture f;

    begin(&f);
    link_to(&f, "p", 1, "a#x");
    link_to(&f, "p", 2, "a#y");
    ck_assert(check_wants_anchors(f.check, hash(&f, "a")));
    good(&f, "a", "x");
    ck_assert(!check_wants_anchors(f.check, hash(&f, "a")));
    expect(&f, "p:2 a#y anchor 0\n");
    link_to(&f, "p", 3, "a#x");
    link_to(&f, "p", 4, "a#z");
    link_to(&f, "p", 5, "a");
    expect(&f, "p:4 a#z anchor 0\n");
    no_html(&f, "pdf");
    link_to(&f, "p", 6, "pdf#page=1");
    broken(&f, "b");
    link_to(&f, "p", 7, "b#x");
    expect(&f, "p:7 b#x http_status 404\n");
    end(&f);
}
END_TEST

START_TEST(only_seen)
{
    struct fixture f;

    begin(&f);
    link_to(&f, "p", 1, "a");
    link_to(&f, "p", 2, "a#x");
    seen(&f, "a");
    ck_assert(check_wants_anchors(f.check, hash(&f, "a")));
    good(&f, "a", NULL);
    expect(&f, "p:2 a#x anchor 0\n");
    seen(&f, "b");
    ck_assert(check_is_good(f.check, &(struct check_link){hash(&f, "b"), 1, NULL}));
    ck_assert(!check_is_good(f.check, &(struct check_link){hash(&f, "b"), 1, "b#x"}));
    link_to(&f, "p", 3, "b#x");
    good(&f, "b", "y");
    expect(&f, "p:3 b#x anchor 0\n");
    end(&f);
}
END_TEST

START_TEST(redirects)
{
    struct fixture f;

    begin(&f);
    link_to(&f, "p", 1, "a");
    moved(&f, "a", "b");
    link_to(&f, "p", 2, "a#x");
    moved(&f, "b", "c");
    link_to(&f, "p", 3, "b");
    expect(&f, "");
    broken(&f, "c");
    ck_assert_uint_eq(f.told.count, 3);
    buf_reset(&f.told.text);
    link_to(&f, "q", 1, "a");
    moved(&f, "d", "a");
    link_to(&f, "q", 2, "d#y");
    expect(&f, "q:1 a http_status 404\nq:2 d#y http_status 404\n");
    good(&f, "e", "x");
    moved(&f, "g", "e");
    link_to(&f, "q", 3, "g#x");
    link_to(&f, "q", 4, "g#y");
    expect(&f, "q:4 g#y anchor 0\n");
    end(&f);
}
END_TEST

START_TEST(circles)
{
    struct fixture f;
    char url[16], next[16];

    begin(&f);
    link_to(&f, "p", 1, "self");
    moved(&f, "self", "self");
    expect(&f, "p:1 self too_many_redirects 0\n");
    link_to(&f, "p", 2, "a");
    link_to(&f, "p", 3, "b");
    moved(&f, "a", "b");
    moved(&f, "b", "a");
    ck_assert_uint_eq(f.told.count, 2);
    buf_reset(&f.told.text);
    link_to(&f, "p", 1, "0");
    for (int i = 0; i < 5000; i++) { /* from its end, so that each step is a look */
        snprintf(url, sizeof(url), "%d", i);
        snprintf(next, sizeof(next), "%d", i + 1);
        moved(&f, url, next);
    }
    broken(&f, "5000");
    expect(&f, "p:1 0 http_status 404\n");
    end(&f);
}
END_TEST

START_TEST(malformed)
{
    struct fixture f;

    begin(&f);
    check_links(f.check, "p", &(struct check_link){0, 3, "http://["}, 1);
    expect(&f, "p:3 http://[ url_malformed 0\n");
    check_mute(f.check, true);
    check_links(f.check, "p", &(struct check_link){0, 3, "http://["}, 1);
    expect(&f, "");
    ck_assert_uint_eq(check_count(f.check), 2);
    end(&f);
}
END_TEST

/* ---- in any order, and in pieces ---- */

enum { URLS = 40, LINKS = 300, EVENTS = URLS + LINKS };

/* A world of URLs and links; what is broken in it does not depend on any order. */
struct world {
    enum { MISSING, HTML, FILE_, LOOKED_AT, GONE, TO } kind[URLS];
    int target[URLS];
    struct {
        int from, to;
        unsigned line;
        bool fragment, right;
    } links[LINKS];
    int order[EVENTS];
};

static void make_world(struct world *w)
{
    for (int i = 0; i < URLS; i++) {
        w->kind[i] = rand() % 6;
        w->target[i] = rand() % URLS;
    }
    for (int i = 0; i < LINKS; i++) {
        w->links[i].from = rand() % URLS;
        w->links[i].to = rand() % URLS;
        w->links[i].line = (unsigned)i + 1;
        w->links[i].fragment = rand() % 2;
        w->links[i].right = rand() % 2;
    }
    for (int i = 0; i < EVENTS; i++) {
        int j = rand() % (i + 1);

        w->order[i] = w->order[j];
        w->order[j] = i;
    }
}

static bool is_broken(const struct world *w, int link)
{
    int at = w->links[link].to;

    for (int steps = 0; w->kind[at] == TO; steps++) {
        if (steps > URLS)
            return true;
        at = w->target[at];
    }
    return w->kind[at] == GONE ||
           (w->kind[at] == HTML && w->links[link].fragment && !w->links[link].right);
}

static struct check_outcome outcome_of(struct fixture *f, const struct world *w,
                                       int url, char text[16],
                                       const struct anchors *anchors)
{
    static const enum check_result results[] = {[HTML] = CHECK_GOOD,
                                                [FILE_] = CHECK_GOOD,
                                                [LOOKED_AT] = CHECK_SEEN,
                                                [GONE] = CHECK_BROKEN,
                                                [TO] = CHECK_MOVED};
    char target[16];

    snprintf(text, 16, "u%d", url);
    snprintf(target, sizeof(target), "u%d", w->target[url]);
    return (struct check_outcome){.result = results[w->kind[url]],
                                  .url = hash(f, text),
                                  .text = text,
                                  .anchors = w->kind[url] == HTML ? anchors : NULL,
                                  .fault = {HTTP_STATUS, 404, "gone"},
                                  .target = hash(f, target)};
}

static void one_event(struct fixture *f, const struct world *w, int event,
                      struct buf *notes)
{
    struct buf ids = BUF_INIT;
    char text[32], page[16];
    struct anchors *anchors;

    anchors_add(&ids, f->refs, SLICE("right"));
    anchors = anchors_new(&ids);
    check_notes_begin(notes, f->refs);
    if (event < URLS && w->kind[event] != MISSING) {
        struct check_outcome o = outcome_of(f, w, event, text, anchors);

        check_outcome(f->check, &o);
        check_notes_outcome(notes, &o);
    } else if (event >= URLS) {
        int i = event - URLS, to = w->links[i].to;
        struct check_link l = {.line = w->links[i].line};

        snprintf(text, sizeof(text), "u%d", to);
        snprintf(page, sizeof(page), "p%d", w->links[i].from);
        l.url = hash(f, text);
        snprintf(text, sizeof(text), "u%d#%s", to, w->links[i].right ? "right" : "x");
        l.text = w->links[i].fragment ? text : NULL;
        if (!check_is_good(f->check, &l))
            check_notes_link(notes, page, &l);
        check_links(f->check, page, &l, 1);
    }
    free(anchors);
    buf_clear(&ids);
}

static void check_told(const struct world *w, const struct told *t)
{
    size_t count = 0;

    for (int i = 0; i < LINKS; i++) {
        char place[32];
        bool told;

        snprintf(place, sizeof(place), "p%d:%u ", w->links[i].from, w->links[i].line);
        told = t->text.data && strstr(t->text.data, place);
        ck_assert_msg(told == is_broken(w, i), "%s is %stold", place,
                      told ? "" : "not ");
        count += is_broken(w, i);
    }
    ck_assert_uint_eq(t->count, count);
}

START_TEST(any_order)
{
    srand((unsigned)_i);
    for (int round = 0; round < 50; round++) {
        struct buf notes = BUF_INIT;
        struct fixture f;
        struct world w;

        begin(&f);
        check_free(f.check);
        f.check = check_new(f.refs, 1000, tell, &f.told);
        make_world(&w);
        for (int i = 0; i < EVENTS; i++)
            one_event(&f, &w, w.order[i], &notes);
        check_told(&w, &f.told);
        buf_clear(&notes);
        end(&f);
    }
}
END_TEST

/* Ended after some events, and gone on with from the notes of these. */
static void go_on(struct fixture *f, const struct buf *all, const size_t *ends,
                  int count)
{
    size_t at = 0;

    check_free(f->check);
    refs_free(f->refs);
    f->refs = refs_new();
    f->check = check_new(f->refs, 1000, tell, &f->told);
    check_mute(f->check, true);
    for (int i = 0; i < count; i++) {
        struct slice piece = {all->data + at, ends[i] - at};

        ck_assert(check_notes_read(piece, f->check, f->refs));
        at = ends[i];
    }
    check_mute(f->check, false);
}

START_TEST(from_notes)
{
    srand((unsigned)_i + 1000);
    for (int round = 0; round < 30; round++) {
        struct buf notes = BUF_INIT, all = BUF_INIT;
        size_t ends[EVENTS];
        struct fixture f;
        struct world w;

        begin(&f);
        make_world(&w);
        for (int i = 0; i < EVENTS; i++) {
            if (rand() % 100 == 0 || i == 0)
                go_on(&f, &all, ends, i);
            one_event(&f, &w, w.order[i], &notes);
            buf_append(&all, notes.data, notes.len);
            ends[i] = all.len;
        }
        check_told(&w, &f.told);
        go_on(&f, &all, ends, EVENTS);
        ck_assert_uint_eq(check_count(f.check), f.told.count);
        buf_clear(&notes);
        buf_clear(&all);
        end(&f);
    }
}
END_TEST

/* What is cut or changed is refused, or read as something else: nothing breaks. */
START_TEST(damaged_notes)
{
    struct buf notes = BUF_INIT, copy = BUF_INIT;
    struct check_outcome o;
    struct fixture f;
    struct anchors *anchors;
    size_t ends[3];

    begin(&f);
    anchors_add(&copy, f.refs, SLICE("x"));
    anchors = anchors_new(&copy);
    check_notes_begin(&notes, f.refs);
    ends[0] = notes.len;
    o = (struct check_outcome){CHECK_GOOD, .url = 5, .anchors = anchors};
    check_notes_outcome(&notes, &o);
    ends[1] = notes.len;
    o = (struct check_outcome){CHECK_BROKEN, .url = 6, .text = "u",
                               .fault = {HTTP_STATUS, 404, "gone"}};
    check_notes_outcome(&notes, &o);
    ends[2] = notes.len;
    check_notes_link(&notes, "p", &(struct check_link){7, 1, "u#x"});
    for (size_t n = 0; n < notes.len; n++) {
        bool good = n == ends[0] || n == ends[1] || n == ends[2];

        ck_assert_int_eq(
            check_notes_read((struct slice){notes.data, n}, f.check, f.refs), good);
    }
    for (size_t n = 0; n < 8 * notes.len; n++) {
        buf_reset(&copy);
        buf_append(&copy, notes.data, notes.len);
        copy.data[n / 8] ^= (char)(1 << n % 8);
        check_notes_read((struct slice){copy.data, copy.len}, f.check, f.refs);
    }
    check_notes_begin(&notes, f.refs);
    o = (struct check_outcome){CHECK_MOVED, .url = 8, .text = "u"}; /* to nowhere */
    check_notes_outcome(&notes, &o);
    ck_assert(
        !check_notes_read((struct slice){notes.data, notes.len}, f.check, f.refs));
    free(anchors);
    buf_clear(&notes);
    buf_clear(&copy);
    end(&f);
}
END_TEST

static Suite *make(void)
{
    Suite *s = CHECK_SUITE("check", before_and_after, fragments, only_seen, redirects,
                           circles, malformed, damaged_notes);
    TCase *orders = tcase_create("orders");

    tcase_add_loop_test(orders, any_order, 0, 4);
    tcase_add_loop_test(orders, from_notes, 0, 4);
    suite_add_tcase(s, orders);
    return s;
}

int main(void)
{
    return check_main(make);
}
