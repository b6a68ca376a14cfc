#include "check_main.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "crawl/check.h"

static struct refs *refs;
static struct check *c;
static struct buf told;

static uint64_t hash(const char *url)
{
    return refs_hash(refs, ~(uint64_t)0, slice_str(url));
}

static void begin(void)
{
    refs = refs_new();
    c = check_new(refs);
}

static void refer(uint32_t page, unsigned line, const char *url, const char *fragment)
{
    struct check_link l = {.url = hash(url),
                           .text = url,
                           .fragment = slice_str(fragment),
                           .page = page,
                           .line = line};

    check_refer(c, &l);
}

static void is_broken(const char *url)
{
    struct check_fault f = {url, 404, "http_status", "HTTP 404"};

    check_broken(c, hash(url), &f);
}

static void tell(const struct check_fault *f, struct slice fragment,
                 const struct check_referrer *r, size_t n, void *arg)
{
    ck_assert_ptr_eq(arg, &told);
    buf_appendf(&told, "%s%s%s%.*s:", told.len ? " | " : "", f->url,
                fragment.len ? "#" : "", (int)fragment.len, fragment.data);
    for (size_t i = 0; i < n; i++)
        buf_appendf(&told, " %s:%u", r[i].url, r[i].line);
    ck_assert_str_eq(f->type, fragment.len ? "anchor_missing" : "http_status");
}

static void expect(size_t n, const char *text)
{
    buf_reset(&told);
    buf_append_str(&told, "");
    ck_assert_uint_eq(check_finish(c, tell, &told), n);
    ck_assert_str_eq(told.len ? told.data : "", text);
    check_free(c);
    refs_free(refs);
    buf_clear(&told);
}

START_TEST(who_has_them)
{
    uint32_t p, q;

    begin();
    p = check_page(c, "P");
    q = check_page(c, "Q");
    refer(q, 9, "A", "");
    refer(p, 2, "A", "x");
    refer(p, 1, "A", "");
    refer(p, 1, "A", "");
    is_broken("A");
    refer(q, 3, "A", "");
    refer(p, 5, "good", "");
    check_good(c, hash("good"), true);
    refer(p, 6, "never asked for", "");
    is_broken("B");
    is_broken("B");
    expect(2, "A: P:1 P:2 Q:3 Q:9 | B:");
}
END_TEST

START_TEST(fragments)
{
    static const char *const good[] = {
        "there", "%74here",   "th%65re",        "top",  "TOP", "!x",
        "/x",    ":~:text=x", "there:~:text=x", "a%20b"};
    uint32_t p;

    begin();
    p = check_page(c, "P");
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        refer(p, 1, "A", good[i]);
    refer(p, 2, "A", "not");
    refer(p, 3, "A", "There");
    check_id(c, hash("A"), SLICE("there"));
    check_id(c, hash("A"), SLICE("a b"));
    check_id(c, hash("B"), SLICE("not"));
    check_good(c, hash("A"), true);
    refer(p, 4, "A", "not");
    refer(p, 5, "unread", "x");
    check_good(c, hash("unread"), false);
    expect(2, "A#not: P:2 P:4 | A#There: P:3");
}
END_TEST

START_TEST(aliases)
{
    uint32_t p;

    begin();
    p = check_page(c, "P");
    refer(p, 1, "A", "");
    refer(p, 2, "B", "id");
    refer(p, 3, "B", "no");
    refer(p, 4, "L", "");
    check_alias(c, hash("A"), "A", hash("gone"));
    check_alias(c, hash("B"), "B", hash("C"));
    check_alias(c, hash("C"), "C", hash("D"));
    check_alias(c, hash("L"), "L", hash("L"));
    check_alias(c, hash("M"), "M", hash("N"));
    check_alias(c, hash("N"), "N", hash("M"));
    refer(p, 5, "M", "");
    check_id(c, hash("D"), SLICE("id"));
    check_good(c, hash("D"), true);
    is_broken("gone");
    expect(2, "A: P:1 | B#no: P:3");
}
END_TEST

/* Of many references those that matter are kept, however many are good. */
START_TEST(many)
{
    enum { N = 300000 };
    char url[32];
    uint32_t p;

    begin();
    p = check_page(c, "P");
    for (unsigned i = 0; i < N; i++) {
        snprintf(url, sizeof(url), "u%u", i);
        refer(p, i + 1, url, i % 3 ? "" : "x");
        if (i == 5)
            continue;
        check_id(c, hash(url), i == 9 ? SLICE("y") : SLICE("x"));
        check_good(c, hash(url), true);
    }
    refer(p, N + 1, "u5", "");
    is_broken("u5");
    expect(2, "u5: P:6 P:300001 | u9#x: P:10");
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("crawl_check", who_has_them, fragments, aliases, many);
}

int main(void)
{
    return check_main(suite);
}
