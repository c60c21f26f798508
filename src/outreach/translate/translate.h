/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* translate.h - messages of other tools, put into Liquid.
 *
 * Mailchimp's merge tags (*|FNAME|*, *|IF:...|*), Klaviyo's Django ({{ first_name|default:'you' }},
 * {% elif %}) and Springbot's fields ([[customer_first_name]]). A person's fields become
 * person.*, the shop's shop.*, the links to unsubscribe and the like the variables of that name.
 * What has no counterpart stays as it was written and is told, so that somebody decides.
 */
#ifndef TM_OUTREACH_TRANSLATE_TRANSLATE_H
#define TM_OUTREACH_TRANSLATE_TRANSLATE_H

#include "base/buf.h"

enum translate_from { FROM_MAILCHIMP, FROM_KLAVIYO, FROM_SPRINGBOT, FROM_COUNT };

extern const char *const translate_names[FROM_COUNT]; /* "mailchimp", "klaviyo", "springbot" */

/* Of a tag that stays as it was; its line counts from 1. */
typedef void (*translate_left_fn)(void *ctx, struct str tag, size_t line);

/* Appends the message to `out`. */
TM_MUST_CHECK enum err_code translate_to_liquid(enum translate_from from, struct str text,
                                                struct buf *out, translate_left_fn left, void *ctx,
                                                struct err *err);

#endif
