/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* serving.h - one shop of the server: its workspace, and what the server's worker does in it. */
#ifndef TM_CMD_SERVING_H
#define TM_CMD_SERVING_H

#include "cmd/workspace.h"
#include "maturity/model.h"
#include "web/server.h"

struct serving {
    struct workspace ws;
    char name[40]; /* in its address; "" for the only shop */
    struct web *web;
    bool other_people;               /* since people who may be one were looked for */
    volatile sig_atomic_t cancelled; /* the job under way */
    bool leftover;                   /* a cancellation that the engine may still have in mind */
    struct view_memory *memory;      /* of the new tables, not handed over yet; owned */
    bool shown;                      /* the server has that of the tables as they are */
};

/* Opens the workspace, which is made when missing: a first start needs no other command. */
TM_MUST_CHECK enum err_code serving_open(struct serving *s, const char *dir, struct err *err);
void serving_close(struct serving *s);
/* What the worker of this shop does; `s` stays where it is. */
struct web_work serving_work(struct serving *s);

#endif
