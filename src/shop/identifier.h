/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* identifier.h - e-mail addresses, phones and ids in the one form in which they are compared.
 *
 * Normalised text is written into the caller's buffer; "" means that the value identifies nobody:
 * empty, malformed or one of the blocked values (only zeros and dashes, -1, null, anonymous,
 * none, guest, unknown, test and the like), after Segment's identity resolution rules.
 */
#ifndef TM_SHOP_IDENTIFIER_H
#define TM_SHOP_IDENTIFIER_H

#include "base/buf.h"

enum { IDENTIFIER_MAX = 320 };

struct identifier {
    char text[IDENTIFIER_MAX + 1];
    size_t n;
};

static inline struct str identifier_str(const struct identifier *id)
{
    return (struct str){id->text, id->n};
}

/* Trimmed, lower case; a leading apostrophe of spreadsheets and "mailto:" removed. Must look like
 * local@domain.tld. */
void identifier_email(struct str raw, struct identifier *out);
/* E.164 with plus where the country is known from the number (+ or 00) or from `country` (ISO
 * 3166 alpha-2 of the shop, "" when unknown; its trunk zero is dropped); else "". */
void identifier_phone(struct str raw, const char *country, struct identifier *out);
/* The country whose numbers begin as this one does; false where several share the calling code. */
bool identifier_phone_country(const struct identifier *phone, char out[3]);
/* Any other id: trimmed, a leading apostrophe and a trailing ".0" of spreadsheets removed; case
 * is kept. */
void identifier_id(struct str raw, struct identifier *out);
bool identifier_blocked(struct str value);

#endif
