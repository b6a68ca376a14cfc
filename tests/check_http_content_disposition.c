#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http/content_disposition.h"

/* NULL: no name. */
static void expect(const char *value, const char *name)
{
    char *found = content_disposition_filename(slice_str(value));

    if (name)
        ck_assert_msg(found && !strcmp(found, name), "%s: %s", value,
                      found ? found : "none");
    else
        ck_assert_msg(!found, "%s: %s", value, found);
    free(found);
}

START_TEST(plain)
{
    static const char *const cases[][2] = {
        {"attachment; filename=x.txt", "x.txt"},
        {"attachment; filename=\"x y.txt\"", "x y.txt"},
        {"inline; filename=x", "x"},
        {"ATTACHMENT; FileName=x", "x"},
        {"attachment;filename=x;size=5", "x"},
        {"attachment ; filename = \"x\" ; size=5", "x"},
        {"attachment; size=5; filename=x", "x"},
        {"attachment; filename=x;", "x"},
        {"; filename=x", "x"},
        {"filename=x", "x"},
        {"attachment; filename=x y.txt", "x y.txt"},
        {"attachment; filename=5\" disk; size=5", "5\" disk"},
        {"attachment; filename=\"a;b=c\"", "a;b=c"},
        {"attachment; foo=\"; filename=y\"; filename=x", "x"},
        {"attachment; foo=\"\\\"; filename=y\"; filename=x", "x"},
        {"attachment; filename=\"a\\\"b\\\\c\"", "a\"b\\c"},
        {"attachment; filename=\"\\a\\b\"", "ab"},
        {"attachment; filename=a\\b", "a\\b"},
        {"attachment; filename=\"x\"junk; size=5", "x"},
        {"attachment; filename=\"../../etc/passwd\"", "../../etc/passwd"},
        {"attachment; filename=\"100%25.txt\"", "100%25.txt"},
        {"attachment; filename=\"a=b\"", "a=b"},
        {"attachment; filename=a=b", "a=b"},
        {"attachment; filename=x; filename=y", "x"},
        {"attachment; filename=\"caf\xc3\xa9\"", "caf\xc3\xa9"},
        {"attachment; filename=\"caf\xe9\"", "caf\xc3\xa9"},
        {"attachment; filename=caf\xe9", "caf\xc3\xa9"},
        {"attachment; filename=\"\x80\xff\"", "\xc2\x80\xc3\xbf"},
        {"attachment; filename=\" \"", " "},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect(cases[i][0], cases[i][1]);
}
END_TEST

START_TEST(extended)
{
    static const char *const cases[][2] = {
        {"attachment; filename*=UTF-8''x%20y.txt", "x y.txt"},
        {"attachment; filename*=utf-8'en'%e2%82%AC", "\xe2\x82\xac"},
        {"attachment; filename*=ISO-8859-1''%A3", "\xc2\xa3"},
        {"attachment; filename*=iso-8859-1'de'M%fcller", "M\xc3\xbcller"},
        {"attachment; FILENAME* = UTF-8''x ;size=5", "x"},
        {"attachment; filename=y; filename*=UTF-8''x", "x"},
        {"attachment; filename*=UTF-8''x; filename=y", "x"},
        {"attachment; filename*=UTF-8''a%2Fb%5C", "a/b\\"},
        {"attachment; filename*=UTF-8''a(1)@b,c", "a(1)@b,c"},
        {"attachment; filename*=UTF-8''it's", "it's"},
        {"attachment; filename*=UTF-8''%2525", "%25"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect(cases[i][0], cases[i][1]);
}
END_TEST

/* Then filename counts. */
START_TEST(ill_formed)
{
    static const char *const values[] = {
        "",
        "x",
        "UTF-8",
        "UTF-8'x",
        "UTF-8''",
        "''x",
        "'en'x",
        "US-ASCII''x",
        "UTF-16''%00x",
        "\"UTF-8''x\"",
        "UTF-8''x y",
        "UTF-8''x\"y",
        "UTF-8''x%",
        "UTF-8''x%2",
        "UTF-8''x%zz",
        "UTF-8''caf%E9",
        "UTF-8''%C0%AF",
        "UTF-8''%ED%A0%80",
        "UTF-8''caf\xc3\xa9",
        "ISO-8859-1''caf\xe9",
        "UTF-8''x\x7f",
        "UTF-8''x\x01",
    };

    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        struct buf both = BUF_INIT, alone = BUF_INIT;

        buf_appendf(&both, "attachment; filename*=%s; filename=y", values[i]);
        buf_appendf(&alone, "attachment; filename*=%s", values[i]);
        expect(both.data, "y");
        expect(alone.data, NULL);
        buf_clear(&alone);
        buf_clear(&both);
    }
}
END_TEST

START_TEST(none)
{
    static const char *const cases[] = {
        "",
        ";",
        ";;;",
        "attachment",
        "attachment;",
        "attachment; filename",
        "attachment; filename=",
        "attachment; filename=  ;size=5",
        "attachment; filename=\"\"",
        "attachment; filename=\"",
        "attachment; filename=\"x",
        "attachment; filename=\"x\\",
        "attachment; filename=\"x\\\"",
        "attachment; name=x",
        "attachment; xfilename=x",
        "attachment; filenamex=x",
        "attachment; filename**=UTF-8''x",
        "attachment; filename*0=x",
        "attachment; =x",
        "attachment, filename=x",
        "attachment filename=x",
        "attachment; foo=\"filename=x\"",
        "attachment; foo=\"; filename=x\"",
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect(cases[i], NULL);
}
END_TEST

/* A quote that nothing ends takes only its own parameter along. */
START_TEST(goes_on)
{
    expect("attachment; filename=\"x; filename*=UTF-8''y", "y");
    expect("attachment; foo=\"; filename=y", "y");
}
END_TEST

START_TEST(nul)
{
    static const struct slice cases[] = {
        {"attachment; filename=\"x\0y\"", 26},
        {"attachment; filename=x\0y", 24},
        {"attachment; filename=\"\\\0\"", 25},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        ck_assert_ptr_null(content_disposition_filename(cases[i]));
    expect("attachment; filename*=UTF-8''x%00y", NULL);
    expect("attachment; filename*=UTF-8''x%00y; filename=z", NULL);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("content_disposition", plain, extended, ill_formed, none,
                       goes_on, nul);
}

int main(void)
{
    return check_main(suite);
}
