/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* proxies.h - whose X-Forwarded-* headers are believed: servers in front that were named, and
 * nobody else; inside src/web only. */
#ifndef TM_WEB_PROXIES_H
#define TM_WEB_PROXIES_H

#include "base/base.h"

enum { PROXIES_MAX = 32 };

struct proxies {
    struct proxy {
        unsigned char address[16]; /* IPv4 as ::ffff:a.b.c.d */
        int bits;
    } all[PROXIES_MAX];
    size_t n;
};

/* "10.0.0.1,192.168.0.0/16,::1", added to those that are there. */
TM_MUST_CHECK enum err_code proxies_add(struct proxies *proxies, const char *text, struct err *err);
bool proxies_trust(const struct proxies *proxies, const char *ip);
/* The client's address: of X-Forwarded-For, from its end, the first that is none of ours. `out` (of
 * 64 bytes) keeps the peer's own address when the header says nothing that can be believed. */
void proxies_client(const struct proxies *proxies, const char *forwarded, char out[64]);

#endif
