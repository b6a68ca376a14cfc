#include "http/address.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

static const struct {
    uint8_t prefix[4];
    unsigned bits;
} special4[] = {
    {{0}, 8},             /* this network: RFC 791, 3.2 */
    {{10}, 8},            /* private: RFC 1918 */
    {{100, 64}, 10},      /* behind a provider's NAT: RFC 6598 */
    {{127}, 8},           /* loopback: RFC 1122, 3.2.1.3 */
    {{169, 254}, 16},     /* link-local, clouds' metadata: RFC 3927 */
    {{172, 16}, 12},      /* private: RFC 1918 */
    {{192, 0, 0}, 24},    /* protocol assignments: RFC 6890, 2.1 */
    {{192, 0, 2}, 24},    /* documentation: RFC 5737 */
    {{192, 88, 99}, 24},  /* 6to4 relays, withdrawn: RFC 7526 */
    {{192, 168}, 16},     /* private: RFC 1918 */
    {{198, 18}, 15},      /* benchmarks: RFC 2544 */
    {{198, 51, 100}, 24}, /* documentation: RFC 5737 */
    {{203, 0, 113}, 24},  /* documentation: RFC 5737 */
    {{224}, 4},           /* multicast: RFC 5771 */
    {{240}, 4},           /* reserved, and broadcast: RFC 1112, 4; RFC 919, 7 */
};

static const struct {
    uint8_t prefix[16];
    unsigned bits;
} special6[] = {
    {{[15] = 1}, 128},                          /* loopback: RFC 4291, 2.5.3 */
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48}, /* local NAT64: RFC 8215 */
    {{0x01, 0x00}, 64},                         /* discarded: RFC 6666 */
    {{0x20, 0x01}, 23},                         /* protocols, Teredo: RFC 2928, 4380 */
    {{0x20, 0x01, 0x0d, 0xb8}, 32},             /* documentation: RFC 3849 */
    {{0x3f, 0xff}, 20},                         /* documentation: RFC 9637 */
    {{0x5f, 0x00}, 16},                         /* segment routing: RFC 9602 */
    {{0xfc}, 7},                                /* unique local: RFC 4193 */
    {{0xfe, 0x80}, 10},                         /* link-local: RFC 4291, 2.5.6 */
    {{0xfe, 0xc0}, 10},                         /* site-local, withdrawn: RFC 3879 */
    {{0xff}, 8},                                /* multicast: RFC 4291, 2.7 */
};

/* Where an IPv4 address stands in an IPv6 one, and which prefix says so. */
static const struct {
    uint8_t prefix[16];
    unsigned bits, at;
} embedding[] = {
    {{0}, 96, 12}, /* unspecified; v4-compatible: RFC 4291, 2.5.5.1 */
    {{[10] = 0xff, [11] = 0xff}, 96, 12}, /* v4-mapped: RFC 4291, 2.5.5.2 */
    {{[8] = 0xff, [9] = 0xff}, 96, 12},   /* v4-translated: RFC 2765, 2.1 */
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12},   /* NAT64: RFC 6052, 2.1 */
    {{0x20, 0x02}, 16, 2},                /* 6to4: RFC 3056, 2 */
};

static bool has_prefix(const uint8_t *address, const uint8_t *prefix, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;

    return memcmp(address, prefix, whole) == 0 &&
           (rest == 0 || (address[whole] ^ prefix[whole]) >> (8 - rest) == 0);
}

static bool private4(const uint8_t address[4])
{
    for (size_t i = 0; i < ARRAY_LEN(special4); i++)
        if (has_prefix(address, special4[i].prefix, special4[i].bits))
            return true;
    return false;
}

static bool private6(const uint8_t address[16])
{
    for (size_t i = 0; i < ARRAY_LEN(special6); i++)
        if (has_prefix(address, special6[i].prefix, special6[i].bits))
            return true;
    for (size_t i = 0; i < ARRAY_LEN(embedding); i++)
        if (has_prefix(address, embedding[i].prefix, embedding[i].bits))
            return private4(address + embedding[i].at);
    return false;
}

bool address_private(const struct sockaddr *address)
{
    /* Copied: what libcurl hands on is a bare struct sockaddr, aligned as it likes. */
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    switch (address->sa_family) {
    case AF_INET:
        memcpy(&in, address, sizeof(in));
        return private4((const uint8_t *)&in.sin_addr);
    case AF_INET6:
        memcpy(&in6, address, sizeof(in6));
        return private6(in6.sin6_addr.s6_addr);
    default:
        return true;
    }
}
