#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "markup/chars.h"
#include "markup/charset.h"
#include "markup/recode.h"

static const char *name_of(const struct charset *c)
{
    return c ? c->name : "none";
}

static void label(const char *text, const char *expected)
{
    ck_assert_str_eq(name_of(charset_find(slice_str(text))), expected);
}

START_TEST(labels)
{
    label("utf-8", "UTF-8");
    label(" UTF8\n", "UTF-8");
    label("iso-8859-1", "windows-1252");
    label("Latin1", "windows-1252");
    label("us-ascii", "windows-1252");
    label("utf-16", "UTF-16LE");
    label("UTF-16BE", "UTF-16BE");
    label("iso-8859-9", "windows-1254");
    label("shift_jis", "Shift_JIS");
    label("gb2312", "GBK");
    label("koi8-r", "KOI8-R");
    label("iso-2022-jp", "ISO-2022-JP");
    label("", "none");
    label("utf-7", "none");
    label("utf-8 utf8", "none");
    label("utf", "none");
    label("a-label-that-is-longer-than-any-other", "none");
}
END_TEST

static void mark(struct slice bytes, const char *expected, size_t expected_len)
{
    size_t len;

    ck_assert_str_eq(name_of(charset_of_bom(bytes.data, bytes.len, &len)), expected);
    ck_assert_uint_eq(len, expected_len);
}

START_TEST(byte_order_marks)
{
    mark(SLICE("\xef\xbb\xbfx"), "UTF-8", 3);
    mark(SLICE("\xef\xbb"), "none", 0);
    mark(SLICE("\xff\xfex"), "UTF-16LE", 2);
    mark(SLICE("\xfe\xff"), "UTF-16BE", 2);
    mark(SLICE("\xff"), "none", 0);
    mark(SLICE(""), "none", 0);
}
END_TEST

/* Read in memory of just its size. */
static void prescan(struct slice html, const char *expected)
{
    char *copy = mem_alloc(html.len + !html.len);

    memcpy(copy, html.data, html.len);
    ck_assert_str_eq(name_of(charset_prescan(copy, html.len)), expected);
    for (size_t n = 0; n < html.len; n++) {
        copy = mem_realloc(copy, n + !n);
        memcpy(copy, html.data, n);
        charset_prescan(copy, n);
    }
    free(copy);
}

START_TEST(metas)
{
    prescan(SLICE("<meta charset=utf-8>"), "UTF-8");
    prescan(SLICE("<META CHARSET = 'koi8-r' >"), "KOI8-R");
    prescan(SLICE("<meta/charset=utf-8/>"), "none"); /* "utf-8/" */
    prescan(SLICE("<meta charset=\"utf-8\"/>"), "UTF-8");
    prescan(SLICE("<meta charset=utf-16>"), "UTF-8");
    prescan(SLICE("<meta charset=nonsense><meta charset=big5>"), "Big5");
    prescan(SLICE("<meta http-equiv=Content-Type content='text/html; charset=euc-kr'>"),
            "EUC-KR");
    prescan(
        SLICE("<meta content='text/html;charset=\"euc-kr\"' http-equiv=content-type>"),
        "EUC-KR");
    prescan(SLICE("<meta content='charset=euc-kr'>"), "none");
    prescan(SLICE("<meta http-equiv=refresh content='charset=euc-kr'>"), "none");
    prescan(SLICE("<!-- <meta charset=utf-8> --><meta charset=big5>"), "Big5");
    prescan(SLICE("<!--><meta charset=big5>"), "Big5");
    prescan(SLICE("<a x='<meta charset=utf-8>'><meta charset=big5>"), "Big5");
    prescan(SLICE("</a x='>'><meta charset=big5>"), "Big5");
    prescan(SLICE("<?x ?><!x><meta charset=big5>"), "Big5");
    prescan(SLICE("<metax charset=utf-8>"), "none");
    prescan(SLICE("<meta charset=utf-8"), "none"); /* the rest may say more */
    prescan(SLICE("<meta \0charset=utf-8>"), "none");
    prescan(SLICE("< < <<meta charset=big5>"), "Big5");
    prescan(SLICE("<!-- <meta charset=utf-8>"), "none");
}
END_TEST

START_TEST(others)
{
    prescan(SLICE("<?xml version='1.0' encoding='koi8-r'?><html>"), "KOI8-R");
    prescan(SLICE("<?xml version=\"1.0\" encoding=\"koi8-r\"?><meta charset=big5>"),
            "Big5");
    prescan(SLICE("<?xml version='1.0'?><a encoding=koi8-r>"), "none");
    prescan(SLICE(" <?xml encoding='koi8-r'?>"), "none");
    prescan(SLICE("<\0?\0x\0m\0"), "UTF-16LE");
    prescan(SLICE("\0<\0?\0x\0m"), "UTF-16BE");
    ck_assert_str_eq(name_of(charset_prescan_css("@charset \"big5\";", 16)), "Big5");
    ck_assert_str_eq(name_of(charset_prescan_css("@charset 'big5';", 16)), "none");
    ck_assert_str_eq(name_of(charset_prescan_css("@charset \"big5", 14)), "none");
}
END_TEST

START_TEST(content_types)
{
    static const char *const cases[][2] = {
        {"text/html; charset=x", "x"},
        {"charset=x;y", "x"},
        {"charset = x y", "x"},
        {"charset='x y'z", "x y"},
        {"charset=\"x", ""},
        {"CHARSET=x", "x"},
        {"charset charset=x", "x"},
        {"charset", ""},
        {"charset=", ""},
        {"charsetx=y;charset=z", "z"},
        {"", ""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        ck_assert(slice_eq(charset_label_in(slice_str(cases[i][0])), cases[i][1]));
}
END_TEST

/* ---- values ---- */

static void value(const char *charset, const char *raw, enum chars_markup markup,
                  const char *expected)
{
    struct chars c = {0};
    struct chars_value v;
    struct buf out = BUF_INIT;

    if (*charset)
        chars_set(&c, charset_find(slice_str(charset)));
    chars_read(&v, &c, slice_str(raw), markup, &out);
    ck_assert(slice_eq(v.text, expected));
    ck_assert(utf8_valid(v.text.data, v.text.len));
    for (size_t i = 0, before = 0; i <= v.text.len; i++) {
        size_t where = chars_where(&v, i);

        ck_assert_uint_ge(where, before);
        before = where;
        if (i == v.text.len)
            ck_assert_uint_eq(where, strlen(raw));
    }
    chars_clear(&c);
    buf_clear(&out);
}

START_TEST(values)
{
    value("utf-8", "a&amp;b&eacute;", CHARS_ATTRIBUTE, "a&bé");
    value("utf-8", "a&amp;b", CHARS_PLAIN, "a&amp;b");
    value("utf-8", "&copy=&copyx&copy", CHARS_ATTRIBUTE, "&copy=&copyx©");
    value("utf-8", "&copy=&copyx&copy", CHARS_TEXT, "©=©x©");
    value("utf-8", "é\xe9\xc3", CHARS_PLAIN, "é\ufffd\ufffd");
    value("windows-1252", "\xe9\x80\xc3\xa9", CHARS_PLAIN, "é€Ã©");
    value("", "é", CHARS_PLAIN, "é");
    value("", "\xe9t\xe9&amp;", CHARS_ATTRIBUTE, "été&");
    value("koi8-r", "\xf0\xd2&lt;", CHARS_ATTRIBUTE, "Пр<");
    value("shift_jis", "\x93\xfa\x83\x5c&amp;", CHARS_ATTRIBUTE, "日ソ&");
    value("shift_jis", "a\xff", CHARS_PLAIN, "a\ufffd");
    value("gb18030", "\xc4\xe3\x81\x30\x81\x30", CHARS_PLAIN, "你\xc2\x80");
    value("euc-jp", "\xc6", CHARS_PLAIN, "\ufffd");
}
END_TEST

START_TEST(places)
{
    struct chars c = {0};
    struct chars_value v;
    struct buf out = BUF_INIT;

    chars_read(&v, &c, SLICE("x&quot;\xe9&#65;&y"), CHARS_ATTRIBUTE, &out);
    ck_assert(slice_eq(v.text, "x\"éA&y"));
    ck_assert_uint_eq(chars_where(&v, 1), 1);
    ck_assert_uint_eq(chars_where(&v, 2), 7);
    ck_assert_uint_eq(chars_where(&v, 4), 8);
    ck_assert_uint_eq(chars_where(&v, 5), 13);
    ck_assert_uint_eq(chars_where(&v, 7), 15);
    ck_assert(c.not_utf8);
    buf_clear(&out);
}
END_TEST

/* ---- whole pages ---- */

static void keep(void *arg, const char *data, size_t n)
{
    ck_assert_uint_gt(n, 0);
    buf_append(arg, data, n);
}

static void recode(const char *charset, struct slice bytes, const char *expected)
{
    for (size_t first = 0; first <= bytes.len; first++)
        for (size_t step = 1; step <= bytes.len; step += bytes.len - 1) {
            struct recoder *r = recoder_new(charset_find(slice_str(charset)));
            struct buf out = BUF_INIT;

            for (size_t at = 0, size = first; at < bytes.len; at += size, size = step) {
                size = size < bytes.len - at ? size : bytes.len - at;
                recoder_feed(r, bytes.data + at, size, keep, &out);
            }
            recoder_finish(r, keep, &out);
            ck_assert_str_eq(out.data ? out.data : "", expected);
            buf_clear(&out);
            recoder_free(r);
        }
}

START_TEST(recoding)
{
    recode("utf-16le", SLICE("<\0a\0\xe9\0\xac\x20>\0"), "<aé€>");
    recode("utf-16be", SLICE("\0<\0a\0\xe9\x20\xac\0>"), "<aé€>");
    recode("utf-16le", SLICE("\x3d\xd8\x00\xde!\0"), "😀!");
    recode("utf-16be", SLICE("\xd8\x3d\xde\x00\0!"), "😀!");
    recode("utf-16le", SLICE("\x3d\xd8!\0\x00\xde!\0"), "\ufffd!\ufffd!");
    recode("utf-16le", SLICE("\x3d\xd8\x3d\xd8\x00\xde"), "\ufffd😀");
    recode("utf-16le", SLICE("a\0b"), "a\ufffd");
    recode("utf-16le", SLICE("a\0\x3d\xd8"), "a\ufffd");
    recode("iso-2022-jp", SLICE("<a>\x1b$BF|K\\\x1b(B</a>"), "<a>日本</a>");
    recode("iso-2022-jp", SLICE("\x1b$B<a\x1b(B<\x80>"), "釈<\ufffd>");
}
END_TEST

START_TEST(recoding_much)
{
    static const char *const names[] = {"utf-16le", "iso-2022-jp"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        for (size_t step = 1; step < 100000; step = step * 13 + 1) {
            struct recoder *r = recoder_new(charset_find(slice_str(names[i])));
            struct buf out = BUF_INIT, in = BUF_INIT;

            for (size_t j = 0; j < 10000; j++)
                buf_append(&in,
                           i ? "\x1b$BF|\x1b(Ba"
                             : "\xe5\x65"
                               "a\0",
                           i ? 9 : 4);
            for (size_t at = 0; at < in.len; at += step)
                recoder_feed(r, in.data + at, step < in.len - at ? step : in.len - at,
                             keep, &out);
            recoder_finish(r, keep, &out);
            ck_assert_uint_eq(out.len, 40000);
            for (size_t j = 0; j < out.len; j += 4)
                ck_assert(!memcmp(out.data + j, "日a", 4));
            recoder_free(r);
            buf_clear(&out);
            buf_clear(&in);
        }
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("charset", labels, byte_order_marks, metas, others,
                       content_types, values, places, recoding, recoding_much);
}

int main(void)
{
    return check_main(suite);
}
