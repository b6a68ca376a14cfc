#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "hostile_names.h"
#include "name_rules.h"

typedef void append_fn(struct buf *out, struct slice raw);

static char *made(append_fn *append, struct slice raw)
{
    struct buf out = BUF_INIT;

    append(&out, raw);
    ck_assert_uint_eq(strlen(out.data), out.len);
    return buf_take(&out);
}

static char *part_of(const char *raw)
{
    return made(name_append_part, slice_str(raw));
}

static char *path_of(const char *raw)
{
    return made(name_append_path, slice_str(raw));
}

/* "xxx": `n` times the text. */
static char *times(size_t n, const char *text)
{
    struct buf out = BUF_INIT;

    while (n--)
        buf_append_str(&out, text);
    return buf_take(&out);
}

static char *joined(const char *a, const char *b, const char *c)
{
    struct buf out = BUF_INIT;

    buf_appendf(&out, "%s%s%s", a, b, c);
    return buf_take(&out);
}

/* --- the rules, for all ----------------------------------------------------------- */

START_TEST(predicate)
{
    static const char *const bad[] = {"",
                                      ".",
                                      "..",
                                      "/x",
                                      "x/",
                                      "a//b",
                                      "../x",
                                      "a/../b",
                                      ".x",
                                      "-x",
                                      "a/.x",
                                      "a/-x",
                                      "a\\b",
                                      "a\nb",
                                      "a\x7f",
                                      "\xc2\x80",
                                      "\xe2\x80\xae",
                                      "\xff",
                                      "\xc0\xaf",
                                      "CON",
                                      "a/nul.txt",
                                      "Com1.x",
                                      "lpt\xc2\xb9",
                                      "con .x",
                                      "con:x",
                                      "x.",
                                      "x ",
                                      "a /b",
                                      "x.part",
                                      "x.PART.json",
                                      "\xe2\x80\xa8",
                                      "\xd8\x9c",
                                      "a/x.part/b",
                                      "conin$",
                                      "\xe2\x81\xa6"};
    static const char *const good[] = {
        "x",    "a/b",      "a:b",  "~",        "x.part.gz",   "part",        "console",
        "COM0", "COM10",    "C0N",  "_",        "a b",         " a",          "x.json",
        "a%",   "\xc3\xa9", "a.b-", "comb.txt", "COM\xc3\xa9", "x.part.jsonl"};
    char *longest = times(230, "x"), *longer = times(231, "x");
    char *paths = times(1500, "x/"), *deep = joined(paths, "", "x");

    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        ck_assert_msg(name_breaks(bad[i]) != NULL, "%s", bad[i]);
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        ck_assert_msg(!name_breaks(good[i]), "%s: %s", good[i], name_breaks(good[i]));
    ck_assert(!name_breaks(longest) && name_breaks(longer));
    ck_assert(!name_breaks(deep + 2) && name_breaks(deep));
    free(deep);
    free(paths);
    free(longer);
    free(longest);
}
END_TEST

/* That it keeps the rules, and that cleaning it once more changes nothing. Takes it. */
static void expect_fine(char *name, size_t i)
{
    char *again = path_of(name), *numbered = name_numbered(name, 4294967295u);

    ck_assert_msg(!name_breaks(name), "%zu: \"%s\": %s", i, name, name_breaks(name));
    ck_assert_str_eq(again, name);
    ck_assert_msg(!name_breaks(numbered), "%zu: \"%s\"", i, numbered);
    ck_assert_str_ne(numbered, name);
    free(numbered);
    free(again);
    free(name);
}

/* As a path of a URL, each byte encoded, "/" when `all`. */
static char *url_of(struct slice raw, bool all)
{
    struct buf out = BUF_INIT;

    buf_append_str(&out, "http://h/");
    for (size_t i = 0; i < raw.len; i++)
        if (raw.data[i] == '/' && !all)
            buf_append_char(&out, '/');
        else
            buf_appendf(&out, "%%%02X", (unsigned char)raw.data[i]);
    buf_append_str(&out, "?");
    for (size_t i = 0; i < raw.len; i++)
        buf_appendf(&out, "%%%02x", (unsigned char)raw.data[i]);
    return buf_take(&out);
}

static void expect_fine_urls(const char *url, size_t i)
{
    static const char *const templates[] = {"{host}/{path}",    "{path}",
                                            "{basename}",       "{query}",
                                            "{index}{query}",   "{query}{path}",
                                            "{host}.",          "{query}/",
                                            "{{{path}{query}}", "../{query}/.{path}"};
    const char *why;

    expect_fine(name_from_url(url), i);
    for (size_t j = 0; j < ARRAY_LEN(templates); j++)
        expect_fine(name_expand(templates[j], url, i, &why), i);
}

static void expect_fine_all(struct slice raw, size_t i)
{
    char *text = slice_dup(raw), *part = made(name_append_part, raw);
    char *some = url_of(raw, false), *all = url_of(raw, true);
    char *plain = joined("http://h/", text, "");
    const char *why;

    ck_assert_ptr_null(strchr(part, '/'));
    expect_fine(part, i);
    expect_fine(made(name_append_path, raw), i);
    expect_fine_urls(some, i);
    expect_fine_urls(all, i);
    expect_fine_urls(plain, i);
    expect_fine_urls(text, i);
    if (!strchr(text, '{'))
        expect_fine(name_expand(text, some, i, &why), i);
    free(plain);
    free(all);
    free(some);
    free(text);
}

START_TEST(hostile)
{
    ck_assert_uint_ge(ARRAY_LEN(hostile_names), 300);
    for (size_t i = 0; i < ARRAY_LEN(hostile_names); i++)
        expect_fine_all(hostile_names[i], i);
}
END_TEST

/* Each of them, many times over, and in front of and behind what is too long by itself.
 */
START_TEST(hostile_and_long)
{
    char *filling = times(5000, "x");

    for (size_t i = 0; i < ARRAY_LEN(hostile_names); i++) {
        struct slice raw = hostile_names[i];
        struct buf repeated = BUF_INIT, mixed = BUF_INIT;

        for (int j = 0; j < 5000 / (1 + (int)raw.len); j++)
            buf_append(&repeated, raw.data, raw.len);
        buf_append(&mixed, raw.data, raw.len);
        buf_append(&mixed, filling, 200 + i);
        buf_append(&mixed, raw.data, raw.len);
        expect_fine(made(name_append_part, (struct slice){repeated.data, repeated.len}),
                    i);
        expect_fine(made(name_append_path, (struct slice){repeated.data, repeated.len}),
                    i);
        expect_fine_all((struct slice){mixed.data, mixed.len}, i);
        buf_clear(&mixed);
        buf_clear(&repeated);
    }
    free(filling);
}
END_TEST

/* --- one by one ------------------------------------------------------------------- */

START_TEST(parts)
{
    static const struct {
        struct slice raw;
        const char *part;
    } cases[] = {
        {{"", 0}, "index.html"},
        {{".", 1}, "_"},
        {{"..", 2}, "__"},
        {{"../x", 4}, "_._x"},
        {{"a/b\\c", 5}, "a_b_c"},
        {{"a\0b", 3}, "a_b"},
        {{"\0", 1}, "_"},
        {{".bashrc", 7}, "_bashrc"},
        {{"-rf", 3}, "_rf"},
        {{"CON", 3}, "_CON"},
        {{"con.txt", 7}, "_con.txt"},
        {{"nul .x", 6}, "_nul .x"},
        {{"aux:x", 5}, "_aux:x"},
        {{"COM\xc2\xb2", 5}, "_COM\xc2\xb2"},
        {{"console.txt", 11}, "console.txt"},
        {{"com0", 4}, "com0"},
        {{"com10", 5}, "com10"},
        {{"x.", 2}, "x_"},
        {{"x. . ", 5}, "x. ._"},
        {{" ", 1}, "_"},
        {{"x.part", 6}, "x_part"},
        {{"x.PART", 6}, "x_PART"},
        {{"a.part.json", 11}, "a_part.json"},
        {{".part", 5}, "_part"},
        {{"x.part.gz", 9}, "x.part.gz"},
        {{"x.part ", 7}, "x.part_"},
        {{"\x1b[2J", 4}, "_[2J"},
        {{"x\xe2\x80\xaetxt.exe", 11}, "x_txt.exe"},
        {{"\xc2\x85", 2}, "_"},
        {{"caf\xe9.txt", 8}, "caf_.txt"},
        {{"\xc0\xaf", 2}, "__"},
        {{"\xed\xa0\x80", 3}, "___"},
        {{"x\xe2\x82", 3}, "x__"},
        {{"~", 1}, "~"},
        {{"a:b", 3}, "a:b"},
        {{"Tom & Jerry's 100%+.pdf", 23}, "Tom & Jerry's 100%+.pdf"},
        {{" x", 2}, " x"},
        {{"%2e%2e%2f", 9}, "%2e%2e%2f"},
        {{"\xe6\x97\xa5\xe6\x9c\xac", 6}, "\xe6\x97\xa5\xe6\x9c\xac"},
        {{"a\xe2\x88\x95\xef\xbc\x8f", 7}, "a\xe2\x88\x95\xef\xbc\x8f"},
        {{"\xf0\x9f\x98\x80.png", 8}, "\xf0\x9f\x98\x80.png"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *part = made(name_append_part, cases[i].raw);

        ck_assert_str_eq(part, cases[i].part);
        free(part);
    }
}
END_TEST

START_TEST(paths)
{
    static const char *const cases[][2] = {
        {"", "index.html"},       {"/", "index.html"},
        {"..", "index.html"},     {"./../.", "index.html"},
        {"a/b", "a/b"},           {"/etc/passwd", "etc/passwd"},
        {"../../x", "x"},         {"a/../b", "a/b"},
        {"a//b/", "a/b"},         {"a/.b/-c", "a/_b/_c"},
        {"CON/nul", "_CON/_nul"}, {"a /b.", "a_/b_"},
        {"..\\x", "_._x"},        {"~/x", "~/x"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *path = path_of(cases[i][0]);

        ck_assert_str_eq(path, cases[i][1]);
        free(path);
    }
}
END_TEST

START_TEST(appended)
{
    struct buf out = BUF_INIT;

    buf_append_str(&out, "out/");
    name_append_part(&out, SLICE("CON"));
    buf_append_str(&out, ", ");
    name_append_path(&out, SLICE("../a/.b"));
    ck_assert_str_eq(out.data, "out/_CON, a/_b");
    buf_clear(&out);
}
END_TEST

/* --- too long --------------------------------------------------------------------- */

START_TEST(limits)
{
    for (size_t n = 200; n < 300; n++) {
        char *raw = times(n, "x"), *part = part_of(raw);

        ck_assert_uint_eq(strlen(part), n < NAME_BYTES_MAX ? n : NAME_BYTES_MAX);
        ck_assert_int_eq(!strcmp(raw, part), n <= NAME_BYTES_MAX);
        free(part);
        free(raw);
    }
}
END_TEST

START_TEST(extensions_kept)
{
    static const char *const cases[][2] = {
        {".txt", ".txt"},
        {".tar.gz", ".tar.gz"},
        {".TAR.zst", ".TAR.zst"},
        {".d.ts", ".ts"},
        {".1234567890abcdef", ".1234567890abcdef"},
        {".1234567890abcdefg", NULL},
        {". txt", NULL},
        {".part", "_part"},
        {".x.", ".x_"},
        {".\xc3\xa9t\xc3\xa9", ".\xc3\xa9t\xc3\xa9"},
    };
    char *stem = times(5000, "x");

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *raw = joined(stem, cases[i][0], ""), *part = part_of(raw);
        const char *kept = cases[i][1];
        size_t n = kept ? strlen(kept) : 0;

        ck_assert_uint_eq(strlen(part), NAME_BYTES_MAX);
        if (kept && kept[0] == '.')
            ck_assert_str_eq(part + NAME_BYTES_MAX - n, kept);
        else
            ck_assert_ptr_null(strchr(part, '.'));
        ck_assert(strspn(part, "x") ==
                  NAME_BYTES_MAX - 17 - (kept && *kept == '.' ? n : 0));
        free(part);
        free(raw);
    }
    free(stem);
}
END_TEST

/* Of names whose characters have two, three and four bytes, at each offset. */
START_TEST(cut_between_characters)
{
    static const char *const characters[] = {"\xc3\xa9", "\xe6\x97\xa5",
                                             "\xf0\x9f\x98\x80"};

    for (size_t i = 0; i < ARRAY_LEN(characters); i++)
        for (size_t offset = 0; offset < 5; offset++) {
            char *many = times(300, characters[i]);
            char *raw = joined(&"xxxx"[4 - offset], many, ".html"),
                 *part = part_of(raw);
            size_t n = strlen(part);

            ck_assert_msg(!name_breaks(part), "%s", name_breaks(part));
            ck_assert(n <= NAME_BYTES_MAX && n > NAME_BYTES_MAX - 4);
            ck_assert_str_eq(part + n - 5, ".html");
            free(part);
            free(raw);
            free(many);
        }
}
END_TEST

static void expect_apart(const char *a, const char *b)
{
    char *first = path_of(a), *second = path_of(b), *again = path_of(a);

    ck_assert_str_ne(first, second);
    ck_assert_str_eq(first, again);
    free(again);
    free(second);
    free(first);
}

/* What differs at the end, in front, in the middle, or only in what is replaced. */
START_TEST(cut_names_differ)
{
    char *x = times(250, "x"), *deep = times(1600, "a/");
    char *pairs[][2] = {
        {joined(x, "1", ""), joined(x, "2", "")},
        {joined(x, "1", ".gz"), joined(x, "2", ".gz")},
        {joined("", x, ""), joined(x, "x", "")},
        {joined(x, ".x", ""), joined(x, ".y", "")},
        {joined(x, "\x01", ".gz"), joined(x, "\x02", ".gz")},
        {joined(x, "\xff", ".gz"), joined(x, "_", ".gz")},
        {joined(".", x, ""), joined("_", x, "")},
        {joined(deep, "x", ""), joined(deep, "a/", "x")},
        {joined(deep, "x/b", ""), joined(deep, "y/b", "")},
        {joined(deep, x, ""), joined(deep, x, "1")},
    };

    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        expect_apart(pairs[i][0], pairs[i][1]);
        free(pairs[i][0]);
        free(pairs[i][1]);
    }
    free(deep);
    free(x);
}
END_TEST

/* The hash is of the raw name: printf %300s | tr ' ' x | sha256sum */
START_TEST(hash_is_sha256)
{
    char *raw = times(300, "x"), *part = part_of(raw);

    ck_assert_str_eq(part + NAME_BYTES_MAX - 17, "_0d4e2ca9e9cbced7");
    free(part);
    free(raw);
}
END_TEST

START_TEST(long_paths)
{
    for (size_t n = 1480; n < 1520; n++) {
        char *folders = times(n, "a/"), *raw = joined(folders, "b.txt", "");
        char *path = path_of(raw);

        ck_assert_int_eq(!strcmp(path, raw), strlen(raw) <= NAME_PATH_MAX);
        ck_assert_uint_le(strlen(path), NAME_PATH_MAX);
        ck_assert(strlen(path) == strlen(raw) || strlen(path) > NAME_PATH_MAX - 3);
        ck_assert_str_eq(path + strlen(path) - 6, "/b.txt");
        expect_fine(path, n);
        free(raw);
        free(folders);
    }
}
END_TEST

/* --- URLs ------------------------------------------------------------------------- */

START_TEST(urls)
{
    static const char *const cases[][2] = {
        {"http://h/a/b.txt", "b.txt"},
        {"http://h/a/b.txt?q=/x/y#/f", "b.txt"},
        {"http://h/a/b#c?d", "b"},
        {"http://h/a/", "index.html"},
        {"http://h/", "index.html"},
        {"http://h", "index.html"},
        {"http://h?x/y", "index.html"},
        {"http://h#/y", "index.html"},
        {"h/x", "x"},
        {"localhost:8080/x.gz", "x.gz"},
        {"http://u:p%2F@h/x", "x"},
        {"http://u:p@h", "index.html"},
        {"http://h/a%20b", "a b"},
        {"http://h/a+b", "a+b"},
        {"http://h/a%2Fb%5cc", "a_b_c"},
        {"http://h/a/%2e%2e%2f%2e%2e%2fx", "_._.._x"},
        {"http://h/%252e", "%2e"},
        {"http://h/%00", "_"},
        {"http://h/100%", "100%"},
        {"http://h/%zz%4", "%zz%4"},
        {"http://h/.bashrc", "_bashrc"},
        {"http://h/a/b/../c", "c"},
        {"http://h/a/b/..", "index.html"},
        {"http://h/caf%C3%A9", "caf\xc3\xa9"},
        {"http://h/caf\xc3\xa9", "caf\xc3\xa9"},
        {"http://h/caf%E9", "caf_"},
        {"http://[::1]:8080/x", "x"},
        {"HTTPS://H/X", "X"},
        {"", "index.html"},
        {"ftp://h/x", "index.html"},
        {"http://h /x", "index.html"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *name = name_from_url(cases[i][0]);

        ck_assert_msg(!strcmp(name, cases[i][1]), "%s: %s", cases[i][0], name);
        free(name);
    }
}
END_TEST

/* --- templates -------------------------------------------------------------------- */

START_TEST(templates)
{
    static const char url[] =
        "https://Me:pw@Example.COM/a%20b/c%2Fd.tar.gz?q=1/2&r=%7e#f";
    static const char *const cases[][3] = {
        {"{host}", url, "example.com"},
        {"{path}", url, "a b/c_d.tar.gz"},
        {"{host}{path}", url, "example.com/a b/c_d.tar.gz"},
        {"{host}/{path}", url, "example.com/a b/c_d.tar.gz"},
        {"{basename}", url, "c_d.tar.gz"},
        {"{index}", url, "7"},
        {"{query}", url, "q=1_2&r=~"},
        {"{index}-{basename}", url, "7-c_d.tar.gz"},
        {"pictures/{index}.jpg", url, "pictures/7.jpg"},
        {"{{{index}}", url, "{7}"},
        {"{{index}", url, "{index}"},
        {"{{{{", url, "{{"},
        {"}", url, "}"},
        {"x", url, "x"},
        {"", url, "index.html"},
        {"/etc/{index}", url, "etc/7"},
        {"../../{index}", url, "7"},
        {"{index}/", url, "7/index.html"},
        {".{index}", url, "_7"},
        {"{host}/{query}", "http://h/x", "h/index.html"},
        {"{host}/{query}", "http://h/x?..", "h"},
        {"{query}", "http://h/x?../../y", "_._.._y"},
        {"{query}", "http://h/x?%2e%2e%2fy", "_._y"},
        {"{query}", "http://h/x?a+b?c", "a+b?c"},
        {"{query}", "h?a", "a"},
        {"{path}", "http://h", "index.html"},
        {"{path}", "http://h/a/", "a/index.html"},
        {"{path}", "http://h/a/?x", "a/index.html"},
        {"{path}", "http://h/a//b/./c/../d", "a/b/d"},
        {"{path}", "http://h/%2fetc/%2e%2e%2fx", "_etc/_._x"},
        {"{path}", "http://h/a%00/%2dx", "a_/_x"},
        {"{basename}", "http://h/a/", "index.html"},
        {"{index}{basename}", "http://h/.x", "7_x"},
        {"{host}", "http://h:80/", "h"},
        {"{host}", "http://h:443/", "h_443"},
        {"{host}", "https://h:443/", "h"},
        {"{host}", "https://h:0443/", "h"},
        {"{host}", "http://h:8080/", "h_8080"},
        {"{host}", "localhost:8080", "localhost_8080"},
        {"{host}", "http://[::1]/", "__1"},
        {"{host}", "http://[2001:DB8::1]:8080/", "2001_db8__1_8080"},
        {"{host}", "http://con/", "_con"},
        {"{host}{path}{query}", "ftp://h/x?y", "index.html"},
        {"{host}{index}", "http://", "7"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *why = NULL;
        char *name = name_expand(cases[i][0], cases[i][1], 7, &why);

        ck_assert_msg(!strcmp(name, cases[i][2]), "%s of %s: %s", cases[i][0],
                      cases[i][1], name);
        ck_assert_ptr_null(why);
        free(name);
    }
}
END_TEST

START_TEST(templates_checked)
{
    static const char *const wrong[] = {"{",         "{}",        "{host",   "x{",
                                        "{Host}",    "{host }",   "{{{",     "{{{}",
                                        "{a}{host}", "{host}{a}", "{{host}{"};
    static const char *const fine[] = {
        "", "x", "{{", "}", "{host}{path}{basename}{index}", "{query}/", "{{}"};
    const char *why;

    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        for (int with_url = 0; with_url < 2; with_url++) {
            why = NULL;
            ck_assert_ptr_null(
                name_expand(wrong[i], with_url ? "http://h/" : NULL, 0, &why));
            ck_assert_ptr_nonnull(why);
        }
    for (size_t i = 0; i < ARRAY_LEN(fine); i++) {
        char *empty = name_expand(fine[i], NULL, 0, &why);

        ck_assert_str_eq(empty, "");
        free(empty);
    }
}
END_TEST

/* --- numbers ---------------------------------------------------------------------- */

START_TEST(numbered)
{
    static const char *const cases[][2] = {
        {"a/b.tar.gz", "a/b.2.tar.gz"},
        {"b.tar.zst", "b.2.tar.zst"},
        {"b.TAR.XZ", "b.2.TAR.XZ"},
        {"b.tar", "b.2.tar"},
        {"b.d.ts", "b.d.2.ts"},
        {"b.json.gz", "b.json.2.gz"},
        {"b.txt", "b.2.txt"},
        {"b", "b.2"},
        {"a.b/c", "a.b/c.2"},
        {"a/b/c.jpg", "a/b/c.2.jpg"},
        {"Mr. Smith", "Mr. Smith.2"},
        {"tar.gz", "tar.2.gz"},
        {"_.tar.gz", "_.2.tar.gz"},
        {"x.12345678901234567", "x.12345678901234567.2"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *name = name_numbered(cases[i][0], 2);

        ck_assert_str_eq(name, cases[i][1]);
        free(name);
    }
}
END_TEST

/* Two names that are as long as may be differ with the same number, too. */
START_TEST(numbered_and_long)
{
    char *x = times(222, "x"), *a = joined("f/", x, "1.tar.gz");
    char *b = joined("f/", x, "2.tar.gz");
    char *a2 = name_numbered(a, 2), *a3 = name_numbered(a, 3),
         *b2 = name_numbered(b, 2);

    ck_assert_uint_eq(strlen(a), 2 + NAME_BYTES_MAX);
    ck_assert(!name_breaks(a2) && !name_breaks(a3) && !name_breaks(b2));
    ck_assert_uint_eq(strlen(a2), 2 + NAME_BYTES_MAX);
    ck_assert_str_eq(a2 + strlen(a2) - 9, ".2.tar.gz");
    ck_assert_str_eq(a3 + strlen(a3) - 9, ".3.tar.gz");
    ck_assert_str_ne(a2, b2);
    free(b2);
    free(a3);
    free(a2);
    free(b);
    free(a);
    free(x);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("name", predicate, hostile, hostile_and_long, parts, paths,
                       appended, limits, extensions_kept, cut_between_characters,
                       cut_names_differ, hash_is_sha256, long_paths, urls, templates,
                       templates_checked, numbered, numbered_and_long);
}

int main(void)
{
    return check_main(suite);
}
