/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ranges.c - which addresses are a server's of the open internet. */
#include "outreach/egress/egress.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

struct range4 {
    uint32_t net;
    int bits;
};
#define NET(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

/* IANA IPv4 Special-Purpose Address Registry, those not globally reachable, and multicast. */
static const struct range4 special4[] = {
    {NET(0, 0, 0, 0), 8},      {NET(10, 0, 0, 0), 8},     {NET(100, 64, 0, 0), 10},
    {NET(127, 0, 0, 0), 8},    {NET(169, 254, 0, 0), 16}, {NET(172, 16, 0, 0), 12},
    {NET(192, 0, 0, 0), 24},   {NET(192, 0, 2, 0), 24},   {NET(192, 88, 99, 0), 24},
    {NET(192, 168, 0, 0), 16}, {NET(198, 18, 0, 0), 15},  {NET(198, 51, 100, 0), 24},
    {NET(203, 0, 113, 0), 24}, {NET(224, 0, 0, 0), 4},    {NET(240, 0, 0, 0), 4},
};

struct range6 {
    unsigned char net[16];
    int bits;
};

/* Of 2000::/3, outside of which nothing is anybody's: IANA IPv6 Special-Purpose Address Registry.
 */
static const struct range6 special6[] = {
    {{0x20, 0x01, 0x00}, 23},             /* protocol assignments, Teredo and ORCHID among them */
    {{0x20, 0x01, 0x0d, 0xb8}, 32},       /* documentation */
    {{0x20, 0x02}, 16},                   /* 6to4 */
    {{0x26, 0x20, 0x00, 0x4f, 0x80}, 48}, /* AS112 */
    {{0x3f, 0xff, 0x00}, 20},             /* documentation */
};

static bool public4(uint32_t address)
{
    for (size_t i = 0; i < TM_COUNT(special4); i++)
        if ((address ^ special4[i].net) >> (32 - special4[i].bits) == 0)
            return false;
    return true;
}

static bool inside(const unsigned char *address, const unsigned char *net, int bits)
{
    int whole = bits / 8, rest = bits % 8;

    if (memcmp(address, net, (size_t)whole) != 0)
        return false;
    return rest == 0 || (address[whole] ^ net[whole]) >> (8 - rest) == 0;
}

/* IPv4 that is written as IPv6: mapped, and translated by NAT64. */
static bool is_inner4(const unsigned char *address)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const unsigned char nat64[12] = {0, 0x64, 0xff, 0x9b};

    return memcmp(address, mapped, 12) == 0 || memcmp(address, nat64, 12) == 0;
}

static bool public6(const unsigned char *address)
{
    if (is_inner4(address))
        return public4(NET(address[12], address[13], address[14], address[15]));
    if (address[0] >> 5 != 1)
        return false;
    for (size_t i = 0; i < TM_COUNT(special6); i++)
        if (inside(address, special6[i].net, special6[i].bits))
            return false;
    return true;
}

bool egress_public(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof(v4));
        return public4(ntohl(v4.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof(v6));
        return public6(v6.sin6_addr.s6_addr);
    }
    return false;
}
