/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was observed, in the manner of OSCAL's assessment results: one observation a practice of
 * which something is known, with a name that the same observation gets again (RFC 9562, version 5:
 * SHA-1 over a name space and the practice, the day and the input). */
#include "report/json_parts.h"

#include "maturity/practice.h"

#include <openssl/evp.h>

enum { HALF_LIVES = 3 }; /* after which evidence is out of date */

/* The name space of Tidemark's observations: version 5 of "tidemark:observation" in that of URLs.
 */
static const unsigned char name_space[16] = {0x5a, 0x0b, 0x7c, 0x9e, 0x35, 0x1d, 0x5f, 0x42,
                                             0x9b, 0x66, 0x0d, 0x1e, 0x7a, 0x44, 0xc1, 0x08};

static const char *uuid_of(struct page *page, const char *name)
{
    unsigned char bytes[1024], d[EVP_MAX_MD_SIZE];
    size_t n = strlen(name);

    n = n < sizeof(bytes) - sizeof(name_space) ? n : sizeof(bytes) - sizeof(name_space);
    memcpy(bytes, name_space, sizeof(name_space));
    memcpy(bytes + sizeof(name_space), name, n);
    if (!EVP_Digest(bytes, sizeof(name_space) + n, d, NULL, EVP_sha1(), NULL)) {
        page->arena.failed = true; /* page_check() reports it */
        return "";
    }
    d[6] = (unsigned char)((d[6] & 0x0F) | 0x50);
    d[8] = (unsigned char)((d[8] & 0x3F) | 0x80);
    return page_printf(page, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                       d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11],
                       d[12], d[13], d[14], d[15]);
}

static int64_t collected_at(const struct practice_result *r)
{
    if (page_class(r) == CLASS_MEASURED || page_class(r) == CLASS_OBSERVED)
        return r->evidence->newest_at;
    return r->evidence->answer.answered_at;
}

static void relevant(struct json_writer *w, const struct practice_result *r)
{
    const struct evidence *e = r->evidence;

    json_key(w, "relevant_evidence");
    json_begin_array(w);
    if (e->measured != CLASS_NONE) {
        json_begin_object(w);
        json_key_stringz(w, "description", e->sources);
        json_key_stringz(w, "fingerprint", e->fingerprint);
        json_end_object(w);
    }
    if (e->answer.kind == ANSWER_LEVEL && e->answer.attested && e->answer.evidence) {
        json_begin_object(w);
        json_key_stringz(w, "description", e->answer.evidence);
        json_key_stringz(w, "fingerprint", NULL);
        json_end_object(w);
    }
    json_end_array(w);
}

static void observation(struct json_writer *w, struct page *page, const struct practice_result *r)
{
    int64_t at = collected_at(r);

    json_begin_object(w);
    json_key_stringz(
        w, "uuid",
        uuid_of(page, page_printf(page, "%s %s %s %" PRId64, page->model->id, r->practice->id,
                                  page->a->evidence->input_hash, at)));
    json_key_stringz(w, "title", page_text(page, &r->practice->title));
    json_methods(w, r);
    json_key(w, "subjects");
    json_begin_array(w);
    json_stringz(w, r->practice->id);
    json_end_array(w);
    json_key_time(w, "collected", at);
    json_key_time(w, "expires",
                  at != TIME_NONE && r->practice->ttl_days
                      ? at + HALF_LIVES * r->practice->ttl_days * US_PER_DAY
                      : TIME_NONE);
    relevant(w, r);
    json_key_stringz(w, "result", json_result_word(r, page->a->target));
    json_end_object(w);
}

void json_observations(struct json_writer *w, struct page *page)
{
    json_key(w, "observations");
    json_begin_array(w);
    for (size_t i = 0; i < page->model->practice_count; i++)
        if (practice_applies(&page->a->practices[i]) && practice_known(&page->a->practices[i]))
            observation(w, page, &page->a->practices[i]);
    json_end_array(w);
}
