/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/mark.h"

#include "maturity/basis.h"
#include "store/marks.h"

enum { PART_MAX = 64 << 20, PARTS_MAX = 32 };

typedef enum err_code write_report(const struct assessment *a, const struct report_options *options,
                                   struct buf *out, struct err *err);

/* `each`: one a language, "report.en.html". */
static const struct {
    const char *name, *ending;
    bool each;
    write_report *report;
} kinds[] = {
    {"assessment", "json", false, report_json}, {"report", "html", true, report_html},
    {"report", "pdf", true, report_pdf},        {"report", "xlsx", true, report_xlsx},
    {"report", "csv", true, report_csv},
};

struct parts {
    const struct assessed *done;
    const struct outlook *outlook;
    struct mark_part list[PARTS_MAX];
    char names[PARTS_MAX][40];
    struct buf texts[PARTS_MAX];
    size_t n;
};

static enum err_code add_part(struct parts *parts, size_t kind, struct err *err)
{
    const struct report_options how = outlook_report(parts->done, parts->outlook);
    struct buf *text = &parts->texts[parts->n];
    char *name = parts->names[parts->n];

    assert(parts->n < PARTS_MAX);
    *text = BUF_INIT(PART_MAX);
    snprintf(name, sizeof(parts->names[0]), "%s%s%s.%s", kinds[kind].name,
             kinds[kind].each ? "." : "", kinds[kind].each ? language_codes[how.language] : "",
             kinds[kind].ending);
    parts->n++;
    TRY(kinds[kind].report(parts->done->assessment, &how, text, err));
    TRY(buf_check(text, err));
    parts->list[parts->n - 1] = (struct mark_part){name, buf_str(text)};
    return ERR_OK;
}

static enum err_code add_all(struct parts *parts, struct err *err)
{
    enum language now = i18n_current();
    enum err_code rc = ERR_OK;

    for (size_t kind = 0; kind < TM_COUNT(kinds) && rc == ERR_OK; kind++) {
        if (!kinds[kind].each)
            rc = add_part(parts, kind, err);
        for (size_t l = 0; l < LANG_COUNT && kinds[kind].each && rc == ERR_OK; l++) {
            i18n_use((enum language)l);
            rc = add_part(parts, kind, err);
        }
        i18n_use(now);
    }
    return rc;
}

/* Answers and settings may be others by now than when a served shop's assessment began. */
static enum err_code add_rests_on(struct parts *parts, const struct store *store, struct err *err)
{
    char digest[DIGEST_HEX];
    struct buf *text = &parts->texts[parts->n];

    snprintf(digest, sizeof(digest), "%s", parts->done->rests_on);
    if (!digest[0])
        TRY(store_mark_rests_on(store, digest, err));
    assert(parts->n < PARTS_MAX);
    *text = BUF_INIT(DIGEST_HEX);
    buf_addz(text, digest);
    parts->list[parts->n++] = (struct mark_part){MARK_RESTS_ON, buf_str(text)};
    return buf_check(text, err);
}

/* What the road map, "what if" and the order of questions are worked out from, when asked for. */
static enum err_code keep_basis(struct store *store, const struct assessed *done,
                                const struct outlook *outlook, struct err *err)
{
    const struct basis_parts parts = {.assessment_id = done->kept_id,
                                      .economics = &done->economics,
                                      .sensitivity = outlook->sensitivity,
                                      .margin = done->settings.margin,
                                      .shop = done->facts.shop};
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(BASIS_BYTES_MAX);

    TRY(basis_write(&parts, done->model, &text, err));
    return store_put(store, "basis", buf_str(&text), err);
}

enum err_code mark_keep(struct store *store, const struct assess_wish *wish,
                        const struct assessed *done, const struct outlook *outlook, struct err *err)
{
    struct parts parts = {.done = done, .outlook = outlook};
    bool asked_for = wish->as_of != TIME_NONE || wish->as_of_day;
    int64_t before;
    enum err_code rc;

    TRY(store_mark_as_of(store, &before, err));
    if (asked_for && before > done->resolved.as_of)
        return ERR_OK;
    rc = add_all(&parts, err);
    if (rc == ERR_OK)
        rc = add_rests_on(&parts, store, err);
    if (rc == ERR_OK)
        rc = store_mark_put(store, done->resolved.as_of, parts.list, parts.n, err);
    if (rc == ERR_OK)
        rc = keep_basis(store, done, outlook, err);
    for (size_t i = 0; i < parts.n; i++)
        buf_release(&parts.texts[i]);
    return rc;
}
