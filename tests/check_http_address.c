#include "check_main.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/un.h>

#include "base/mem.h"
#include "http/address.h"

static bool private_text(const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        return address_private((struct sockaddr *)&in);
    ck_assert_msg(inet_pton(AF_INET6, text, &in6.sin6_addr) == 1, "%s", text);
    return address_private((struct sockaddr *)&in6);
}

/* The first and the last address of each range, and their neighbours outside. NULL:
 * the neighbour belongs to another range. */
static const struct {
    const char *before, *first, *last, *after;
} ranges4[] = {
    {NULL, "0.0.0.0", "0.255.255.255", "1.0.0.0"},
    {"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
    {"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
    {"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
    {"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
    {"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
    {"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
    {"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
    {"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"},
    {"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
    {"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
    {"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
    {"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
    {"223.255.255.255", "224.0.0.0", "239.255.255.255", NULL},
    {NULL, "240.0.0.0", "255.255.255.255", NULL},
};

/* Also as the IPv4 address within an IPv6 one. */
static void assert_private4(const char *text, bool expected)
{
    static const char *const forms[] = {"%s", "::%s", "::ffff:%s", "::ffff:0:%s",
                                        "64:ff9b::%s"};
    char embedded[80];
    unsigned char b[4];

    if (!text)
        return;
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        snprintf(embedded, sizeof(embedded), forms[i], text);
        ck_assert_msg(private_text(embedded) == expected, "%s", embedded);
    }
    ck_assert_int_eq(inet_pton(AF_INET, text, b), 1);
    snprintf(embedded, sizeof(embedded), "2002:%02x%02x:%02x%02x::1", b[0], b[1], b[2],
             b[3]);
    ck_assert_msg(private_text(embedded) == expected, "%s", embedded);
}

START_TEST(ipv4)
{
    for (size_t i = 0; i < ARRAY_LEN(ranges4); i++) {
        assert_private4(ranges4[i].before, false);
        assert_private4(ranges4[i].first, true);
        assert_private4(ranges4[i].last, true);
        assert_private4(ranges4[i].after, false);
    }
    assert_private4("169.254.169.254", true);
    assert_private4("8.8.8.8", false);
}
END_TEST

START_TEST(ipv6)
{
    static const struct {
        const char *text;
        bool expected;
    } cases[] = {
        {"::", true},
        {"::1", true},
        {"64:ff9b:1::1", true},
        {"64:ff9b:1:ffff:ffff:ffff:ffff:ffff", true},
        {"64:ff9b:2::1", false},
        {"100::1", true},
        {"100:0:0:1::", false},
        {"2001::1", true},
        {"2001:1ff:ffff::", true},
        {"2001:200::", false},
        {"2001:db8::1", true},
        {"2001:db9::1", false},
        {"2003::1", false},
        {"2606:2800:220:1::1", false},
        {"3ffe::", false},
        {"3fff::1", true},
        {"3fff:1000::1", false},
        {"5f00::1", true},
        {"fbff::1", false},
        {"fc00::1", true},
        {"fdff::1", true},
        {"fe00::1", false},
        {"fe7f::1", false},
        {"fe80::1", true},
        {"febf::1", true},
        {"fec0::1", true},
        {"ff02::1", true},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        ck_assert_msg(private_text(cases[i].text) == cases[i].expected, "%s",
                      cases[i].text);
}
END_TEST

START_TEST(other_families)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/run/x"};

    ck_assert(address_private((struct sockaddr *)&un));
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("address", ipv4, ipv6, other_families);
}

int main(void)
{
    return check_main(suite);
}
