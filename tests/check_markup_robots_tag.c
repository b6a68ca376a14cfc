#include "check_main.h"

#include "base/mem.h"
#include "markup/robots_tag.h"

START_TEST(meta)
{
    static const struct {
        const char *value;
        bool noindex, nofollow;
    } cases[] = {
        {"", false, false},
        {"noindex", true, false},
        {"nofollow", false, true},
        {"none", true, true},
        {"noindex, nofollow", true, true},
        {"noindex,nofollow", true, true},
        {"NoIndex , NOFOLLOW", true, true},
        {"\tnoindex\n", true, false},
        {"noindex nofollow", true, true},
        {"noindex;nofollow", true, true},
        {",,noindex,,", true, false},
        {"all", false, false},
        {"index, follow", false, false},
        {"noarchive, nosnippet, noimageindex", false, false},
        {"noindexing", false, false},
        {"no index", false, false},
        {"nonofollow", false, false},
        {"max-snippet:-1, nofollow, max-image-preview:large", false, true},
        {"\xff\xfe,none", true, true},
        {"index, noindex", true, false},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct robots_tag t = {false, false};

        robots_tag_add(&t, slice_str(cases[i].value));
        ck_assert_msg(t.noindex == cases[i].noindex && t.nofollow == cases[i].nofollow,
                      "%s", cases[i].value);
    }
}
END_TEST

START_TEST(header)
{
    static const struct {
        const char *value;
        bool noindex, nofollow;
    } cases[] = {
        {"", false, false},
        {"noindex", true, false},
        {"noindex, nofollow", true, true},
        {"none", true, true},
        {"otherbot: noindex", false, false},
        {"otherbot: noindex, nofollow", false, false},
        {"trawl: noindex", true, false},
        {"TRAWL:noindex,nofollow", true, true},
        {"trawl/1.0: none", true, true},
        {"trawl : nofollow", false, true},
        {"trawlbot: none", false, false},
        {"*: noindex", true, false},
        {"noindex, otherbot: nofollow", true, false},
        {"otherbot: noindex, trawl: nofollow", false, true},
        {"trawl: noindex, otherbot: nofollow", true, false},
        {"otherbot: none, *: noindex", true, false},
        {"unavailable_after: 25 Jun 2010 15:00:00 PST", false, false},
        {"unavailable_after: 25 Jun 2010 15:00:00 PST, noindex", true, false},
        {"Unavailable_After: Wed, 21 Oct 2015 07:28:00 GMT, nofollow", false, true},
        {"unavailable_after: Wednesday, Oct 21 07:28:00 GMT, noindex", true, false},
        {"max-snippet: 20, noindex", true, false},
        {"max-image-preview: none, max-video-preview: -1", false, false},
        {"otherbot: unavailable_after: 25 Jun 2010 15:00:00 PST, none", false, false},
        {": noindex", false, false},
        {"7: noindex", false, false},
        {",,,:,,noindex", true, false},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct robots_tag t = {false, false};

        robots_tag_add_header(&t, slice_str(cases[i].value), "trawl");
        ck_assert_msg(t.noindex == cases[i].noindex && t.nofollow == cases[i].nofollow,
                      "%s", cases[i].value);
    }
}
END_TEST

/* Nothing that was said is taken back, and a name does not hold in the next line. */
START_TEST(added)
{
    struct robots_tag t = {false, false};

    robots_tag_add(&t, SLICE("nofollow"));
    robots_tag_add(&t, SLICE("index, follow"));
    robots_tag_add_header(&t, SLICE("otherbot: none"), "trawl");
    ck_assert(t.nofollow && !t.noindex);
    robots_tag_add_header(&t, SLICE("noindex"), "trawl");
    ck_assert(t.nofollow && t.noindex);
}
END_TEST

START_TEST(long_values)
{
    struct robots_tag t = {false, false};
    struct buf text = BUF_INIT;

    for (int i = 0; i < 100000; i++)
        buf_append_str(&text, "x:,y ;");
    buf_append_str(&text, ",trawl:none");
    robots_tag_add(&t, (struct slice){text.data, text.len - 11});
    ck_assert(!t.noindex && !t.nofollow);
    robots_tag_add_header(&t, (struct slice){text.data, text.len}, "trawl/1");
    ck_assert(t.noindex && t.nofollow);
    buf_clear(&text);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("robots_tag", meta, header, added, long_values);
}

int main(void)
{
    return check_main(suite);
}
