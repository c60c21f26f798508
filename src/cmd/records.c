/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/records.h"

#include "cmd/cmd.h"
#include "outreach/results/assigned.h"

static void show_step(void *ctx, const char *step, double done)
{
    (void)ctx;
    (void)step;
    progress_show(_("joining the data"), done);
}

static struct resolve_options how_of(const struct workspace *ws)
{
    return (struct resolve_options){.time_zone = ws->settings.time_zone,
                                    .currency = ws->settings.currency,
                                    .as_of = TIME_NONE,
                                    .assign = assigned_fill,
                                    .assign_ctx = ws->store,
                                    .progress = show_step};
}

enum err_code records_context(struct workspace *ws, struct view_context *out, struct err *err)
{
    const struct resolve_options how = how_of(ws);

    TRY(view_context_read(ws->engine, &how, settings_first_weekday(&ws->settings), out, err));
    out->goal = ws->settings.goal;
    out->ways = locale_used();
    return ERR_OK;
}

/* That nothing is found is said of a workspace without records, and of nothing else. */
static enum err_code read_rates(struct rates *rates, const char *path, struct err *err)
{
    enum err_code rc = rates_read(rates, path, err);

    if (rc == ERR_NOT_FOUND)
        rc = err->code = ERR_INVALID;
    return rc;
}

enum err_code records_make_fresh(struct workspace *ws, const struct resolve_aside *aside,
                                 struct view_context *out, struct err *err)
{
    TM_CLEANUP(rates_freep) struct rates *rates = NULL;
    struct resolve_options how = how_of(ws);
    struct resolve_summary summary;
    char path[4096];

    TRY(records_context(ws, out, err));
    if (out->fresh)
        return ERR_OK;
    if (ws->settings.rates[0]) {
        TRY(store_path(ws->store, ws->settings.rates, path, sizeof(path), err));
        rates = rates_new();
        TRY(read_rates(rates, path, err));
    }
    how.rates = rates;
    how.aside = aside;
    TRY(resolve(ws->engine, &how, &summary, err));
    progress_clear();
    TRY(workspace_join_consents(ws, err));
    return records_context(ws, out, err);
}

void records_warn_unconverted(const struct unconverted *list, size_t n, const char *currency)
{
    for (size_t i = 0; i < n; i++)
        fprintf(stderr,
                P_("tidemark: %s record in %s has no exchange rate to %s: it counts, "
                   "its money does not. Rates: \"rates\" in tidemark.yaml, or \"tidemark assess "
                   "--rates FILE\".\n",
                   "tidemark: %s records in %s have no exchange rate to %s: they count, "
                   "their money does not. Rates: \"rates\" in tidemark.yaml, or \"tidemark assess "
                   "--rates FILE\".\n",
                   list[i].records),
                cmd_number((int64_t)list[i].records).text, list[i].currency, currency);
}
