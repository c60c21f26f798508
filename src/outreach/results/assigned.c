/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/results/assigned.h"

#include "outreach/results/plans.h"
#include "store/arms.h"

struct filling {
    struct insert *insert;
    const struct plans *plans;
};

/* Nobody asks for what one that is gone brought. */
static enum err_code put_arm(void *ctx, const struct arm *arm, struct err *err)
{
    struct filling *f = ctx;
    const struct plan *plan = plans_find(f->plans, arm->campaign);

    if (!plan)
        return ERR_OK;
    insert_text(f->insert, plan->is_flow ? STR_LIT("flow") : STR_LIT("campaign"));
    insert_text(f->insert, str_of(plan->name));
    insert_uint(f->insert, arm->person);
    insert_int(f->insert, arm->held_out);
    insert_int(f->insert, arm->at_us);
    return insert_row(f->insert, err);
}

static enum err_code fill(struct outbox *outbox, struct store *store, struct engine *engine,
                          struct err *err)
{
    static const struct insert_column columns[] = {{"kind", "String"},
                                                   {"item", "String"},
                                                   {"person", "UInt64"},
                                                   {"held_out", "UInt8"},
                                                   {"at", "DateTime64(6, 'UTC')"}};
    TM_CLEANUP(plans_freep) struct plans *plans = NULL;
    TM_CLEANUP(insert_freep) struct insert *insert = NULL;
    struct filling f;

    TRY(plans_read(store, &plans, err));
    TRY(insert_open(engine, "resolve/insert_assigned", NULL, columns, TM_COUNT(columns), &insert,
                    err));
    f = (struct filling){insert, plans};
    TRY(arms_each(outbox, put_arm, &f, err));
    return insert_finish(insert, err);
}

enum err_code assigned_fill(void *store, struct engine *engine, struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *outbox = NULL;

    TRY(outbox_open_kept(store, &outbox, err));
    return outbox ? fill(outbox, store, engine, err) : ERR_OK;
}
