/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* serving.h - one shop of the server: its workspace, and what the server's worker does in it. */
#ifndef TM_CMD_SERVING_H
#define TM_CMD_SERVING_H

#include "cmd/workspace.h"
#include "maturity/model.h"
#include "privacy/erase.h"
#include "web/server.h"

struct serving {
    struct workspace ws;
    char name[40]; /* in its address; "" for the only shop */
    struct web *web;
    bool other_people;               /* since people who may be one were looked for */
    volatile sig_atomic_t cancelled; /* the job under way */
    bool leftover;                   /* a cancellation that the engine may still have in mind */
    struct view_memory *memory;      /* of the new tables, not handed over yet; owned */
    bool audience_made;              /* with the tables that are made aside (audience/members.h) */
    bool shown;                      /* the server has that of the tables as they are */
    struct journal *journal;         /* as of the last drain; NULL before */
    int64_t drained_us;              /* all that came until then is in the engine; TIME_NONE */
    int64_t tried_us;                /* when an erasure that is not done was last tried */
};

/* Opens the workspace, which is made when missing: a first start needs no other command. */
TM_MUST_CHECK enum err_code serving_open(struct serving *s, const char *dir, struct err *err);
void serving_close(struct serving *s);
/* What the worker of this shop does; `s` stays where it is. */
struct web_work serving_work(struct serving *s);

/* Before each part of a job. */
TM_MUST_CHECK enum err_code serving_begin(struct serving *s, struct err *err);
/* Resolved tables change places: nobody reads them, and then it is told what they hold. */
void serving_hold_tables(void *serving, bool on);

/* One person's (serving_person.c). */
TM_MUST_CHECK enum err_code serving_export_person(void *serving, const struct web_person *person,
                                                  const char *path, struct buf *out,
                                                  struct err *err);
TM_MUST_CHECK enum err_code serving_erase_person(void *serving, const struct web_person *person,
                                                 struct buf *out, struct err *err);
/* The person's file at `path`; what it has goes into `out`. */
TM_MUST_CHECK enum err_code serving_package(struct serving *s, struct journal *journal,
                                            const struct who *who, const char *path,
                                            struct buf *out, struct err *err);
struct erase_ctx serving_erase_ctx(struct serving *s, struct journal *journal);
/* Written down, done, and told in *e. */
struct serving_erasing {
    const struct who *who; /* NULL: `source` is forgotten */
    int64_t source;
    const char *actor;
    struct duty *duty; /* whose erasure it is; NULL: nobody's */
};
TM_MUST_CHECK enum err_code serving_erase(struct serving *s, const struct erase_ctx *ctx,
                                          const struct serving_erasing *what, struct erasure *e,
                                          struct err *err);
/* A segment's list for an advertising place (serving_ads.c). */
TM_MUST_CHECK enum err_code serving_make_ads(void *serving, const struct web_ads *ads,
                                             struct buf *out, struct err *err);
/* A request by law (serving_duty.c). */
TM_MUST_CHECK enum err_code serving_do_duty(void *serving, struct web_duty *wish, struct buf *out,
                                            struct err *err);
/* Once a day, after resolving: people of whom nothing was heard for long go. *out_gone: how many.
 */
TM_MUST_CHECK enum err_code serving_retain_people(struct serving *s, int64_t *out_gone,
                                                  struct err *err);
/* Goes on, once in a while, with erasures that could not be finished. */
void serving_try_erasures(struct serving *s, struct journal *journal);

#endif
