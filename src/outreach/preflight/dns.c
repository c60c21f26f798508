/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dns.c - what the name servers say. */
#include "outreach/preflight/preflight.h"

#include "base/timestamp.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>

enum { ANSWER_MAX = 64 << 10 };

void dns_texts_release(struct dns_texts *texts)
{
    buf_release(&texts->bytes);
    texts->n = 0;
}

/* A record is pieces of up to 255 bytes, each with its length before it; glued together. */
static bool add_record(struct dns_texts *out, const unsigned char *p, size_t n, size_t *out_length)
{
    size_t before = out->bytes.n;

    for (size_t at = 0; at < n;) {
        size_t piece = p[at++];

        if (piece > n - at || out->bytes.n - before + piece > PREFLIGHT_RECORD_MAX)
            return false;
        buf_add(&out->bytes, p + at, piece);
        at += piece;
    }
    *out_length = out->bytes.n - before;
    return !out->bytes.failed;
}

/* Views are set when the bytes move no more. */
static void set_views(struct dns_texts *out, const size_t *lengths)
{
    size_t at = 0;

    for (size_t i = 0; i < out->n; i++) {
        out->texts[i] = (struct str){out->bytes.p ? out->bytes.p + at : "", lengths[i]};
        at += lengths[i];
    }
}

enum dns_state dns_texts_read(const unsigned char *answer, size_t n, struct dns_texts *out)
{
    size_t lengths[PREFLIGHT_RECORDS];
    ns_msg message;
    ns_rr record;

    if (n > ANSWER_MAX || ns_initparse(answer, (int)n, &message) != 0)
        return DNS_FAILED;
    for (int i = 0; i < ns_msg_count(message, ns_s_an) && out->n < PREFLIGHT_RECORDS; i++) {
        if (ns_parserr(&message, ns_s_an, i, &record) != 0)
            return DNS_FAILED;
        if (ns_rr_type(record) != ns_t_txt)
            continue;
        if (!add_record(out, ns_rr_rdata(record), ns_rr_rdlen(record), &lengths[out->n]))
            return DNS_FAILED;
        out->n++;
    }
    set_views(out, lengths);
    return out->n ? DNS_FOUND : DNS_NONE;
}

enum { PATIENCE = 2 };

static bool is_reserved(const char *name)
{
    static const char *const ends[] = {"test", "example", "invalid", "localhost"};
    const char *dot = strrchr(name, '.'), *last = dot ? dot + 1 : name;

    for (size_t i = 0; i < TM_COUNT(ends); i++)
        if (strcasecmp(last, ends[i]) == 0)
            return true;
    return false;
}

static bool may_ask(const struct preflight_patience *patience, const char *name)
{
    return patience->failures < PATIENCE && !is_reserved(name) &&
           (!patience->until_us || timestamp_now() < patience->until_us);
}

/* Any thread: a state of its own for each question. */
static int ask(struct preflight_patience *patience, const char *name, int type,
               unsigned char *answer, int size, enum dns_state *out)
{
    struct __res_state state = {0};
    int n = -1;

    *out = DNS_FAILED;
    if (!may_ask(patience, name) || res_ninit(&state) != 0)
        return -1;
    state.retrans = patience->until_us ? 1 : 3;
    state.retry = 2;
    n = res_nquery(&state, name, ns_c_in, type, answer, size);
    if (n >= 0)
        *out = DNS_FOUND;
    else if (state.res_h_errno == HOST_NOT_FOUND || state.res_h_errno == NO_DATA)
        *out = DNS_NONE;
    res_nclose(&state);
    patience->failures += *out == DNS_FAILED;
    return n > size ? size : n;
}

static enum dns_state texts(void *ctx, const char *name, struct dns_texts *out)
{
    unsigned char *answer = xmalloc(ANSWER_MAX);
    enum dns_state state;
    int n = ask(ctx, name, ns_t_txt, answer, ANSWER_MAX, &state);

    if (state == DNS_FOUND)
        state = dns_texts_read(answer, (size_t)n, out);
    free(answer);
    return state;
}

static enum dns_state exists(void *ctx, const char *name, bool mail)
{
    static const int kinds[2][2] = {{ns_t_a, ns_t_aaaa}, {ns_t_mx, ns_t_mx}};
    unsigned char *answer = xmalloc(ANSWER_MAX);
    enum dns_state state = DNS_NONE;

    for (int i = 0; i < 2 && state == DNS_NONE; i++)
        ask(ctx, name, kinds[mail][i], answer, ANSWER_MAX, &state);
    free(answer);
    return state;
}

struct preflight_dns preflight_system_dns(struct preflight_patience *patience)
{
    return (struct preflight_dns){.texts = texts, .exists = exists, .ctx = patience};
}
