/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* parts.h - what the translators share. */
#ifndef TM_OUTREACH_TRANSLATE_PARTS_H
#define TM_OUTREACH_TRANSLATE_PARTS_H

#include "outreach/translate/translate.h"

/* Two names, theirs and ours. */
struct word_pair {
    const char *theirs, *ours;
};

/* NULL when it is none of them. ASCII case does not count. */
const char *translate_word(const struct word_pair *words, size_t n, struct str theirs);
/* A name as Liquid takes it: lower case, _ for everything but letters and digits. */
void translate_add_name(struct buf *out, struct str name);

/* Each gets the inside of one tag; false when it stays as it was, with nothing added. */
bool translate_mailchimp(struct str inside, struct buf *out);
bool translate_springbot(struct str inside, struct buf *out);
bool translate_klaviyo_output(struct str inside, struct buf *out);
bool translate_klaviyo_tag(struct str inside, struct buf *out);

#endif
