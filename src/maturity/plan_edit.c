/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/plan_edit.h"

#include "base/timestamp.h"
#include "base/yaml.h"
#include "base/yaml_edit.h"

static enum err_code set(struct buf *text, const char *key, const char *practice, const char *value,
                         struct err *err)
{
    const char *const path[] = {key, practice};

    return yaml_edit(text, path, TM_COUNT(path), value, err);
}

static enum err_code set_pin(struct buf *text, const char *id, const struct plan_wish *w,
                             struct err *err)
{
    char quarter[16];

    snprintf(quarter, sizeof(quarter), "%d", w->pin + 1);
    return set(text, "pin", id, !w->pinned ? NULL : w->pin == PLAN_FIRST ? "first" : quarter, err);
}

static enum err_code set_begun(struct buf *text, const char *id, const struct plan_wish *w,
                               struct err *err)
{
    char hours[40] = "~";

    if (!isnan(w->left))
        snprintf(hours, sizeof(hours), "%.10g", w->left);
    return set(text, "begun", id, w->begun ? hours : NULL, err);
}

static enum err_code set_owner(struct buf *text, const char *id, const struct plan_wish *w,
                               struct err *err)
{
    struct buf quoted = BUF_INIT(4096);
    enum err_code rc;

    yaml_edit_quote(str_of(w->owner), &quoted);
    rc = set(text, "owner", id, w->owner[0] ? buf_cstr(&quoted) : NULL, err);
    buf_release(&quoted);
    return rc;
}

static enum err_code set_not_before(struct buf *text, const char *id, const struct plan_wish *w,
                                    struct err *err)
{
    struct buf day = BUF_INIT(40);
    enum err_code rc;

    if (w->not_before != PLAN_NO_DAY)
        timestamp_add_date(&day, w->not_before * US_PER_DAY);
    rc = set(text, "not_before", id, day.n ? buf_cstr(&day) : NULL, err);
    buf_release(&day);
    return rc;
}

static enum err_code set_parts(struct buf *text, const char *id, unsigned which,
                               const struct plan_wish *w, struct err *err)
{
    if (which & WISH_PIN)
        TRY(set_pin(text, id, w, err));
    if (which & WISH_FORBID)
        TRY(yaml_edit_list(text, "forbid", id, w->forbidden, err));
    if (which & WISH_BEGUN)
        TRY(set_begun(text, id, w, err));
    if (which & WISH_DONE)
        TRY(yaml_edit_list(text, "done", id, (size_t)w->done, err));
    if (which & WISH_OWNER)
        TRY(set_owner(text, id, w, err));
    if (which & WISH_NOT_BEFORE)
        TRY(set_not_before(text, id, w, err));
    return ERR_OK;
}

static bool same_number(double a, double b)
{
    return isnan(a) ? isnan(b) : fabs(a - b) < 1e-9;
}

/* What was written reads back as what was meant. */
static bool took(const struct plan_wish *is, unsigned which, const struct plan_wish *w)
{
    return (!(which & WISH_PIN) ||
            (is->pinned == w->pinned && (!w->pinned || is->pin == w->pin))) &&
           (!(which & WISH_FORBID) || is->forbidden == w->forbidden) &&
           (!(which & WISH_BEGUN) ||
            (is->begun == w->begun && (!w->begun || same_number(is->left, w->left)))) &&
           (!(which & WISH_DONE) || is->done == w->done) &&
           (!(which & WISH_OWNER) || strcmp(is->owner, w->owner) == 0) &&
           (!(which & WISH_NOT_BEFORE) || is->not_before == w->not_before);
}

/* The new text in place of the old one, once it is known to be sound. */
static enum err_code take(struct buf *text, struct buf *changed, struct err *err)
{
    buf_reset(text);
    buf_adds(text, buf_str(changed));
    return buf_check(text, err);
}

static enum err_code by_hand(const char *name, struct err *err)
{
    err_set(err, ERR_INVALID, "%s is written in a way that cannot be changed here", name);
    err_hint(err, "Change it in an editor.");
    return ERR_INVALID;
}

enum err_code plan_edit_wish(struct buf *text, const char *name, const struct model *model,
                             size_t practice, unsigned which, const struct plan_wish *wish,
                             struct err *err)
{
    TM_CLEANUP(buf_release) struct buf changed = BUF_INIT(YAML_FILE_MAX);
    TM_CLEANUP(plan_freep) struct plan *plan = NULL;

    buf_adds(&changed, buf_str(text));
    TRY(set_parts(&changed, model->practices[practice].id, which, wish, err));
    TRY(plan_parse(buf_str(&changed), name, model, &plan, err));
    if (!took(&plan->wishes[practice], which, wish))
        return by_hand(name, err);
    return take(text, &changed, err);
}

enum err_code plan_edit_value(struct buf *text, const char *name, const struct model *model,
                              const char *const *path, size_t depth, const char *value,
                              struct err *err)
{
    TM_CLEANUP(buf_release) struct buf changed = BUF_INIT(YAML_FILE_MAX);
    TM_CLEANUP(plan_freep) struct plan *plan = NULL;

    buf_adds(&changed, buf_str(text));
    TRY(yaml_edit(&changed, path, depth, value, err));
    TRY(plan_parse(buf_str(&changed), name, model, &plan, err));
    return take(text, &changed, err);
}
