/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* preflight.h - the front of src/outreach/preflight: whether mailboxes will believe what the shop
 * sends, told before the first message by what the DNS says of its domains.
 *
 * Looked at: SPF (RFC 7208) of the return path's domain, DKIM (RFC 6376) of the key that signs,
 * DMARC of the domain in From, and whether one of the first two is of the same organisation as
 * From, as Gmail, Yahoo and Outlook ask of all who send much. The organisation is found by walking
 * up the tree (DMARCbis, section 4.10), without a list of public suffixes.
 *
 * Judging is pure over answers that are asked through a door (struct preflight_dns): the same
 * answers give the same verdict. dns.c asks real servers.
 *
 * Any thread.
 */
#ifndef TM_OUTREACH_PREFLIGHT_PREFLIGHT_H
#define TM_OUTREACH_PREFLIGHT_PREFLIGHT_H

#include "base/buf.h"

enum { PREFLIGHT_RECORDS = 32, PREFLIGHT_RECORD_MAX = 4096, PREFLIGHT_NAME_MAX = 254 };

enum dns_state {
    DNS_FOUND,
    DNS_NONE,  /* no such name, or no such record of it */
    DNS_FAILED /* nobody answered: nothing is known */
};
/* The TXT records of a name, each glued together as one text. */
struct dns_texts {
    struct buf bytes; /* owned */
    struct str texts[PREFLIGHT_RECORDS];
    size_t n;
};
void dns_texts_release(struct dns_texts *texts);

struct preflight_dns {
    /* `out` is empty, and is the caller's to release. */
    enum dns_state (*texts)(void *ctx, const char *name, struct dns_texts *out);
    /* How many addresses or servers of mail the name has, for SPF's "a", "mx" and "exists". */
    enum dns_state (*exists)(void *ctx, const char *name, bool mail);
    void *ctx;
};

struct preflight_sender {
    const char *from;        /* domain of From */
    const char *return_path; /* domain to which failures come back; "": of From */
    const char *dkim_domain; /* "": the mail service signs by itself */
    const char *dkim_selector;
    const char *dkim_record; /* what has to be published (dkim_record()); "" without a key */
};

enum preflight_check {
    PREFLIGHT_SPF,
    PREFLIGHT_DKIM,
    PREFLIGHT_DMARC,
    PREFLIGHT_ALIGNED, /* From's organisation is that of SPF or DKIM */
    PREFLIGHT_CHECKS
};

enum preflight_verdict {
    PREFLIGHT_GOOD,
    PREFLIGHT_WEAK,    /* it works, and could be better */
    PREFLIGHT_WRONG,   /* large mailboxes refuse what is sent like this */
    PREFLIGHT_UNKNOWN, /* the DNS did not answer, or it is for the mail service to do */
    PREFLIGHT_VERDICTS
};

struct preflight_finding {
    enum preflight_verdict verdict;
    char name[PREFLIGHT_NAME_MAX]; /* where the record stands, or should */
    const char *what;              /* marked for translation; what was found */
    const char *hint;              /* marked; what to do; NULL: nothing */
};
struct preflight {
    struct preflight_finding findings[PREFLIGHT_CHECKS];
};
void preflight_judge(const struct preflight_sender *sender, const struct preflight_dns *dns,
                     struct preflight *out);

/* Asks the name servers of this system (resolv.conf): once they have not answered twice, or the
 * time is over, they are asked no more. Names that no name server may know (RFC 6761: below "test",
 * "example", "invalid" and "localhost") are never asked for. `patience` is the caller's for as
 * long. */
struct preflight_patience {
    int failures;     /* 0 at first */
    int64_t until_us; /* 0: without end */
};
struct preflight_dns preflight_system_dns(struct preflight_patience *patience);
/* The TXT records of an answer as it came over the network (RFC 1035). */
enum dns_state dns_texts_read(const unsigned char *answer, size_t n, struct dns_texts *out);

#endif
