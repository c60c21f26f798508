/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/ip_short.h"

#include <arpa/inet.h>

bool ip_short(struct str text, char out[IP_SHORT_MAX])
{
    unsigned char bytes[16] = {0};
    char address[IP_SHORT_MAX] = "";

    out[0] = '\0';
    if (text.n == 0 || text.n >= sizeof(address))
        return false;
    memcpy(address, text.p, text.n);
    if (inet_pton(AF_INET, address, bytes) == 1) {
        bytes[3] = 0;
        return inet_ntop(AF_INET, bytes, out, IP_SHORT_MAX) != NULL;
    }
    if (inet_pton(AF_INET6, address, bytes) != 1)
        return false;
    bool mapped = IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)(const void *)bytes);

    memset(bytes + (mapped ? 15 : 6), 0, mapped ? 1 : 10);
    return inet_ntop(AF_INET6, bytes, out, IP_SHORT_MAX) != NULL;
}
