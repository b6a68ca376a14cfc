#include "check_main.h"

#include "base/utf8.h"

START_TEST(every_scalar_value_comes_back)
{
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        char text[4];
        uint32_t back;
        size_t n;

        if (cp >= 0xd800 && cp <= 0xdfff)
            continue;
        n = utf8_encode(cp, text);
        if (utf8_decode(text, n, &back) != n || back != cp || !utf8_valid(text, n))
            ck_abort_msg("U+%04X", (unsigned)cp);
        for (size_t cut = 0; cut < n; cut++)
            if (utf8_decode(text, cut, &back))
                if (cut)
                    ck_abort_msg("U+%04X cut to %zu bytes", (unsigned)cp, cut);
    }
}
END_TEST

START_TEST(ill_formed)
{
    static const char *const cases[] = {"\x80",
                                        "\xbf",
                                        "\xc0\x80",
                                        "\xc1\xbf",
                                        "\xe0\x9f\xbf",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xed\xa0\x80",
                                        "\xed\xbf\xbf",
                                        "\xc3(",
                                        "\xe2\x82(",
                                        "\xff",
                                        "\xf4\x90\x80\x80",
                                        "\xfe",
                                        "\xf8\x88\x80\x80",
                                        "\xf5\x80\x80\x80"};
    uint32_t cp;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ck_assert_uint_eq(utf8_decode(cases[i], strlen(cases[i]), &cp), 0);
        ck_assert(!utf8_valid(cases[i], strlen(cases[i])));
    }
}
END_TEST

/* The words of eight bytes must not hide what stands at their borders. */
START_TEST(valid_at_every_offset)
{
    char text[40];

    for (size_t at = 0; at + 3 <= sizeof(text); at++) {
        memset(text, 'x', sizeof(text));
        memcpy(text + at, "\xe2\x82\xac", 3);
        ck_assert(utf8_valid(text, sizeof(text)));
        ck_assert(!utf8_valid(text, at + 2));
        text[at + 1] = 'x';
        ck_assert(!utf8_valid(text, sizeof(text)));
    }
    ck_assert(utf8_valid(NULL, 0));
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("utf8", every_scalar_value_comes_back, ill_formed,
                       valid_at_every_offset);
}

int main(void)
{
    return check_main(suite);
}
