/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/past.h"

#include "cmd/language.h"
#include "cmd/workspace.h"

#include <unistd.h>

static enum err_code open_store(const char *workspace, struct store **out_store, struct err *err)
{
    const char *dir = workspace_named(workspace);

    if (!dir) {
        err_set(err, ERR_USAGE, "name the workspace whose past is asked for");
        err_hint(err, "Use --workspace DIR. What is assessed without a workspace is not kept.");
        return ERR_USAGE;
    }
    return workspace_open_store(dir, out_store, err);
}

enum err_code past_open(const char *workspace, const char *model, struct past *out, struct err *err)
{
    *out = (struct past){.arena = ARENA_INIT(HISTORY_BYTES_MAX)};
    TRY(open_store(workspace, &out->store, err));
    TRY(settings_of(out->store, &out->settings, err));
    language_take_settings(&out->settings);
    TRY(locale_open(i18n_current(), &out->locale, err));
    TRY(model_load(model, &out->model, err));
    return store_assessments_list(out->store, &out->arena, &out->entries, &out->count, err);
}

void past_close(struct past *past)
{
    arena_release(&past->arena);
    locale_close(past->locale);
    model_free(past->model);
    store_close(past->store);
    *past = (struct past){0};
}

/* "2026-06-30" to days since 1970; false where it is no day. */
static bool day_of(const char *word, int64_t *out_day)
{
    struct civil c = {0};
    int used = 0;

    if (sscanf(word, "%4d-%2d-%2d%n", &c.year, &c.month, &c.day, &used) != 3 || word[used] ||
        !civil_valid(&c))
        return false;
    *out_day = civil_to_days(c.year, c.month, c.day);
    return true;
}

enum err_code past_find(const struct past *past, const char *word, size_t *out_at, struct err *err)
{
    char *end = NULL;
    int64_t day = 0;
    bool is_day = day_of(word, &day);
    long long id = strtoll(word, &end, 10);

    for (size_t i = past->count; i > 0; i--) {
        const struct assessment_entry *e = &past->entries[i - 1];

        if (is_day ? locale_day(past->locale, e->as_of) == day
                   : (*end == '\0' && end != word && e->id == id)) {
            *out_at = i - 1;
            return ERR_OK;
        }
    }
    err_set(err, ERR_NOT_FOUND, "there is no assessment \"%s\"", word);
    err_hint(err, "\"tidemark history\" lists their numbers and days.");
    return ERR_NOT_FOUND;
}

enum err_code past_judge(const struct past *past, size_t at, const struct model *model,
                         struct judged_again *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(STORE_EVIDENCE_MAX);
    const struct assessment_entry *e = &past->entries[at];
    struct score_history before;
    char name[64];
    enum err_code rc;

    *out = (struct judged_again){0};
    snprintf(name, sizeof(name), "%" PRId64, e->id);
    rc = store_assessment_evidence(past->store, e->id, &text, err);
    if (rc == ERR_OK)
        rc = evidence_read(buf_str(&text), name, model, &out->set, &out->kept, err);
    if (rc == ERR_OK) {
        before.published =
            strcmp(out->kept.scoring_hash, model->scoring_hash) == 0 ? out->kept.published : NULL;
        rc = score(out->set, &before, &out->assessment, err);
    }
    if (rc != ERR_OK)
        err_context(err, "judging assessment %s again", name);
    return rc;
}

void judged_again_release(struct judged_again *j)
{
    assessment_free(j->assessment);
    evidence_set_free(j->set);
    *j = (struct judged_again){0};
}
