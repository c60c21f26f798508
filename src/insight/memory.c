/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "insight/memory.h"

static enum err_code load(struct engine *engine, unsigned parts, int64_t as_of,
                          struct view_memory *m, struct err *err)
{
    if (parts & MEMORY_DAYS)
        TRY(view_days_load(engine, parts & MEMORY_DAYS, &m->days, err));
    if (parts & MEMORY_PEOPLE)
        TRY(view_people_load(engine, &m->people, err));
    if (parts & MEMORY_FIRSTS)
        TRY(view_firsts_load(engine, as_of, &m->firsts, err));
    return ERR_OK;
}

enum err_code view_memory_load(struct engine *engine, unsigned parts, int64_t as_of,
                               struct view_memory **out_memory, struct err *err)
{
    struct view_memory *m = xcalloc(1, sizeof(*m));
    enum err_code rc = load(engine, parts, as_of, m, err);

    if (rc != ERR_OK) {
        view_memory_free(m);
        return rc;
    }
    *out_memory = m;
    return ERR_OK;
}

void view_memory_free(struct view_memory *memory)
{
    if (!memory)
        return;
    view_days_free(memory->days);
    view_people_free(memory->people);
    view_firsts_free(memory->firsts);
    free(memory);
}
