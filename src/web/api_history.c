/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_history.c - marks over time, as a chart of the trend needs them. */
#include "maturity/history.h"
#include "web/request.h"

static void show_dimension(const struct kept_dimension *d, struct json_writer *w)
{
    json_begin_object(w);
    json_key_stringz(w, "id", d->id);
    json_key_double(w, "value", d->value);
    json_key_double(w, "low", d->low);
    json_key_double(w, "high", d->high);
    json_end_object(w);
}

static void show_point(const struct assessment_entry *e, struct json_writer *w)
{
    json_begin_object(w);
    json_key_int(w, "id", e->id);
    json_key_time(w, "as_of", e->as_of);
    json_key_time(w, "made_at", e->made_us);
    json_key_stringz(w, "model", e->model);
    json_key_stringz(w, "model_version", e->model_version);
    json_key_int(w, "stage", e->stage_best);
    json_key_int(w, "confirmed", e->stage_confirmed);
    json_key(w, "probabilities");
    json_begin_array(w);
    for (int s = 0; s < 4; s++)
        json_double(w, e->stage_p[s]);
    json_end_array(w);
    json_key_double(w, "index", e->index);
    json_key_double(w, "index_low", e->index_low);
    json_key_double(w, "index_high", e->index_high);
    json_key_double(w, "coverage", e->coverage);
    json_key(w, "dimensions");
    json_begin_array(w);
    for (size_t i = 0; i < e->dimension_count; i++)
        show_dimension(&e->dimensions[i], w);
    json_end_array(w);
    json_key_stringz(w, "result_hash", e->result_hash);
    json_end_object(w);
}

/* Those from `from` to the end: the newest `limit` before the one that the page before began with.
 * That one may be gone: then there is no page. */
static size_t find_page(const struct assessment_entry *entries, size_t n, int64_t cursor,
                        size_t limit, size_t *out_end)
{
    size_t end = n;

    if (cursor) {
        end = 0;
        while (end < n && entries[end].id != cursor)
            end++;
        end = end == n ? 0 : end;
    }
    *out_end = end;
    return end > limit ? end - limit : 0;
}

enum err_code do_history(struct web *web, struct request *q, struct err *err)
{
    struct arena arena = ARENA_INIT(HISTORY_BYTES_MAX);
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t limit = request_number(q, "limit", STORE_ASSESSMENTS_LISTED);
    struct assessment_entry *entries = NULL;
    size_t n = 0, from, end;
    char cursor[32];
    enum err_code rc = store_assessments_list(web->store, &arena, &entries, &n, err);

    from =
        find_page(entries, n, request_number(q, "cursor", 0), limit < 1 ? 1 : (size_t)limit, &end);
    json_begin_object(&w);
    json_key(&w, "assessments");
    json_begin_array(&w);
    for (size_t i = from; rc == ERR_OK && i < end; i++)
        show_point(&entries[i], &w);
    json_end_array(&w);
    snprintf(cursor, sizeof(cursor), "%" PRId64, from ? entries[from].id : 0);
    json_key_stringz(&w, "next_cursor", from ? cursor : NULL);
    json_end_object(&w);
    arena_release(&arena);
    return rc;
}
