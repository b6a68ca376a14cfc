#include "check_main.h"

#include <string.h>

#include "base/mem.h"
#include "markup/header_link.h"

static struct buf said;

/* What is found in it: kind, nofollow, URL. */
static const char *links_of(const char *value)
{
    static const char *const kinds[LINK_KINDS] = {
        [LINK_CANONICAL] = "canonical", [LINK_RELATED] = "related",
        [LINK_IMAGE] = "image",         [LINK_STYLE] = "style",
        [LINK_SCRIPT] = "script",
    };
    struct slice rest = slice_str(value);
    struct link l;

    buf_reset(&said);
    buf_append_str(&said, "");
    while (header_link_next(&rest, &l))
        buf_appendf(&said, "%s%s%s:%.*s", said.len ? " " : "", kinds[l.kind],
                    l.nofollow ? "!" : "", (int)l.url.len, l.url.data);
    ck_assert_uint_eq(rest.len, 0);
    return said.data ? said.data : "";
}

START_TEST(found)
{
    static const struct {
        const char *value, *links;
    } cases[] = {
        {"</2>; rel=next", "related:/2"},
        {"</2>; rel=\"next\", </0>; rel=\"prev\"", "related:/2 related:/0"},
        {"<http://a/?b,c;d>; REL = Canonical", "canonical:http://a/?b,c;d"},
        {"</a.css>;rel=preload;as=style , </b.css>;rel=stylesheet",
         "script:/a.css style:/b.css"},
        {"< /x >; title=\"a, b; rel=next\"; rel=\"up nofollow\"", "related!:/x"},
        {"</x>; title=\"\\\"\"; rel=next", "related:/x"},
        {"</x>; rel=\"foo  icon\"", "image:/x"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        ck_assert_str_eq(links_of(cases[i].value), cases[i].links);
}
END_TEST

START_TEST(passed_over)
{
    static const char *const values[] = {
        "",
        "</x>",
        "</x>; rel=author",
        "</x>; rel=author; rel=next", /* the first counts */
        "</x>; rel=next; anchor=\"#foo\"",
        "</x; rel=next",
        "/x; rel=next",
        "<></x>",
        "junk </y>; rel=next",
        "<",
        ";;,,\"",
        "</x>; title=\"never closed; rel=next",
    };

    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        ck_assert_str_eq(links_of(values[i]), "");
    ck_assert_str_eq(links_of("</x>; rel=author, </y>; rel=next"), "related:/y");
    buf_clear(&said);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("markup_header_link", found, passed_over);
}

int main(void)
{
    return check_main(suite);
}
