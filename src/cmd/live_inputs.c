/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/live_inputs.h"

#include "base/i18n.h"
#include "intake/live/live.h"
#include "report/report.h"

static enum err_code take_tally(void *ctx, const struct journal_tally *tally, struct err *err)
{
    struct live_inputs *live = ctx;

    (void)err;
    for (size_t i = 0; i < live->n; i++)
        if (live->list[i].source.id == tally->source)
            live->list[i].tally = *tally;
    return ERR_OK;
}

/* Those that anything was stored of move to the front. */
static void keep_those_that_sent(struct live_inputs *live)
{
    size_t kept = 0;

    for (size_t i = 0; i < live->n; i++)
        if (live->list[i].tally.stored)
            live->list[kept++] = live->list[i];
    live->n = kept;
}

enum err_code live_inputs_read(struct store *store, struct journal *journal, struct live_inputs *io,
                               struct err *err)
{
    struct source_entry *sources = xcalloc(STORE_SOURCES_MAX, sizeof(*sources));
    enum err_code rc;

    live_inputs_release(io);
    rc = store_sources_list(store, 0, sources, STORE_SOURCES_MAX, &io->n, err);
    io->list = xcalloc(io->n ? io->n : 1, sizeof(*io->list));
    for (size_t i = 0; i < io->n; i++)
        io->list[i].source = sources[i];
    free(sources);
    TRY(rc);
    TRY(journal_tallies(journal, take_tally, io, err));
    keep_those_that_sent(io);
    return ERR_OK;
}

void live_inputs_release(struct live_inputs *live)
{
    free(live->list);
    *live = (struct live_inputs){NULL, 0};
}

void live_inputs_row(const struct live_input *input, struct arena *arena, struct report_input *out)
{
    const struct live_protocol *protocol = live_protocol_find(input->source.protocol);
    const struct journal_tally *tally = &input->tally;

    *out = (struct report_input){.name = arena_strdup(arena, str_of(input->source.name)),
                                 .format = protocol ? _(protocol->title) : "",
                                 .rows = tally->stored + tally->repeated + tally->refused,
                                 .stored = tally->stored,
                                 .merged = tally->repeated,
                                 .rejected = tally->refused,
                                 .newest_at = tally->last_us,
                                 .problem = ""};
}

/* Commas part a list's items. */
static void add_name(struct buf *out, const char *name)
{
    for (; *name; name++)
        buf_addc(out, *name == ',' ? ' ' : *name);
}

static const struct live_input *find(const struct live_inputs *live, struct str item)
{
    char name[32];

    for (size_t i = 0; i < live->n; i++) {
        live_source_name(&live->list[i].source, name);
        if (str_starts(item, "live:") && str_eqz(item, name))
            return &live->list[i];
    }
    return NULL;
}

const char *live_inputs_named(const struct live_inputs *live, const char *list, struct arena *arena)
{
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(8192);

    if (!list || !strstr(list, "live:"))
        return list;
    while (*list) {
        size_t n = strcspn(list, ",");
        struct str item = str_trim((struct str){list, n});
        const struct live_input *input = find(live, item);

        if (out.n)
            buf_addz(&out, ", ");
        if (input)
            add_name(&out, input->source.name);
        else
            buf_adds(&out, item);
        list += n + (list[n] == ',');
    }
    return arena_strdup(arena, buf_str(&out));
}
