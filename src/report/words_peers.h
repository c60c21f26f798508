/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* words_peers.h - what a report says about other shops. Plain text in the page's language. */
#ifndef TM_REPORT_WORDS_PEERS_H
#define TM_REPORT_WORDS_PEERS_H

#include "report/words.h"

/* The ids of the groups in JSON: "same kind and size", ... */
extern const char *const peer_group_names[];

/* A place may be told: enough shops have the same figure. */
bool peer_told(const struct peer_standing *standing);
/* Of how many figures a place is told. */
size_t peers_told(const struct peers *peers);
const struct practice *peer_practice(const struct page *page, const struct peer_standing *s);
const struct indicator *peer_indicator(const struct page *page, const struct peer_standing *s);

/* "Of 12 figures ... better than most in 3, worse in 4", or why no place is told and what stands
 * in for it. */
const char *words_peers(struct page *page);
/* The practice; its figure's name after it where it has several. */
const char *words_peer_title(struct page *page, const struct peer_standing *s);
/* "Better than 20% to 80% of 7 shops of the same kind; their middle is 27%." */
const char *words_peer_place(struct page *page, const struct peer_standing *s);
/* "20% to 80%" */
const char *words_peer_range(struct page *page, const struct peer_standing *s);
/* "7, of the same kind" */
const char *words_peer_group(struct page *page, const struct peer_standing *s);
/* What stands in for peers: "level 2 asks for at least 10% · ...: a published figure (V1: ...)" */
const char *words_peer_anchors(struct page *page, const struct peer_standing *s);

#endif
