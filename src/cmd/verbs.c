/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/verbs.h"

#include "base/nearest.h"
#include "cmd/cmd.h"

enum { LIST_MAX = 1000 };

static const char *name_at(const char *const *first, size_t stride, size_t i)
{
    return *(const char *const *)((const char *)first + i * stride);
}

/* "check, set, list" */
static void add_names(struct buf *out, const char *const *first, size_t stride, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_addf(out, "%s%s", i ? ", " : "", name_at(first, stride, i));
}

enum err_code verb_find(const char *const *first, size_t stride, size_t n,
                        const struct options *options, size_t *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf list = BUF_INIT(LIST_MAX);
    const char *given = options->operand_count ? options->operands[0] : "";
    struct nearest near = nearest_to(str_of(given));

    for (*out = 0; *out < n; ++*out) {
        if (strcmp(given, name_at(first, stride, *out)) == 0)
            return ERR_OK;
        nearest_consider(&near, name_at(first, stride, *out));
    }
    add_names(&list, first, stride, n);
    err_set(err, ERR_USAGE, "say what to do: %s", buf_cstr(&list));
    if (near.best)
        err_hint(err, "Did you mean \"%s\"?", near.best);
    return ERR_USAGE;
}

const char *verb_operand(const struct options *options)
{
    return options->operand_count > 1 ? options->operands[1] : NULL;
}

void faults_tell(const struct yaml_faults *faults, struct err *err)
{
    for (size_t i = 0; i + 1 < faults->n; i++)
        fprintf(stderr, "%s\n", faults->items[i].msg);
    if (faults->n)
        *err = faults->items[faults->n - 1];
}

void named_print(struct buf *out, const char *name, const char *state, const char *about)
{
    buf_addf(out, "%s%s", cmd_line_start(), name);
    if (*state)
        buf_addf(out, " (%s)", state);
    buf_addc(out, '\n');
    if (*about)
        buf_addf(out, "  %s\n", about);
}

void named_members(struct json_writer *w, const struct named *named)
{
    json_key_int(w, "id", named->id);
    json_key_stringz(w, "name", named->name);
    json_key_stringz(w, "about", named->about);
    json_key_stringz(w, "actor", named->actor);
    json_key_time(w, "made_at", named->made_us);
    json_key_time(w, "changed_at", named->changed_us);
}

void starter_print(struct buf *out, const char *code, const char *name, const char *about)
{
    buf_addf(out, "%s%s: %s\n  %s\n", cmd_line_start(), code, name, about);
}

void starter_json(struct json_writer *w, const char *code, const char *name, const char *about)
{
    json_begin_object(w);
    json_key_stringz(w, "code", code);
    json_key_stringz(w, "name", name);
    json_key_stringz(w, "about", about);
    json_end_object(w);
}
