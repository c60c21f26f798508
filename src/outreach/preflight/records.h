/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* records.h - what SPF, DKIM and DMARC records say. Inside src/outreach/preflight only. */
#ifndef TM_OUTREACH_PREFLIGHT_RECORDS_H
#define TM_OUTREACH_PREFLIGHT_RECORDS_H

#include "outreach/preflight/preflight.h"

/* RFC 7208, 4.6.4. */
enum { SPF_LOOKUPS_MAX = 10, SPF_VOIDS_MAX = 2, SPF_DEPTH_MAX = 10 };

struct spf_seen {
    bool failed; /* the DNS did not answer */
    bool broken; /* of this record or one that it includes */
    bool nobody; /* it names nobody who may send, and "-all" */
    int records; /* of the domain itself */
    int lookups, voids;
    int named; /* mechanisms that let somebody send */
    char all;  /* '+', '-', '~', '?'; 0: it does not end with one */
};
/* The record of a domain with all that it includes. */
void spf_walk(const char *domain, const struct preflight_dns *dns, struct spf_seen *out);

struct dkim_seen {
    bool broken, revoked, testing, rsa;
    int bits;       /* of RSA */
    struct str key; /* p= as it stands */
};
void dkim_read(struct str text, struct dkim_seen *out);

enum dmarc_policy { DMARC_NONE, DMARC_QUARANTINE, DMARC_REJECT };
struct dmarc_seen {
    bool broken, several;
    bool public_suffix, no_suffix; /* psd=y, psd=n */
    bool strict_spf, strict_dkim;
    enum dmarc_policy policy;
};
bool dmarc_is(struct str text);
void dmarc_read(struct str text, struct dmarc_seen *out);

#endif
