/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ads.h - the front of src/outreach/ads: people of a segment as a file for advertising places, by
 * which these show advertisements to them, to people like them, or to nobody of them.
 *
 * A place knows people by SHA-256 of what they told both it and the shop, after each has written it
 * in the same way: each place has its own (ads_places[]). The file holds hashes alone, but country
 * and postcode where the place wants these in clear. What is a hash already is not hashed again.
 *
 * Only who agreed to it (consent on the channel "ads") is on a file; who withdrew is on the next
 * file that takes people out (store/advertised.h).
 *
 * Sources: Meta, "Customer information" of the Marketing API; Google Ads Help 7659867; TikTok Ads
 * Manager, "Customer file", August 2025; X Ads API, "Audiences".
 *
 * Pure; any thread.
 */
#ifndef TM_OUTREACH_ADS_ADS_H
#define TM_OUTREACH_ADS_ADS_H

#include "base/buf.h"

enum ads_place { ADS_META, ADS_GOOGLE, ADS_TIKTOK, ADS_X, ADS_PLACES };

const char *ads_place_word(enum ads_place place); /* "meta" */
const char *ads_place_name(enum ads_place place); /* "Meta" */
bool ads_place_of(struct str word, enum ads_place *out);
/* Fewer people than that are refused, or nobody is shown anything. */
int ads_least(enum ads_place place);

/* Unknown ones are STR_NONE. */
struct ads_person {
    struct str email;
    struct str phone; /* E.164 with its plus */
    struct str first_name, last_name;
    struct str country; /* ISO 3166 */
    struct str zip, city;
};

void ads_head(enum ads_place place, struct buf *out); /* the file's first line */
/* Appends the person's line with its line break. False: the person has nothing that the place would
 * know anybody by, and nothing is appended. */
bool ads_line(enum ads_place place, const struct ads_person *person, struct buf *out);
/* A line that was kept, with as many columns as the head has today: those at the end may be new. */
void ads_whole(enum ads_place place, struct str line, struct buf *out);

#endif
