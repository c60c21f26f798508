/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/arms.h"

#include "store/outbox_file.h"

static const char *const statements[] = {
    "SELECT campaign, person, 1, at_us FROM piece_held",
    "SELECT m.campaign, m.person, 0, min(m.planned_us) FROM message m"
    " WHERE m.campaign IN (SELECT campaign FROM piece_held) AND m.address != ''"
    " AND NOT EXISTS (SELECT 1 FROM piece_held h WHERE h.campaign = m.campaign"
    " AND h.person = m.person)"
    " GROUP BY m.campaign, m.person",
    "SELECT r.flow, r.person, max(r.held_out), min(r.started_us) FROM run r"
    " JOIN (SELECT flow, min(started_us) AS since_us FROM run WHERE held_out = 1 GROUP BY flow) f"
    " ON f.flow = r.flow AND r.started_us >= f.since_us"
    " GROUP BY r.flow, r.person HAVING min(r.held_out) = max(r.held_out)",
};

enum err_code arms_each(struct outbox *o, arm_take *take, void *ctx, struct err *err)
{
    for (size_t i = 0; i < TM_COUNT(statements); i++) {
        struct err unheard = ERR_INIT;
        enum err_code rc = ERR_OK, end;
        struct stmt s;

        TRY(stmt_open(&o->file, statements[i], &s, err));
        while (rc == ERR_OK && stmt_next(&s)) {
            const struct arm arm = {.campaign = stmt_col_int(&s, 0),
                                    .person = (uint64_t)stmt_col_int(&s, 1),
                                    .held_out = stmt_col_int(&s, 2) != 0,
                                    .at_us = stmt_col_int(&s, 3)};

            rc = take(ctx, &arm, err);
        }
        end = stmt_close(&s, rc == ERR_OK ? err : &unheard);
        TRY(rc == ERR_OK ? end : rc);
    }
    return ERR_OK;
}

enum err_code outbox_forget_arms(struct outbox *o, const struct pseudonym *who, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file, "DELETE FROM piece_held WHERE who = $1", &s, err));
    stmt_bytes(&s, 1, pseudonym_str(who));
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}
