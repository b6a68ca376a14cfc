#include "check_main.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "markup/links.h"

/* Pages that cost whoever keeps, or looks at twice, what others pass over: the
 * beginning once, then the rest over and over, never closed. */
static const struct trap {
    const char *begin, *unit;
    size_t unit_len; /* 0: strlen's */
    const char *charset;
} traps[] = {
    {"", "<div>", 0, ""},
    {"", "</div>", 0, ""},
    {"", "<", 0, ""},
    {"", "&", 0, ""},
    {"", "\0", 1, ""},
    {"", "<\0a\0", 4, "utf-16le"},
    {"", "\x3d\xd8", 2, "utf-16le"},
    {"", "\x1b$B", 0, "iso-2022-jp"},
    {"", "\x80", 0, "iso-2022-jp"},
    {"", "<a ", 0, ""},
    {"", "<a/", 0, ""},
    {"<a ", "b=c ", 0, ""},
    {"<a ", "=", 0, ""},
    {"<a ", "href=x ", 0, ""},
    {"<a ", "\n", 0, ""},
    {"<a", "x", 0, ""},
    {"<a href='", "x", 0, ""},
    {"<a href='", "&", 0, ""},
    {"<a href=&#", "0", 0, ""},
    {"<a href='", "&#x", 0, ""},
    {"<a href='", "&notit", 0, ""},
    {"", "<a href='&amp'>", 0, ""},
    {"", "<p id=x>", 0, ""},
    {"", "<link href=a>", 0, ""},
    {"", "<base href=x>", 0, ""},
    {"", "<html lang=x>", 0, ""},
    {"", "<meta charset=utf-8>", 0, ""},
    {"<meta http-equiv=content-type content='", "charset", 0, ""},
    {"<meta http-equiv=refresh content='", "0", 0, ""},
    {"", "<!--", 0, ""},
    {"<!--", "-", 0, ""},
    {"<!--", "--!", 0, ""},
    {"<!--", ">", 0, ""},
    {"", "<!", 0, ""},
    {"", "<?", 0, ""},
    {"", "</", 0, ""},
    {"", "<script>", 0, ""},
    {"<script>", "<", 0, ""},
    {"<script>", "</scrip", 0, ""},
    {"<script>", "<!--", 0, ""},
    {"<script><!--", "<script>", 0, ""},
    {"<script><!--", "-", 0, ""},
    {"", "<title>", 0, ""},
    {"<title>", " \n", 0, ""},
    {"<title>", "</titl", 0, ""},
    {"<title>", "&amp", 0, ""},
    {"", "<plaintext>", 0, ""},
    {"", "<style></style>", 0, ""},
    {"<style>", "url(", 0, ""},
    {"<style>", "\\", 0, ""},
    {"<style>", "/", 0, ""},
    {"<style>", "/*", 0, ""},
    {"<style>", "'", 0, ""},
    {"<style>", "@import ", 0, ""},
    {"<style>", "url(a)", 0, ""},
    {"<style>", "a", 0, ""},
    {"<p style='", "url(&quot;a&quot;)", 0, ""},
    {"", "<p style='url(a)'>", 0, ""},
    {"<p style='", "\xc3\xa9(", 0, ""},
    {"<img srcset='", "a ,", 0, ""},
    {"<img srcset='", "&#97; ,", 0, ""},
    {"<img srcset='", "\xf0\xd2 ,", 0, "koi8-r"},
    {"<img srcset='", "a (", 0, ""},
    {"<img srcset='", ",", 0, ""},
    {"<a rel='", " nofollow", 0, ""},
    {"", "<svg>", 0, ""},
    {"", "<svg><foreignObject>", 0, ""},
    {"", "<svg><title>", 0, ""},
    {"", "</svg>", 0, ""},
    {"", "<![CDATA[", 0, ""},
    {"<svg><![CDATA[", "]", 0, ""},
    {"<svg>", "<![CDATA[]]>", 0, ""},
};

static void nothing_link(const struct link *l, void *arg)
{
    (void)l;
    (void)arg;
}

static void nothing_anchor(struct slice id, void *arg)
{
    (void)id;
    (void)arg;
}

static void fill(struct buf *b, const struct trap *t, size_t n)
{
    size_t unit = t->unit_len ? t->unit_len : strlen(t->unit);

    buf_reset(b);
    buf_append_str(b, t->begin);
    while (b->len + unit < n)
        buf_append(b, t->unit, unit);
    buf_append_str(b, "'>"); /* so that a value that is short enough is looked at */
}

static double cpu(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Seconds that it takes; *kept is the memory that is held before all is freed. */
static double cost(const struct trap *t, enum links_format format,
                   const struct buf *page, size_t step, size_t *kept)
{
    const struct links_handler handler = {nothing_link, nothing_anchor, NULL, false};
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    double start = cpu(), took;
    struct links *l = links_new(format, slice_str(t->charset), &handler);

    for (size_t at = 0; at < page->len; at += step)
        links_feed(l, page->data + at, step < page->len - at ? step : page->len - at);
    *kept = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    links_finish(l);
    took = cpu() - start;
    links_free(l);
    return took;
}

/* Eight times the page is eight times the time, give or take what a busy machine does,
 * and not more memory. What takes no time at all is not compared: that is noise. */
static void check_trap(const struct trap *t, enum links_format format, size_t size,
                       size_t step)
{
    enum { TIMES = 8, SLACK = 4, MEMORY = 1 << 20, TRIES = 3 };
    const double noise = 0.1;
    struct buf page = BUF_INIT;
    double small = 0, large = 0;
    size_t kept;

    for (int i = 0; i < TRIES && large >= SLACK * TIMES * small; i++) {
        fill(&page, t, size);
        small = cost(t, format, &page, step, &kept);
        fill(&page, t, size * TIMES);
        large = cost(t, format, &page, step, &kept);
        if (large < noise)
            break;
    }
    ck_assert_msg(large < noise || large < SLACK * TIMES * small,
                  "%s%s...: %zu at once, %.3f s and then %.3f s", t->begin, t->unit,
                  step, small, large);
    ck_assert_msg(kept < MEMORY, "%s%s...: %zu bytes", t->begin, t->unit, kept);
    buf_clear(&page);
}

enum {
    PAGE = 64 << 10,
    VALUE = 8000
}; /* eight times that is about the longest value */

START_TEST(whole)
{
    for (size_t i = 0; i < ARRAY_LEN(traps); i++) {
        check_trap(&traps[i], LINKS_HTML, PAGE, 16384);
        check_trap(&traps[i], LINKS_HTML, VALUE, 65536);
    }
}
END_TEST

START_TEST(byte_by_byte)
{
    for (size_t i = 0; i < ARRAY_LEN(traps); i++)
        check_trap(&traps[i], LINKS_HTML, PAGE, 1);
}
END_TEST

/* Those of <style> are traps of style sheets, too. */
START_TEST(style_sheets)
{
    for (size_t i = 0; i < ARRAY_LEN(traps); i++) {
        check_trap(&traps[i], LINKS_CSS, PAGE, 16384);
        check_trap(&traps[i], LINKS_CSS, PAGE, 1);
    }
}
END_TEST

static void count_link(const struct link *l, void *arg)
{
    *(size_t *)arg += slice_eq(l->url, "found");
}

/* A million elements deep, and still there. */
START_TEST(nesting)
{
    static const char *const units[] = {
        "<div>",           "<svg>",  "<svg><foreignObject>",
        "<table><tr><td>", "<b><i>", "<template>"};

    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        size_t found = 0;
        const struct links_handler handler = {count_link, NULL, &found, false};
        struct links *l = links_new(LINKS_HTML, SLICE("utf-8"), &handler);

        for (int j = 0; j < 1000000; j++)
            links_feed(l, units[i], strlen(units[i]));
        links_feed(l, "<a href=found>", 14);
        links_finish(l);
        links_free(l);
        ck_assert_uint_eq(found, 1);
    }
}
END_TEST

/* An attribute of megabytes is passed over; what follows is found. */
START_TEST(megabytes)
{
    static const char *const begins[] = {
        "<a href='",       "<p style='url(", "<p class='", "<img srcset='a ",
        "<meta content='", "<!--'",          "<p id='"};

    for (size_t i = 0; i < ARRAY_LEN(begins); i++) {
        size_t found = 0;
        const struct links_handler handler = {count_link, nothing_anchor, &found,
                                              false};
        struct links *l = links_new(LINKS_HTML, SLICE("utf-8"), &handler);
        char piece[1000];

        memset(piece, 'x', sizeof(piece));
        links_feed(l, begins[i], strlen(begins[i]));
        for (int j = 0; j < 10000; j++)
            links_feed(l, piece, sizeof(piece));
        links_feed(l, "'--><a href=found>", 18);
        links_finish(l);
        links_free(l);
        ck_assert_uint_eq(found, 1);
    }
}
END_TEST

/* Links that wait for <base> are a bounded number. */
START_TEST(links_that_wait)
{
    size_t found = 0;
    const struct links_handler handler = {count_link, NULL, &found, false};
    struct links *l = links_new(LINKS_HTML, SLICE("utf-8"), &handler);
    size_t before = 0;

    for (int i = 0; i < 2000; i++) {
        links_feed(l, "<link href=found>", 17);
        before += !found;
    }
    ck_assert_uint_ge(before, 1000);
    ck_assert_uint_eq(found, 2000);
    links_finish(l);
    links_free(l);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("links_hostile", whole, byte_by_byte, style_sheets, nesting,
                       megabytes, links_that_wait);
}

int main(void)
{
    return check_main(suite);
}
