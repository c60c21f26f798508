/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/live/drain.h"

static struct holding *find(struct holdings *holdings, uint32_t import_id)
{
    for (size_t i = 0; i < holdings->n; i++)
        if (holdings->list[i].import_id == import_id)
            return &holdings->list[i];
    if ((holdings->n & (holdings->n - 1)) == 0) /* room for a power of two */
        holdings->list =
            xrealloc(holdings->list, (holdings->n ? 2 * holdings->n : 1) * sizeof(*holdings->list));
    holdings->list[holdings->n] = (struct holding){.import_id = import_id};
    return &holdings->list[holdings->n++];
}

static int kind_named(struct str name)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (str_eqz(name, record_layout((enum record_kind)kind)->name))
            return kind;
    return -1;
}

enum err_code holdings_read(struct engine *engine, struct holdings *out, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    *out = (struct holdings){NULL, 0};
    TRY(engine_query(engine, "import/parts", NULL, 0, &res, err));
    while (result_next(res)) {
        struct holding *h = find(out, (uint32_t)result_int(res, 1));
        int kind = kind_named(result_text(res, 0));

        if (kind < 0)
            continue;
        h->records[kind] = result_int(res, 2);
        h->parts[kind] = result_int(res, 3);
    }
    return result_status(res, err);
}

void holdings_release(struct holdings *holdings)
{
    free(holdings->list);
    *holdings = (struct holdings){NULL, 0};
}

struct holding holdings_of(const struct holdings *holdings, uint32_t import_id)
{
    for (size_t i = 0; i < holdings->n; i++)
        if (holdings->list[i].import_id == import_id)
            return holdings->list[i];
    return (struct holding){.import_id = import_id};
}
