/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/basis.h"

#include "insight/economics_io.h"

static const char format_name[] = "tidemark-basis-1";

static void write_sensitivity(const struct sensitivity *s, const struct model *model,
                              struct json_writer *w)
{
    json_begin_object(w);
    json_key_int(w, "target", s->target);
    json_key_bool(w, "doubt", s->doubt);
    json_key_double(w, "stage_bits", s->stage_bits);
    json_key(w, "practices");
    json_begin_object(w);
    for (size_t i = 0; i < model->practice_count; i++) {
        const struct practice_sensitivity *p = &s->practices[i];

        json_key(w, model->practices[i].id);
        json_begin_object(w);
        json_key_double(w, "birnbaum", p->birnbaum);
        json_key_double(w, "bits", p->information_bits);
        json_key_double(w, "share", p->information_share);
        json_key_double(w, "worth", p->information_worth);
        json_end_object(w);
    }
    json_end_object(w);
    json_end_object(w);
}

enum err_code basis_write(const struct basis_parts *parts, const struct model *model,
                          struct buf *out, struct err *err)
{
    struct json_writer w = JSON_WRITER(out);

    json_begin_object(&w);
    json_key_stringz(&w, "format", format_name);
    json_key_int(&w, "assessment", parts->assessment_id);
    json_key_stringz(&w, "scoring_hash", model->scoring_hash);
    json_key_stringz(&w, "shop", parts->shop);
    json_key_double(&w, "margin", parts->margin);
    json_key(&w, "economics");
    economics_write(parts->economics, &w);
    if (parts->sensitivity) {
        json_key(&w, "sensitivity");
        write_sensitivity(parts->sensitivity, model, &w);
    }
    json_end_object(&w);
    return buf_check(out, err);
}

/* Importance is of one scoring only: under another one nothing is known of it. */
static void read_sensitivity(struct json_value v, const struct model *model, struct basis *b)
{
    struct json_value practices = json_get(v, "practices");
    struct sensitivity *s = arena_alloc(&b->arena, sizeof(*s));
    struct practice_sensitivity *all =
        arena_alloc(&b->arena, (model->practice_count + 1) * sizeof(*all));

    if (!s || !all || json_type_of(practices) != JSON_OBJECT)
        return;
    s->target = (int)json_integer(json_get(v, "target"), 0);
    s->doubt = json_boolean(json_get(v, "doubt"), false);
    s->stage_bits = json_real(json_get(v, "stage_bits"), 0);
    s->practices = all;
    for (size_t i = 0; i < model->practice_count; i++) {
        struct json_value p = json_get(practices, model->practices[i].id);

        all[i].birnbaum = json_real(json_get(p, "birnbaum"), 0);
        all[i].birnbaum_given = (double)NAN;
        all[i].information_bits = json_real(json_get(p, "bits"), 0);
        all[i].information_share = json_real(json_get(p, "share"), 0);
        all[i].information_worth = json_real(json_get(p, "worth"), (double)NAN);
    }
    b->sensitivity = s;
}

static enum err_code read_kept(struct str text, const struct model *model, struct basis *b,
                               struct err *err)
{
    struct json_parser *parser;
    struct json_value root;
    enum err_code rc;

    b->economics = economics_none();
    b->margin = (double)NAN;
    if (!text.n)
        return ERR_OK;
    parser = json_parser_new(BASIS_BYTES_MAX);
    rc = json_parse(parser, text, &root, err);
    if (rc == ERR_OK && str_eqz(json_text(json_get(root, "format"), STR_NONE), format_name)) {
        struct str shop = json_text(json_get(root, "shop"), STR_NONE);

        snprintf(b->shop, sizeof(b->shop), "%.*s", (int)(shop.n < 255 ? shop.n : 255),
                 shop.p ? shop.p : "");
        b->assessment_id = json_integer(json_get(root, "assessment"), 0);
        b->margin = json_real(json_get(root, "margin"), (double)NAN);
        b->economics = economics_read(json_get(root, "economics"));
        if (str_eqz(json_text(json_get(root, "scoring_hash"), STR_NONE), model->scoring_hash))
            read_sensitivity(json_get(root, "sensitivity"), model, b);
    }
    json_parser_free(parser);
    return rc == ERR_OK ? arena_check(&b->arena, err) : rc;
}

static enum err_code judge(const struct model *model, struct basis *b, struct err *err)
{
    const struct score_history history = {
        .published =
            strcmp(b->kept.scoring_hash, model->scoring_hash) == 0 ? b->kept.published : NULL};
    const struct money_wish wish = {.margin = b->margin};
    bool any = false;

    TRY(score(b->set, &history, &b->assessment, err));
    TRY(money(b->assessment, &b->economics, &wish, &b->money, err));
    for (size_t i = 0; i < b->money->lever_count; i++)
        any = any || b->money->levers[i].known;
    if (!any)
        money_freep(&b->money);
    return ERR_OK;
}

enum err_code basis_read(struct str kept, struct str evidence, const struct model *model,
                         struct basis **out_basis, struct err *err)
{
    TM_CLEANUP(basis_freep) struct basis *b = xcalloc(1, sizeof(*b));

    b->arena = ARENA_INIT(BASIS_BYTES_MAX);
    b->priors = arena_alloc(&b->arena, (model->practice_count + 1) * sizeof(*b->priors));
    TRY(arena_check(&b->arena, err));
    TRY(read_kept(kept, model, b, err));
    TRY(evidence_read(evidence, "evidence", model, &b->set, &b->kept, err));
    TRY(judge(model, b, err));
    *out_basis = b;
    b = NULL;
    return ERR_OK;
}

void basis_free(struct basis *basis)
{
    if (!basis)
        return;
    money_free(basis->money);
    assessment_free(basis->assessment);
    evidence_set_free(basis->set);
    arena_release(&basis->arena);
    free(basis);
}

void basis_freep(struct basis **basis)
{
    basis_free(*basis);
}
