#include "check_main.h"

#include <stdlib.h>

#include "links_seen.h"

/* What is told of a page, the charset aside, must be `expected`, whole, byte by byte
 * and cut anywhere. */
static void expect(struct links_how how, const char *data, size_t n,
                   const char *expected)
{
    struct buf whole = BUF_INIT, pieces = BUF_INIT;

    links_see(&whole, how, data, n);
    ck_assert_str_eq(whole.data, expected);
    how.step = 1;
    links_see(&pieces, how, data, n);
    ck_assert_str_eq(pieces.data, expected);
    how.step = 0;
    for (how.first = 1; how.first < n; how.first++) {
        buf_reset(&pieces);
        links_see(&pieces, how, data, n);
        ck_assert_str_eq(pieces.data, expected);
    }
    buf_clear(&whole);
    buf_clear(&pieces);
}

static void page(const char *html, const char *expected)
{
    struct buf all = BUF_INIT;

    buf_appendf(&all, "%scharset UTF-8\n", expected);
    expect((struct links_how){0}, html, strlen(html), all.data);
    buf_clear(&all);
}

START_TEST(anchors)
{
    page("<a href=a>x</a><A HREF='b'>", "anchor a\nanchor b\n");
    page("<a class=x href=\"a&amp;b\" id=top name=here>",
         "id top\nid here\nanchor a&b\n");
    page("<area href=a rel='x NoFollow'>", "anchor a nofollow\n");
    page("<base href=/b/><a href=c>", "anchor c [/b/]\nbase /b/\nbase at 11+3\n");
    page("<link href=s rel=stylesheet><base href='/b/'>",
         "style s [/b/]\nbase /b/\nbase at 40+3\n");
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("links", anchors);
}

int main(void)
{
    return check_main(suite);
}
