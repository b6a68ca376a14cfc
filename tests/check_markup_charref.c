#include "check_main.h"

#include <stdio.h>

#include "base/utf8.h"
#include "markup/charref.h"
#include "markup/charref_table.h"

/* What the reference at the front of `text` stands for, then what is left of it. */
static void expect(const char *text, bool in_attribute, const char *value,
                   const char *rest)
{
    char out[CHARREF_MAX];
    size_t len = 0, n = charref_decode(slice_str(text), in_attribute, out, &len);

    ck_assert_str_eq(text + n, rest);
    ck_assert_uint_eq(len, strlen(value));
    ck_assert(!memcmp(out, value, len));
}

static void both(const char *text, const char *value, const char *rest)
{
    expect(text, false, value, rest);
    expect(text, true, value, rest);
}

START_TEST(names)
{
    both("&amp;x", "&", "x");
    both("&amp;amp;", "&", "amp;");
    both("&lt;", "<", "");
    both("&AMP;", "&", "");
    both("&eacute;", "é", "");
    both("&CounterClockwiseContourIntegral;", "∳", "");
    both("&NotEqualTilde;", "≂̸", "");
    both("&Afr;", "𝔄", "");
    both("&NewLine;", "\n", "");
    both("&zwnj;", "\u200c", "");
    both("&AElig;", "Æ", ""); /* the first and the last */
    both("&zwj;", "\u200d", "");
    both("&", "", "&");
    both("&;", "", "&;");
    both("& amp;", "", "& amp;");
    both("&Amp;", "", "&Amp;");
    both("&unknown;", "", "&unknown;");
    both("&CounterClockwiseContourIntegralx;", "",
         "&CounterClockwiseContourIntegralx;");
    both("&hellip", "", "&hellip"); /* needs its semicolon */
    both("&\xc3\xa9;", "", "&\xc3\xa9;");
}
END_TEST

START_TEST(without_semicolon)
{
    both("&amp", "&", "");
    both("&amp ", "&", " ");
    both("&amp-b", "&", "-b");
    both("&copy\"", "©", "\"");
    expect("&copy=2", false, "©", "=2");
    expect("&copy=2", true, "", "&copy=2");
    expect("&copyx", false, "©", "x");
    expect("&copyx", true, "", "&copyx");
    expect("&copy2;", true, "", "&copy2;");
    expect("&notit;", false, "¬", "it;");
    expect("&notit;", true, "", "&notit;");
    both("&notin;", "∉", "");
    both("&not;", "¬", "");
    expect("&notin", false, "¬", "in");
    expect("&frac12x", false, "½", "x");
    expect("&gtr", false, ">", "r");
    expect("&sup1x", false, "¹", "x");
    expect("&sup", false, "", "&sup");
}
END_TEST

START_TEST(numbers)
{
    both("&#65;x", "A", "x");
    both("&#x41;", "A", "");
    both("&#X4a;", "J", "");
    both("&#x4A;", "J", "");
    both("&#65x", "A", "x");
    both("&#x41=", "A", "=");
    both("&#8364;", "€", "");
    both("&#128;", "€", "");
    both("&#x80;", "€", "");
    both("&#x9f;", "Ÿ", "");
    both("&#x81;", "\xc2\x81", "");
    both("&#xa0;", "\xc2\xa0", "");
    both("&#233;", "é", "");
    both("&#x1f600;", "😀", "");
    both("&#0;", UTF8_REPLACEMENT, "");
    both("&#xd800;", UTF8_REPLACEMENT, "");
    both("&#xdfff;", UTF8_REPLACEMENT, "");
    both("&#x110000;", UTF8_REPLACEMENT, "");
    both("&#x10ffff;", "\xf4\x8f\xbf\xbf", "");
    both("&#99999999999999999999999999;", UTF8_REPLACEMENT, "");
    both("&#000000000000000000000000065;", "A", "");
    both("&#", "", "&#");
    both("&#;", "", "&#;");
    both("&#x", "", "&#x");
    both("&#x;", "", "&#x;");
    both("&#xg;", "", "&#xg;");
    both("&#a;", "", "&#a;");
}
END_TEST

/* Each row of the table is found, and nothing else by the same letters cut short. */
START_TEST(every_name)
{
    const char *p = charref_table + 1, *end = charref_table + charref_table_size;
    size_t count = 0, bare = 0;

    for (; p < end; count++) {
        size_t name = strcspn(p, ",;");
        const char *value = p + name + 1, *behind = strchr(value, 1);
        char text[64];
        struct buf expected = BUF_INIT;

        buf_append(&expected, value, (size_t)(behind - value));
        ck_assert(utf8_valid(expected.data, expected.len));
        ck_assert_uint_le(expected.len, CHARREF_MAX);
        snprintf(text, sizeof(text), "&%.*s;", (int)name, p);
        both(text, expected.data, "");
        text[name + 1] = '\0';
        if (p[name] == ',')
            both(text, expected.data, "");
        bare += p[name] == ',';
        buf_clear(&expected);
        p = behind + 1;
    }
    ck_assert_uint_eq(count, 2125);
    ck_assert_uint_eq(bare, 106);
}
END_TEST

/* Nothing behind the end of the slice is looked at. */
START_TEST(cut)
{
    static const char *const texts[] = {"&amp;", "&notin;", "&#x41;", "&#65;"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        for (size_t n = 1; n <= strlen(texts[i]); n++) {
            char copy[16], out[CHARREF_MAX];
            size_t len;

            memset(copy, '0', sizeof(copy));
            memcpy(copy, texts[i], n);
            ck_assert_uint_le(charref_decode((struct slice){copy, n}, false, out, &len),
                              n);
        }
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("charref", names, without_semicolon, numbers, every_name, cut);
}

int main(void)
{
    return check_main(suite);
}
