/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The ledger's entries of a person, and what stands against writing to them (export.h). */
#include "privacy/export_parts.h"

#include "intake/consents.h"

struct told {
    struct exporting *x;
    struct buf *csv;
    const struct person_id *id; /* whose suppressions come now */
};

static const char entry_columns[] = "number,who,channel,purpose,state,at,noted_at,source,import,"
                                    "line,wording,method,proof,page,ip,agent,"
                                    "complaint\r\n";
static const char suppression_columns[] =
    "who,channel,reason,stands,since,subscribed_again_at,source\r\n";

static void add_time(struct buf *csv, int64_t at_us)
{
    if (at_us != TIME_NONE)
        timestamp_add_iso(csv, at_us);
    buf_addc(csv, ',');
}

static void add_text(struct buf *csv, struct str text)
{
    buf_add_csv(csv, text);
    buf_addc(csv, ',');
}

static enum err_code tell_entry(void *ctx, const struct consent_entry *entry, struct err *err)
{
    struct told *t = ctx;
    const struct consent_fact *f = &entry->fact;
    const struct str words[] = {f->wording, f->method, f->proof, f->page, f->ip, f->agent};

    consent_entry_json(entry, &t->x->w);
    buf_addf(t->csv, "%" PRId64 ",", entry->seq);
    add_text(t->csv, f->address);
    add_text(t->csv, f->channel);
    add_text(t->csv, f->purpose);
    buf_addf(t->csv, "%s,", consent_state_name(f->state));
    add_time(t->csv, f->when_us);
    add_time(t->csv, entry->noted_us);
    add_text(t->csv, f->source);
    buf_addf(t->csv, "%" PRId64 ",%" PRId64 ",", f->import_id, f->line);
    for (size_t i = 0; i < TM_COUNT(words); i++)
        add_text(t->csv, words[i]);
    buf_addf(t->csv, "%s\r\n", f->complained ? "yes" : "no");
    return buf_check(t->csv, err);
}

static enum err_code tell_suppression(void *ctx, const struct suppression *s, struct err *err)
{
    struct told *t = ctx;
    struct json_writer *w = &t->x->w;

    json_begin_object(w);
    json_key_string(w, "who", t->id->value);
    json_key(w, "suppression");
    suppression_json(s, w);
    json_end_object(w);
    add_text(t->csv, t->id->value);
    buf_addf(t->csv, "%s,%s,%s,", s->channel, suppression_reason_name(s->reason),
             s->stands ? "yes" : "no");
    add_time(t->csv, s->since_us);
    add_time(t->csv, s->resubscribed_us);
    buf_add_csv(t->csv, str_of(s->source));
    buf_addz(t->csv, "\r\n");
    return buf_check(t->csv, err);
}

/* Of each identifier that is the person's own. */
static enum err_code each_own(struct told *t, struct consents *ledger, bool suppressions,
                              struct err *err)
{
    const struct who *who = t->x->who;

    for (size_t i = 0; i < who->n; i++) {
        struct erasure_id hash;

        t->id = &who->ids[i];
        if (t->id->other || t->id->kind == PERSONAL_ORDER ||
            !erasure_hash(consents_keys(ledger), (const unsigned char[16]){0}, t->id->kind,
                          t->id->source, t->id->value, &hash))
            continue;
        if (suppressions)
            TRY(suppression_of(ledger, &hash.hash, tell_suppression, t, err));
        else
            TRY(consents_of(ledger, &hash.hash, tell_entry, t, err));
    }
    return ERR_OK;
}

static enum err_code add_list(struct exporting *x, struct consents *ledger, const char *list,
                              const char *columns, bool suppressions, struct err *err)
{
    struct told t = {.x = x, .csv = export_csv(x, list)};

    buf_addz(t.csv, columns);
    json_key(&x->w, list);
    json_begin_array(&x->w);
    if (ledger)
        TRY(each_own(&t, ledger, suppressions, err));
    json_end_array(&x->w);
    return ERR_OK;
}

enum err_code export_consent(struct exporting *x, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;

    TRY(consents_open_kept(x->ctx->store, &ledger, err));
    TRY(add_list(x, ledger, "consent_ledger", entry_columns, false, err));
    return add_list(x, ledger, "suppressions", suppression_columns, true, err);
}
