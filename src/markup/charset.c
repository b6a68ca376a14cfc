#include "markup/charset.h"

#include <iconv.h>
#include <string.h>

#include "base/mem.h"

/* The names of the standard, and those labels of its that are met; iconv's name is the
 * set that browsers read it as, which is often a larger one. */
static const struct charset charsets[] = {
    {"UTF-8", NULL, CHARSET_UTF8,
     "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8"},
    {"windows-1252", NULL, CHARSET_WINDOWS_1252,
     "windows-1252 iso-8859-1 latin1 us-ascii ascii iso8859-1 iso88591 iso_8859-1 "
     "iso_8859-1:1987 iso-ir-100 l1 cp1252 x-cp1252 cp819 ibm819 csisolatin1 "
     "ansi_x3.4-1968"},
    {"UTF-16LE", NULL, CHARSET_UTF16LE,
     "utf-16le utf-16 csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff"},
    {"UTF-16BE", NULL, CHARSET_UTF16BE, "utf-16be unicodefffe"},
    {"ISO-8859-2", "ISO-8859-2", CHARSET_ICONV,
     "iso-8859-2 latin2 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 iso-ir-101 l2 "
     "csisolatin2"},
    {"ISO-8859-3", "ISO-8859-3", CHARSET_ICONV,
     "iso-8859-3 latin3 iso8859-3 iso88593 iso_8859-3 iso-ir-109 l3 csisolatin3"},
    {"ISO-8859-4", "ISO-8859-4", CHARSET_ICONV,
     "iso-8859-4 latin4 iso8859-4 iso88594 iso_8859-4 iso-ir-110 l4 csisolatin4"},
    {"ISO-8859-5", "ISO-8859-5", CHARSET_ICONV,
     "iso-8859-5 cyrillic iso8859-5 iso88595 iso_8859-5 iso-ir-144 csisolatincyrillic"},
    {"ISO-8859-6", "ISO-8859-6", CHARSET_ICONV,
     "iso-8859-6 arabic iso8859-6 iso88596 iso_8859-6 iso-ir-127 asmo-708 ecma-114 "
     "iso-8859-6-e iso-8859-6-i csisolatinarabic"},
    {"ISO-8859-7", "ISO-8859-7", CHARSET_ICONV,
     "iso-8859-7 greek greek8 iso8859-7 iso88597 iso_8859-7 iso-ir-126 ecma-118 "
     "elot_928 sun_eu_greek csisolatingreek"},
    {"ISO-8859-8", "ISO-8859-8", CHARSET_ICONV,
     "iso-8859-8 hebrew iso8859-8 iso88598 iso_8859-8 iso-ir-138 visual iso-8859-8-e "
     "csisolatinhebrew"},
    {"ISO-8859-8-I", "ISO-8859-8", CHARSET_ICONV, "iso-8859-8-i logical csiso88598i"},
    {"ISO-8859-10", "ISO-8859-10", CHARSET_ICONV,
     "iso-8859-10 latin6 iso8859-10 iso885910 iso-ir-157 l6 csisolatin6"},
    {"ISO-8859-13", "ISO-8859-13", CHARSET_ICONV, "iso-8859-13 iso8859-13 iso885913"},
    {"ISO-8859-14", "ISO-8859-14", CHARSET_ICONV, "iso-8859-14 iso8859-14 iso885914"},
    {"ISO-8859-15", "ISO-8859-15", CHARSET_ICONV,
     "iso-8859-15 latin9 iso8859-15 iso885915 iso_8859-15 l9 csisolatin9"},
    {"ISO-8859-16", "ISO-8859-16", CHARSET_ICONV, "iso-8859-16"},
    {"IBM866", "CP866", CHARSET_ICONV, "ibm866 866 cp866 csibm866"},
    {"KOI8-R", "KOI8-R", CHARSET_ICONV, "koi8-r koi koi8 koi8_r cskoi8r"},
    {"KOI8-U", "KOI8-U", CHARSET_ICONV, "koi8-u koi8-ru"},
    {"macintosh", "MACINTOSH", CHARSET_ICONV, "macintosh mac x-mac-roman csmacintosh"},
    {"x-mac-cyrillic", "MAC-CYRILLIC", CHARSET_ICONV, "x-mac-cyrillic x-mac-ukrainian"},
    {"windows-874", "CP874", CHARSET_ICONV,
     "windows-874 tis-620 dos-874 iso-8859-11 iso8859-11 iso885911"},
    {"windows-1250", "CP1250", CHARSET_ICONV, "windows-1250 cp1250 x-cp1250"},
    {"windows-1251", "CP1251", CHARSET_ICONV, "windows-1251 cp1251 x-cp1251"},
    {"windows-1253", "CP1253", CHARSET_ICONV, "windows-1253 cp1253 x-cp1253"},
    {"windows-1254", "CP1254", CHARSET_ICONV,
     "windows-1254 iso-8859-9 latin5 cp1254 x-cp1254 iso8859-9 iso88599 iso_8859-9 "
     "iso_8859-9:1989 iso-ir-148 l5 csisolatin5"},
    {"windows-1255", "CP1255", CHARSET_ICONV, "windows-1255 cp1255 x-cp1255"},
    {"windows-1256", "CP1256", CHARSET_ICONV, "windows-1256 cp1256 x-cp1256"},
    {"windows-1257", "CP1257", CHARSET_ICONV, "windows-1257 cp1257 x-cp1257"},
    {"windows-1258", "CP1258", CHARSET_ICONV, "windows-1258 cp1258 x-cp1258"},
    {"GBK", "GB18030", CHARSET_ICONV,
     "gbk gb2312 gb_2312 gb_2312-80 chinese csgb2312 csiso58gb231280 iso-ir-58 x-gbk"},
    {"gb18030", "GB18030", CHARSET_ICONV, "gb18030"},
    {"Big5", "BIG5-HKSCS", CHARSET_ICONV, "big5 big5-hkscs cn-big5 x-x-big5 csbig5"},
    {"EUC-JP", "EUC-JP", CHARSET_ICONV, "euc-jp x-euc-jp cseucpkdfmtjapanese"},
    {"Shift_JIS", "CP932", CHARSET_ICONV,
     "shift_jis shift-jis sjis x-sjis windows-31j ms932 ms_kanji csshiftjis"},
    {"EUC-KR", "CP949", CHARSET_ICONV,
     "euc-kr cseuckr korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 iso-ir-149 "
     "csksc56011987 windows-949"},
    {"ISO-2022-JP", "ISO-2022-JP", CHARSET_STATEFUL, "iso-2022-jp csiso2022jp"},
};

const struct charset charset_guessed = {"UTF-8", NULL, CHARSET_GUESSED, ""};

static bool has_label(const struct charset *c, const char *label)
{
    struct slice labels = slice_str(c->labels), one;

    while (slice_next(&labels, ' ', &one))
        if (slice_eq_nocase(one, label))
            return true;
    return false;
}

static bool is_known(const struct charset *c)
{
    iconv_t cd;

    if (!c->iconv)
        return true;
    cd = iconv_open("UTF-8", c->iconv);
    if (cd == (iconv_t)-1)
        return false;
    iconv_close(cd);
    return true;
}

const struct charset *charset_find(struct slice label)
{
    enum { LABEL_MAX = 32 };
    char text[LABEL_MAX + 1];

    label = slice_trim(label);
    if (!label.len || label.len > LABEL_MAX || memchr(label.data, '\0', label.len))
        return NULL;
    memcpy(text, label.data, label.len);
    text[label.len] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(charsets); i++)
        if (has_label(&charsets[i], text))
            return is_known(&charsets[i]) ? &charsets[i] : NULL;
    return NULL;
}

const struct charset *charset_of_bom(const char *data, size_t n, size_t *len)
{
    static const struct {
        const char *mark, *label;
    } marks[] = {
        {"\xef\xbb\xbf", "utf-8"}, {"\xff\xfe", "utf-16le"}, {"\xfe\xff", "utf-16be"}};

    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        *len = strlen(marks[i].mark);
        if (n >= *len && !memcmp(data, marks[i].mark, *len))
            return charset_find(slice_str(marks[i].label));
    }
    *len = 0;
    return NULL;
}

uint32_t charset_windows_1252(unsigned char byte)
{
    static const uint16_t c1[32] = {
        0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
        0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,   0x017d, 0x8f,
        0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
        0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

    return byte >= 0x80 && byte < 0xa0 ? c1[byte - 0x80] : byte;
}
