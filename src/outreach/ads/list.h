/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* list.h - the list of a segment's people for an advertising place, made anew, and its two files:
 * who is on it, and who is to be taken out of what the place got before (store/advertised.h).
 *
 * On it is who agreed to be shown advertisements, by the newest word, and against whom nothing
 * stands. One at a time for each workspace.
 */
#ifndef TM_OUTREACH_ADS_LIST_H
#define TM_OUTREACH_ADS_LIST_H

#include "audience/members.h"
#include "audience/shelf.h"
#include "outreach/ads/ads.h"
#include "outreach/person/person.h"
#include "store/advertised.h"

struct ads_wish {
    struct store *store; /* borrowed, as the others */
    struct engine *engine;
    const char *country; /* of the shop; "" */
    const char *by;      /* who asked */
    enum ads_place place;
    const char *segment, *without; /* by name or number; NULL: nobody is left out */
};
struct ads_made {
    int64_t segment; /* its number */
    char name[NAMED_NAME_BYTES];
    int64_t members, left_out, not_agreed, unknown;
    struct advertised_counts counts;
};
/* After audience_prepare(). An error leaves the list as it was. */
TM_MUST_CHECK enum err_code ads_make(const struct ads_wish *wish, struct ads_made *out,
                                     struct err *err);
/* The file as the place wants it, piece by piece: it may be larger than memory. */
typedef enum err_code ads_write(void *ctx, struct str piece, struct err *err);
TM_MUST_CHECK enum err_code ads_file(struct advertised *lists, enum ads_place place,
                                     int64_t segment, bool gone, ads_write *write, void *ctx,
                                     struct err *err);

#endif
