/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* campaign.h - what the verbs of "tidemark campaign" share. */
#ifndef TM_CMD_CAMPAIGN_H
#define TM_CMD_CAMPAIGN_H

#include "cmd/cmd.h"
#include "cmd/workspace.h"
#include "outreach/campaign/crowd.h"
#include "outreach/campaign/life.h"

struct campaign_cmd {
    const char *name; /* what stands after the verb; NULL */
    struct store *store;
    struct buf text;           /* of the campaign */
    struct campaign *campaign; /* owned: of a file's text */
    struct campaign_file file; /* of the one that is kept */
    struct buf out;
    struct json_writer w;
    bool json;
    const char *to;        /* of a test; NULL */
    const char *month;     /* of the calendar; NULL */
    bool anyway;           /* launched whatever the DNS says */
    struct outbox *outbox; /* NULL before it is needed */
    struct workspace ws;   /* with the engine, of a preview alone */
};

/* The kept campaign that is named, in `file`; a broken text tells all its mistakes. */
TM_MUST_CHECK enum err_code campaign_cmd_find(struct campaign_cmd *c, struct err *err);

/* Verbs of campaign_running.c. */
enum err_code campaign_cmd_preview(struct campaign_cmd *c, struct err *err);
enum err_code campaign_cmd_test(struct campaign_cmd *c, struct err *err);
enum err_code campaign_cmd_status(struct campaign_cmd *c, struct err *err);
enum err_code campaign_cmd_approve(struct campaign_cmd *c, struct err *err);
enum err_code campaign_cmd_launch(struct campaign_cmd *c, struct err *err);
enum err_code campaign_cmd_confirm(struct campaign_cmd *c, struct err *err);
enum err_code campaign_cmd_pause(struct campaign_cmd *c, struct err *err);
enum err_code campaign_cmd_resume(struct campaign_cmd *c, struct err *err);
enum err_code campaign_cmd_cancel(struct campaign_cmd *c, struct err *err);
enum err_code campaign_cmd_calendar(struct campaign_cmd *c, struct err *err);

#endif
