/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* campaigns.h - plans the people of launched campaigns when their time is near; inside src/web
 * only. A thread of its own for each shop. What was to be planned while no server ran is planned at
 * the next start; what is too late by then is told as that. Any thread may call. */
#ifndef TM_WEB_CAMPAIGNS_H
#define TM_WEB_CAMPAIGNS_H

#include "outreach/campaign/ask.h"

enum { CAMPAIGNS_PROBLEM_BYTES = 512 };

struct campaigns;
struct desk_loan;
struct web;
struct MHD_Connection;

TM_MUST_CHECK enum err_code campaigns_open(struct web *web, struct campaigns **out,
                                           struct err *err);
void campaigns_close(struct campaigns *campaigns); /* NULL is fine */
/* One was launched, or goes on. */
void campaigns_look(struct campaigns *campaigns);
/* Why the campaign is not planned just now although it is its time; "" when nothing is wrong. */
void campaigns_problem(struct campaigns *campaigns, int64_t id, char out[CAMPAIGNS_PROBLEM_BYTES]);

/* Asks the shop's people over its desk. */
struct campaign_door {
    struct web *web;
    struct MHD_Connection *connection; /* as in desk_wish; NULL */
    struct desk_loan *loan;
    struct store *store;           /* owned, as the others: a connection of its own */
    struct pseudonyms *pseudonyms; /* NULL before it was asked */
    struct campaign_asker asker;
    char country[3];
    struct sending sending;
};
/* Closed by campaign_door_close(), also after an error. */
TM_MUST_CHECK enum err_code campaign_door_open(struct campaign_door *door, struct web *web,
                                               struct err *err);
void campaign_door_close(struct campaign_door *door);

#endif
