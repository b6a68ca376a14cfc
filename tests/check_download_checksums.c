#include "check_main.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "download/checksums.h"

#define MD5    "0123456789abcdef0123456789abcdef"
#define SHA1   "0123456789abcdef0123456789abcdef01234567"
#define SHA256 MD5 MD5
#define SHA512 SHA256 SHA256
#define OTHER  "f123456789abcdef0123456789abcdef" MD5

static struct buf why;

static int add_slice(struct checksums *c, struct slice text)
{
    buf_clear(&why);
    return checksums_add(c, text, &why);
}

static int add(struct checksums *c, const char *text)
{
    return add_slice(c, slice_str(text));
}

static struct checksums *list_of(const char *text)
{
    struct checksums *c = checksums_new();

    if (add(c, text))
        ck_abort_msg("%s: %s", text, why.data);
    ck_assert_ptr_null(why.data);
    return c;
}

static unsigned kinds_of(const struct checksums *c, const char *name)
{
    struct expected e;

    return checksums_by_name(c, name, &e) ? e.kinds : 0;
}

/* One line, which is to give one name with one digest. */
static void expect_one(const char *text, const char *name, enum digest_kind kind,
                       const char *hex)
{
    struct checksums *c = list_of(text);
    char shown[DIGEST_HEX_MAX];
    struct expected e;

    ck_assert_uint_eq(checksums_count(c), 1);
    if (!checksums_by_name(c, name, &e))
        ck_abort_msg("%s: no %s", text, name);
    ck_assert_uint_eq(e.kinds, 1u << kind);
    digest_hex(e.bytes[kind], digest_size(kind), shown);
    ck_assert_str_eq(shown, hex);
    checksums_free(c);
}

static void expect_wrong(const char *text, const char *expected)
{
    struct checksums *c = checksums_new();

    if (add(c, text) != -EINVAL)
        ck_abort_msg("read: %s", text);
    ck_assert_str_eq(why.data, expected);
    checksums_free(c);
    buf_clear(&why);
}

START_TEST(empty)
{
    struct checksums *c = list_of("");
    const char *name;
    struct expected e;

    ck_assert_uint_eq(checksums_count(c), 0);
    ck_assert(!checksums_by_name(c, "x", &e));
    ck_assert(!checksums_by_path(c, "a/x", &e, &name));
    checksums_free(c);
    checksums_free(list_of("\n \t\n# a line of words\r\n\r\n#"));
    checksums_free(NULL);
}
END_TEST

START_TEST(styles)
{
    expect_one(MD5 "  x\n", "x", DIGEST_MD5, MD5);
    expect_one(SHA1 " *x", "x", DIGEST_SHA1, SHA1);
    expect_one(SHA256 "  x\r\n", "x", DIGEST_SHA256, SHA256);
    expect_one(SHA512 "  x\n\n", "x", DIGEST_SHA512, SHA512);
    expect_one("0123456789ABCDEF0123456789abcdef  x\n", "x", DIGEST_MD5, MD5);
    expect_one("MD5 (x) = " MD5 "\n", "x", DIGEST_MD5, MD5);
    expect_one("SHA1 (x) = " SHA1 "\r\n", "x", DIGEST_SHA1, SHA1);
    expect_one("SHA256 (x) = " SHA256, "x", DIGEST_SHA256, SHA256);
    expect_one("SHA512 (x) = " SHA512 "\n", "x", DIGEST_SHA512, SHA512);
    expect_one("\xef\xbb\xbf" SHA256 "  x\n", "x", DIGEST_SHA256, SHA256);
}
END_TEST

START_TEST(names_as_written)
{
    expect_one(SHA256 "   x ", " x ", DIGEST_SHA256, SHA256);
    expect_one(SHA256 "  *x", "*x", DIGEST_SHA256, SHA256);
    expect_one(SHA256 " **x", "*x", DIGEST_SHA256, SHA256);
    expect_one(SHA256 "  (x) = y", "(x) = y", DIGEST_SHA256, SHA256);
    expect_one(SHA256 "  a\\nb", "a\\nb", DIGEST_SHA256, SHA256);
    expect_one("\\" SHA256 "  a\\nb\\\\n\\r", "a\nb\\n\r", DIGEST_SHA256, SHA256);
    expect_one("\\SHA256 (a\\nb\\\\) = " SHA256, "a\nb\\", DIGEST_SHA256, SHA256);
    expect_one("SHA256 (a\\nb) = " SHA256, "a\\nb", DIGEST_SHA256, SHA256);
    expect_one("SHA256 (a (b) = c) = " SHA256, "a (b) = c", DIGEST_SHA256, SHA256);
    expect_one("SHA256 (b) = " OTHER ") = " SHA256, "b) = " OTHER, DIGEST_SHA256,
               SHA256);
    expect_one("SHA256 ( ) = " SHA256, " ", DIGEST_SHA256, SHA256);
    expect_one(SHA256 "  \xff\xfe", "\xff\xfe", DIGEST_SHA256, SHA256);
    expect_one(SHA256 "  ./a/x", "a/x", DIGEST_SHA256, SHA256);
    expect_one(SHA256 "  a/x", "./a/x", DIGEST_SHA256, SHA256);
    expect_one(SHA256 "  ././x", "./x", DIGEST_SHA256, SHA256);
}
END_TEST

START_TEST(several_kinds)
{
    struct checksums *c =
        list_of(SHA256 "  x\n" MD5 "  ./x\nSHA512 (x) = " SHA512 "\n" MD5 "  y\n");
    struct expected e;
    uint8_t bytes[DIGEST_BYTES_MAX];

    ck_assert_uint_eq(checksums_count(c), 2);
    ck_assert_int_eq(add(c, SHA1 "  x\n" SHA256 " *x\n"), 0);
    ck_assert_uint_eq(checksums_count(c), 2);
    ck_assert(checksums_by_name(c, "x", &e));
    ck_assert_uint_eq(e.kinds, (1u << DIGEST_KINDS) - 1);
    ck_assert(digest_parse(DIGEST_SHA1, SHA1, strlen(SHA1), bytes));
    ck_assert_mem_eq(e.bytes[DIGEST_SHA1], bytes, 20);
    ck_assert(digest_parse(DIGEST_SHA512, SHA512, strlen(SHA512), bytes));
    ck_assert_mem_eq(e.bytes[DIGEST_SHA512], bytes, 64);
    ck_assert_mem_eq(e.bytes[DIGEST_SHA256], bytes, 32);
    ck_assert_mem_eq(e.bytes[DIGEST_MD5], bytes, 16);
    ck_assert_uint_eq(kinds_of(c, "y"), 1u << DIGEST_MD5);
    checksums_free(c);
}
END_TEST

START_TEST(signed_text)
{
    static const char text[] = "-----BEGIN PGP SIGNED MESSAGE-----\r\n"
                               "Hash: SHA512\n"
                               "\n" SHA256 "  x\n"
                               "-----BEGIN PGP SIGNATURE-----\n"
                               "Version: GnuPG v2\n"
                               "\n"
                               "iQIzBAEBCgAdFiEE\n" MD5 "  z\n"
                               "=abcd\n"
                               "-----END PGP SIGNATURE-----\n";
    struct buf twice = BUF_INIT;
    struct checksums *c = list_of(text);

    ck_assert_uint_eq(checksums_count(c), 1);
    ck_assert_uint_eq(kinds_of(c, "x"), 1u << DIGEST_SHA256);
    checksums_free(c);
    buf_appendf(&twice, "%s%s  y\n%s", text, MD5, text);
    c = list_of(twice.data);
    ck_assert_uint_eq(checksums_count(c), 2);
    checksums_free(c);
    buf_clear(&twice);
    expect_wrong("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n" MD5 "  x\n",
                 "line 3: not of the head of a signed text, which a blank line ends: "
                 "\"" MD5 "  x\"");
    expect_wrong(MD5 "  x\n-----BEGIN PGP SIGNATURE-----\nabc\n" MD5 "  y\n",
                 "line 4: the text ends inside its signature, or the head of one");
    expect_wrong("-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
                 "line 1: neither \"HEX  NAME\" nor \"SHA256 (NAME) = HEX\": "
                 "\"-----BEGIN PGP PUBLIC KEY BLOCK-----\"");
}
END_TEST

#define NEITHER "neither \"HEX  NAME\" nor \"SHA256 (NAME) = HEX\": "
#define RELEASE                                                                        \
    "a line as of a Release file, and not \"HEX  NAME\" or \"SHA256 (NAME) = HEX\": "
#define KNOWN                                                                          \
    " (known here: MD5 of 32 hex digits, SHA1 of 40, SHA256 of 64, SHA512 of 128)"

START_TEST(wrong_lines)
{
    expect_wrong("hello\n", "line 1: " NEITHER "\"hello\"");
    expect_wrong(MD5 "  x\n\n# y\nhello world\n", "line 4: " NEITHER "\"hello world\"");
    expect_wrong(MD5, "line 1: " NEITHER "\"" MD5 "\"");
    expect_wrong(MD5 " x", "line 1: " NEITHER "\"" MD5 " x\"");
    expect_wrong(MD5 "\tx", "line 1: " NEITHER "\"" MD5 "\\x09x\"");
    expect_wrong(" " MD5 "  x", "line 1: " NEITHER "\" " MD5 "  x\"");
    expect_wrong("g" MD5 "  x", "line 1: " NEITHER "\"g" MD5 "  x\"");
    expect_wrong("\\", "line 1: " NEITHER "\"\"");
    expect_wrong(MD5 "  ", "line 1: a checksum without a name");
    expect_wrong("MD5 () = " MD5, "line 1: a checksum without a name");
    expect_wrong(MD5 "  ./", "line 1: a checksum of the folder itself");
    expect_wrong("\\" MD5 "  a\\tb",
                 "line 1: a backslash, behind it no \\, n or r: \"a\\tb\"");
    expect_wrong("\\" MD5 "  a\\",
                 "line 1: a backslash, behind it no \\, n or r: \"a\\\"");
}
END_TEST

START_TEST(wrong_kinds)
{
    expect_wrong("abc  x", "line 1: a checksum of 3 hex digits" KNOWN);
    expect_wrong(SHA512 "0  x", "line 1: a checksum of 129 hex digits" KNOWN);
    expect_wrong("SHA384 (x) = " SHA512,
                 "line 1: a checksum of a kind not known: \"SHA384\"" KNOWN);
    expect_wrong("sha256 (x) = " SHA256,
                 "line 1: a checksum of a kind not known: \"sha256\"" KNOWN);
    expect_wrong("SHA256 (x) = " MD5,
                 "line 1: not the 64 hex digits of SHA256: \"" MD5 "\"");
    expect_wrong("MD5 (x) = 0123456789abcdef0123456789abcdeg",
                 "line 1: not the 32 hex digits of MD5: "
                 "\"0123456789abcdef0123456789abcdeg\"");
    expect_wrong("MD5 (x) =" MD5, "line 1: " NEITHER "\"MD5 (x) =" MD5 "\"");
    expect_wrong("MD5 (x = " MD5, "line 1: " NEITHER "\"MD5 (x = " MD5 "\"");
    expect_wrong("MD5 (", "line 1: " NEITHER "\"MD5 (\"");
    expect_wrong(SHA256 "  x\n" MD5 "  x\n" OTHER " *./x\n",
                 "line 3: another SHA256 than before for the same name: \"x\"");
}
END_TEST

START_TEST(release_files)
{
    expect_wrong("Origin: Debian\n", "line 1: " RELEASE "\"Origin: Debian\"");
    expect_wrong("SHA256:\n", "line 1: " RELEASE "\"SHA256:\"");
    expect_wrong(" " MD5 "     1234 main/x\n",
                 "line 1: " RELEASE "\" " MD5 "     1234 main/x\"");
    expect_wrong(MD5 " 1234 main/x\n", "line 1: " RELEASE "\"" MD5 " 1234 main/x\"");
}
END_TEST

START_TEST(messages_are_short_and_clean)
{
    struct checksums *c = checksums_new();
    char text[] = MD5 "  a\0b\n", long_line[1000];

    ck_assert_int_eq(add_slice(c, (struct slice){text, sizeof(text) - 1}), -EINVAL);
    ck_assert_str_eq(why.data, "line 1: a NUL byte: this is no text");
    memset(long_line, 'x', sizeof(long_line));
    memcpy(long_line, "\x1b[31m", 5);
    ck_assert_int_eq(add_slice(c, (struct slice){long_line, sizeof(long_line)}),
                     -EINVAL);
    ck_assert_uint_le(why.len, 200);
    ck_assert_ptr_nonnull(strstr(why.data, "\"\\x1b[31mxxx"));
    ck_assert_str_eq(why.data + why.len - 5, "x\"...");
    checksums_free(c);
    buf_clear(&why);
}
END_TEST

static const char *by_path(const struct checksums *c, const char *path)
{
    struct expected e = {0};
    const char *name = NULL;
    bool found = checksums_by_path(c, path, &e, &name);

    ck_assert_int_eq(found, name != NULL);
    ck_assert_int_eq(found, e.kinds != 0);
    return name ? name : "-";
}

START_TEST(by_the_end_of_a_path)
{
    struct checksums *c = list_of(MD5 "  x.deb\n" SHA1 "  ./a/x.deb\n" MD5 "  b\n");
    const char *name;
    struct expected e;

    ck_assert(checksums_by_path(c, "debian/pool/a/x.deb", &e, &name));
    ck_assert_str_eq(name, "a/x.deb");
    ck_assert_uint_eq(e.kinds, 1u << DIGEST_SHA1);
    ck_assert_str_eq(by_path(c, "a/x.deb"), "a/x.deb");
    ck_assert_str_eq(by_path(c, "./a/x.deb"), "a/x.deb");
    ck_assert_str_eq(by_path(c, "/a/x.deb"), "a/x.deb");
    ck_assert_str_eq(by_path(c, "b/x.deb"), "x.deb");
    ck_assert_str_eq(by_path(c, "aa/x.deb"), "x.deb");
    ck_assert_str_eq(by_path(c, "x.deb"), "x.deb");
    ck_assert_str_eq(by_path(c, "ax.deb"), "-");
    ck_assert_str_eq(by_path(c, "a/x.deb/c"), "-");
    ck_assert_str_eq(by_path(c, "a/b/"), "-");
    ck_assert_str_eq(by_path(c, ""), "-");
    ck_assert_str_eq(by_path(c, "/"), "-");
    /* by_name wants all of it */
    ck_assert_uint_eq(kinds_of(c, "c/b"), 0);
    ck_assert_uint_eq(kinds_of(c, "/b"), 0);
    ck_assert_uint_eq(kinds_of(c, "b"), 1u << DIGEST_MD5);
    /* a name stays where it is when more is added to it */
    ck_assert_int_eq(add(c, SHA512 "  a/x.deb\n" SHA256 "  a/x.deb\n" MD5 "  c\n"), 0);
    ck_assert_str_eq(name, "a/x.deb");
    checksums_free(c);
}
END_TEST

/* Such names may stand in a list, but lead nowhere. */
START_TEST(names_outside)
{
    static const char *const names[] = {
        "../x", "/etc/passwd", "a/../../x", "a//x", "a/./x", "..",
        ".",    "/",           "a/",        "a/..", "//x",
    };
    struct checksums *c = checksums_new();
    struct buf text = BUF_INIT;

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        buf_appendf(&text, "%s  %s\n", MD5, names[i]);
    ck_assert_int_eq(add(c, text.data), 0);
    ck_assert_uint_eq(checksums_count(c), ARRAY_LEN(names));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        buf_reset(&text);
        buf_appendf(&text, "d/%s", names[i]);
        ck_assert_uint_eq(kinds_of(c, names[i]), 0);
        ck_assert_str_eq(by_path(c, names[i]), "-");
        ck_assert_str_eq(by_path(c, text.data), "-");
    }
    /* A clean end of such a path is a name as any other. */
    ck_assert_int_eq(add(c, MD5 "  etc/passwd\n"), 0);
    ck_assert_str_eq(by_path(c, "/etc/passwd"), "etc/passwd");
    ck_assert_str_eq(by_path(c, "../etc/passwd"), "etc/passwd");
    ck_assert_str_eq(by_path(c, "../passwd"), "-");
    checksums_free(c);
    buf_clear(&text);
}
END_TEST

START_TEST(many_names)
{
    enum { N = 100000 };
    struct checksums *c = checksums_new();
    struct buf text = BUF_INIT;
    struct expected e;
    const char *name;

    for (unsigned i = 0; i < N; i++)
        buf_appendf(&text, "%032x  pool/%u\n", i, i);
    ck_assert_int_eq(add_slice(c, (struct slice){text.data, text.len}), 0);
    ck_assert_uint_eq(checksums_count(c), N);
    for (unsigned i = 0; i < N; i++) {
        uint8_t end[4] = {(uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8),
                          (uint8_t)i};

        buf_reset(&text);
        buf_appendf(&text, "mirror/pool/%u", i);
        if (!checksums_by_path(c, text.data, &e, &name) ||
            strcmp(name, text.data + strlen("mirror/")) != 0 ||
            memcmp(e.bytes[DIGEST_MD5] + 12, end, 4) != 0)
            ck_abort_msg("%s", text.data);
    }
    checksums_free(c);
    buf_clear(&text);
}
END_TEST

/* ---- what the programs print ---- */

static const char *const odd_names[] = {
    "plain",        "two words", " blanks ", "a\nb",    "a\\b",        "a\\nb",
    "cr\rin",       "cr\r",      "*star",    "(x) = y", ("x) = " MD5), "\xff\xfe",
    "\xc3\xa4.txt", "-dash",     "tab\t",    "\n",      "\\",          "#hash",
};

static void make_files(const char *folder)
{
    ck_assert_int_eq(chdir(folder), 0);
    for (size_t i = 0; i < ARRAY_LEN(odd_names); i++) {
        int fd = open(odd_names[i], O_WRONLY | O_CREAT | O_EXCL, 0600);
        ssize_t n = (ssize_t)strlen(odd_names[i]);

        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(write(fd, odd_names[i], (size_t)n), n);
        close(fd);
    }
}

static void remove_files(const char *folder)
{
    for (size_t i = 0; i < ARRAY_LEN(odd_names); i++)
        ck_assert_int_eq(unlink(odd_names[i]), 0);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}

/* Without a NUL. False: it failed. */
static bool output_of(const char *command, struct buf *out)
{
    FILE *f = popen(command, "r");
    size_t n;

    ck_assert_ptr_nonnull(f);
    while ((n = fread(buf_reserve(out, 4096), 1, 4096, f)))
        buf_commit(out, n);
    return pclose(f) == 0;
}

static void expect_content(const struct expected *e, enum digest_kind kind,
                           const char *content)
{
    struct digests *d = digests_new(1u << kind);
    uint8_t bytes[DIGEST_BYTES_MAX];

    digests_update(d, content, strlen(content));
    digests_final(d, kind, bytes);
    ck_assert_uint_eq(e->kinds, 1u << kind);
    ck_assert_mem_eq(e->bytes[kind], bytes, digest_size(kind));
    digests_free(d);
}

static void expect_printed(const char *program, const char *option,
                           enum digest_kind kind)
{
    struct checksums *c = checksums_new();
    struct buf command = BUF_INIT, text = BUF_INIT;

    buf_appendf(&command, "exec %s %s -- *", program, option);
    ck_assert(output_of(command.data, &text));
    if (add_slice(c, (struct slice){text.data, text.len}))
        ck_abort_msg("%s: %s", command.data, why.data);
    ck_assert_uint_eq(checksums_count(c), ARRAY_LEN(odd_names));
    for (size_t i = 0; i < ARRAY_LEN(odd_names); i++) {
        struct expected e;

        if (!checksums_by_name(c, odd_names[i], &e))
            ck_abort_msg("%s: no %s", command.data, odd_names[i]);
        expect_content(&e, kind, odd_names[i]);
    }
    checksums_free(c);
    buf_clear(&command);
    buf_clear(&text);
}

START_TEST(gnu_programs)
{
    static const char *const programs[DIGEST_KINDS] = {"md5sum", "sha1sum", "sha256sum",
                                                       "sha512sum"};
    char folder[] = "/tmp/trawl-check-checksums-XXXXXX";
    struct buf version = BUF_INIT;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    make_files(folder);
    output_of("sha256sum --version 2>/dev/null", &version);
    if (version.len && strstr(version.data, "GNU coreutils"))
        for (enum digest_kind k = 0; k < DIGEST_KINDS; k++) {
            expect_printed(programs[k], "", k);
            expect_printed(programs[k], "-b", k);
            expect_printed(programs[k], "--tag", k);
        }
    buf_clear(&version);
    remove_files(folder);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("checksums", empty, styles, names_as_written, several_kinds,
                       signed_text, wrong_lines, wrong_kinds, release_files,
                       messages_are_short_and_clean, by_the_end_of_a_path,
                       names_outside, many_names, gnu_programs);
}

int main(void)
{
    return check_main(suite);
}
