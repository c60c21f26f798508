/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the journal keeps no longer. */
#include "base/timestamp.h"
#include "store/journal_file.h"
#include "store/journal_ids.h"

/* ---- letting go --------------------------------------------------------------------------- */

/* The last of the oldest records that may go; 0 without any. */
static enum err_code find_old(struct journal *journal, int64_t before_us, int64_t last,
                              int64_t most, int64_t *out_seq, struct err *err)
{
    struct stmt s;

    *out_seq = 0;
    TRY(stmt_open(journal_writer(journal),
                  "SELECT seq, received_us FROM record WHERE seq <= $1 ORDER BY seq LIMIT $2", &s,
                  err));
    stmt_int(&s, 1, last);
    stmt_int(&s, 2, most);
    while (stmt_next(&s) && stmt_col_int(&s, 1) < before_us)
        *out_seq = stmt_col_int(&s, 0);
    return stmt_close(&s, err);
}

static enum err_code change_upto(struct journal *journal, const char *sql, int64_t seq,
                                 int64_t *out_n, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(journal_writer(journal), sql, &s, err));
    stmt_int(&s, 1, seq);
    stmt_next(&s);
    *out_n = sqlite3_changes64(journal_writer(journal)->db);
    return stmt_close(&s, err);
}

static enum err_code prune(struct journal *journal, int64_t before_us, int64_t last, int64_t most,
                           int64_t *out_n, struct err *err)
{
    int64_t seq = 0, refused = 0;
    enum err_code rc;

    TRY(journal_begin(journal, err));
    rc = find_old(journal, before_us, last, most, &seq, err);
    if (rc == ERR_OK)
        rc = change_upto(journal,
                         "UPDATE tally SET pruned = pruned + gone.n FROM"
                         " (SELECT source, count(*) AS n FROM record WHERE seq <= $1"
                         "  GROUP BY source) AS gone WHERE gone.source = tally.source",
                         seq, out_n, err);
    if (rc == ERR_OK)
        rc = change_upto(journal, "DELETE FROM record WHERE seq <= $1", seq, out_n, err);
    if (rc == ERR_OK)
        rc = change_upto(journal,
                         "DELETE FROM refused WHERE seq <= (SELECT max(seq) FROM refused) - $1",
                         JOURNAL_REFUSED_KEPT, &refused, err);
    TRY(journal_end(journal, rc, err));
    journal_ids_prune(journal_ids_of(journal), seq);
    return ERR_OK;
}

struct pruning {
    int64_t before_us, last, most, *out_n;
};

static enum err_code prune_alone(struct journal *journal, void *ctx, struct err *err)
{
    const struct pruning *p = ctx;

    return prune(journal, p->before_us, p->last, p->most, p->out_n, err);
}

enum err_code journal_prune(struct journal *journal, int64_t before_us, int64_t last, int64_t most,
                            int64_t *out_n, struct err *err)
{
    struct pruning p = {before_us, last, most, out_n};

    *out_n = 0;
    if (before_us > timestamp_now() - JOURNAL_KEEP_DAYS * US_PER_DAY)
        return err_set(err, ERR_INVALID, "records are kept for %d days at least",
                       JOURNAL_KEEP_DAYS);
    return journal_alone(journal, prune_alone, &p, err);
}
