/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* address.h - an e-mail address as mail servers are told it.
 *
 * Stricter than the form in which people are known again (shop/identifier.h): what stands here
 * goes into commands and headers as it is. A local part is a dot-atom in ASCII (RFC 5321, without
 * quotes): one in other letters needs SMTPUTF8 on the whole way and is refused. A domain in other
 * letters becomes the ASCII name that it is registered under (UTS 46).
 */
#ifndef TM_OUTREACH_MAIL_ADDRESS_H
#define TM_OUTREACH_MAIL_ADDRESS_H

#include "base/buf.h"

enum { MAIL_LOCAL_MAX = 64, MAIL_DOMAIN_MAX = 253, MAIL_ADDRESS_MAX = 254 };

struct mail_address {
    char text[MAIL_ADDRESS_MAX + 1]; /* the domain in small letters, the local part as it was */
    size_t n, domain;                /* where the domain begins */
};
/* Without white space around it. Any thread. */
TM_MUST_CHECK enum err_code mail_address_read(struct str raw, struct mail_address *out,
                                              struct err *err);
/* A domain of at least two labels in ASCII and small letters; `out` has MAIL_DOMAIN_MAX + 1. */
TM_MUST_CHECK enum err_code mail_domain_read(struct str raw, char *out, struct err *err);

static inline struct str mail_address_str(const struct mail_address *a)
{
    return (struct str){a->text, a->n};
}
static inline const char *mail_address_domain(const struct mail_address *a)
{
    return a->text + a->domain;
}

#endif
