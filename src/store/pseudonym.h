/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pseudonym.h - by what a person is known again whose identifiers are not kept.
 *
 * A pseudonym is a keyed hash (BLAKE2b, 128 bits) of the kind of an identifier and of its value in
 * the one form in which identifiers are compared (shop/identifier.h), so that an address gives the
 * same pseudonym however it is written and wherever it comes from. The key is random for each
 * workspace and stands in its file "pseudonym.key" (mode 0600): a copy of the data base alone
 * cannot be tried with lists of addresses, and two shops' pseudonyms cannot be laid side by side.
 *
 * The key is never made a second time: were it lost, those who must not be written to would be
 * known no more. A workspace without its key is an error that says so.
 */
#ifndef TM_STORE_PSEUDONYM_H
#define TM_STORE_PSEUDONYM_H

#include "store/store.h"

enum { PSEUDONYM_BYTES = 16 };

enum pseudonym_kind {
    IDENTIFIER_EMAIL,
    IDENTIFIER_PHONE,
    IDENTIFIER_CUSTOMER, /* a source's number of a customer: "shopify" and "1001" */
    IDENTIFIER_PROFILE,  /* a source's number of a profile */
    IDENTIFIER_LOGIN,
    IDENTIFIER_DEVICE,
    IDENTIFIER_KINDS
};

struct pseudonym {
    unsigned char bytes[PSEUDONYM_BYTES];
};

struct pseudonyms;
/* Reads the key; makes it when the workspace never had one. Nothing of `store` is kept. */
TM_MUST_CHECK enum err_code pseudonyms_open(struct store *store, struct pseudonyms **out,
                                            struct err *err);
void pseudonyms_close(struct pseudonyms *p); /* NULL is fine */
void pseudonyms_closep(struct pseudonyms **p);

/* All below are pure: any thread, no I/O. False: the value names nobody, and *out is untouched.
 * `source` is that of kinds which count within their source, else STR_NONE; `country` (ISO 3166,
 * "" when unknown) is where local phone numbers are from. */
bool pseudonym_of(const struct pseudonyms *p, enum pseudonym_kind kind, struct str source,
                  struct str value, const char *country, struct pseudonym *out);
bool pseudonym_email(const struct pseudonyms *p, struct str raw, struct pseudonym *out);
bool pseudonym_phone(const struct pseudonyms *p, struct str raw, const char *country,
                     struct pseudonym *out);
/* A keyed hash of any bytes, apart from all identifiers: whether two facts are the same one.
 * `purpose` tells its uses apart. */
void pseudonym_digest(const struct pseudonyms *p, const char *purpose, struct str bytes,
                      struct pseudonym *out);

static inline struct str pseudonym_str(const struct pseudonym *p)
{
    return (struct str){(const char *)p->bytes, PSEUDONYM_BYTES};
}

#endif
