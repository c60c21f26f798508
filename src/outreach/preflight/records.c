/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/preflight/records.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sodium.h>

/* ---- SPF (RFC 7208) ----------------------------------------------------------------------- */

static bool is_spf(struct str text)
{
    return str_ieqz((struct str){text.p, text.n < 6 ? text.n : 6}, "v=spf1") &&
           (text.n == 6 || text.p[6] == ' ');
}

/* The next word of a record; its end is an empty one. */
static struct str next_word(struct str *io)
{
    struct str word;
    size_t n = 0;

    *io = str_trim(*io);
    while (n < io->n && io->p[n] != ' ')
        n++;
    word = (struct str){io->p, n};
    io->p += n;
    io->n -= n;
    return word;
}

/* "include:shop.example" by its name, which it begins with; STR_NONE of a domain that is the
 * record's own. */
static bool takes(struct str word, const char *name, struct str *out_domain)
{
    size_t n = strlen(name);

    if (word.n < n || !str_ieqz((struct str){word.p, n}, name))
        return false;
    word = (struct str){word.p + n, word.n - n};
    if (word.n && !strchr(":=/", *word.p))
        return false;
    *out_domain = word;
    return true;
}

struct spf_walk {
    const struct preflight_dns *dns;
    struct spf_seen *seen;
    int depth;
};

static void walk(struct spf_walk *w, const char *domain);

static bool name_of(struct str domain, const char *own, char out[PREFLIGHT_NAME_MAX])
{
    size_t n;

    if (domain.n && (*domain.p == ':' || *domain.p == '=')) {
        domain.p++;
        domain.n--;
    } else {
        snprintf(out, PREFLIGHT_NAME_MAX, "%s", own);
        return true;
    }
    for (n = 0; n < domain.n && domain.p[n] != '/'; n++)
        if ((unsigned char)domain.p[n] <= ' ' || (unsigned char)domain.p[n] >= 0x7f)
            return false;
    if (!n || n >= PREFLIGHT_NAME_MAX)
        return false;
    snprintf(out, PREFLIGHT_NAME_MAX, "%.*s", (int)n, domain.p);
    return true;
}

/* A name with macros depends on the message: it cannot be looked up here. */
static bool is_macro(const char *name)
{
    return strchr(name, '%') != NULL;
}

static void note_state(struct spf_walk *w, enum dns_state state)
{
    w->seen->failed = w->seen->failed || state == DNS_FAILED;
    w->seen->voids += state == DNS_NONE;
}

static void lookup(struct spf_walk *w, struct str domain, const char *own, bool mail)
{
    char name[PREFLIGHT_NAME_MAX];

    w->seen->lookups++;
    if (!name_of(domain, own, name)) {
        w->seen->broken = true;
        return;
    }
    if (!is_macro(name))
        note_state(w, w->dns->exists(w->dns->ctx, name, mail));
}

static void deeper(struct spf_walk *w, struct str domain)
{
    char name[PREFLIGHT_NAME_MAX];

    w->seen->lookups++;
    if (!domain.n || !name_of(domain, "", name) || w->depth >= SPF_DEPTH_MAX) {
        w->seen->broken = true;
        return;
    }
    if (is_macro(name) || w->seen->lookups > SPF_LOOKUPS_MAX)
        return;
    w->depth++;
    walk(w, name);
    w->depth--;
}

static bool is_mechanism(struct spf_walk *w, struct str word, char sign, const char *own)
{
    struct str domain;

    if (takes(word, "all", &domain)) {
        if (w->depth == 0)
            w->seen->all = sign;
        return !domain.n;
    }
    w->seen->named += sign == '+';
    if (takes(word, "ip4", &domain) || takes(word, "ip6", &domain))
        return domain.n > 1;
    if (takes(word, "include", &domain)) {
        deeper(w, domain);
        return true;
    }
    if (takes(word, "a", &domain) || takes(word, "ptr", &domain) ||
        takes(word, "exists", &domain)) {
        lookup(w, domain, own, false);
        return true;
    }
    if (takes(word, "mx", &domain)) {
        lookup(w, domain, own, true);
        return true;
    }
    return false;
}

static void read_word(struct spf_walk *w, struct str word, const char *own, struct str *redirect)
{
    char sign = '+';

    if (memchr(word.p, '=', word.n)) { /* a modifier; those that are not known mean nothing */
        takes(word, "redirect", redirect);
        return;
    }
    if (strchr("+-~?", *word.p)) {
        sign = *word.p;
        word.p++;
        word.n--;
    }
    if (!word.n || !is_mechanism(w, word, sign, own))
        w->seen->broken = true;
}

static void read_record(struct spf_walk *w, struct str text, const char *own)
{
    struct str redirect = STR_NONE, word;

    next_word(&text);
    while ((word = next_word(&text)).n)
        read_word(w, word, own, &redirect);
    if (redirect.n && (w->depth || !w->seen->all)) {
        w->depth--; /* it stands in place of this one: its "all" counts */
        deeper(w, redirect);
        w->depth++;
    }
}

static void walk(struct spf_walk *w, const char *domain)
{
    struct dns_texts texts = {.bytes = BUF_INIT(PREFLIGHT_RECORDS * PREFLIGHT_RECORD_MAX)};
    enum dns_state state = w->dns->texts(w->dns->ctx, domain, &texts);
    int found = 0;
    struct str record = STR_NONE;

    if (state == DNS_FAILED)
        w->seen->failed = true;
    for (size_t i = 0; state == DNS_FOUND && i < texts.n; i++)
        if (is_spf(texts.texts[i]) && ++found)
            record = texts.texts[i];
    if (w->depth <= 0 && !w->seen->records)
        w->seen->records = found;
    else if (found != 1 && state != DNS_FAILED)
        w->seen->broken = true; /* an included one has to be there, once */
    if (found == 1)
        read_record(w, record, domain);
    dns_texts_release(&texts);
}

void spf_walk(const char *domain, const struct preflight_dns *dns, struct spf_seen *out)
{
    struct spf_walk w = {.dns = dns, .seen = out};

    *out = (struct spf_seen){0};
    walk(&w, domain);
    out->nobody = out->records == 1 && out->all == '-' && !out->named && !out->lookups;
}

/* ---- tags of DKIM and DMARC --------------------------------------------------------------- */

/* "p=none" of "v=DMARC1; p=none"; false at the end. */
static bool next_tag(struct str *io, struct str *out_name, struct str *out_value)
{
    size_t n = 0, equals;
    struct str tag;

    do {
        if (!io->n)
            return false;
        for (n = 0; n < io->n && io->p[n] != ';'; n++)
            ;
        tag = str_trim((struct str){io->p, n});
        n += n < io->n;
        io->p += n;
        io->n -= n;
    } while (!tag.n);
    for (equals = 0; equals < tag.n && tag.p[equals] != '='; equals++)
        ;
    *out_name = str_trim((struct str){tag.p, equals});
    *out_value =
        equals < tag.n ? str_trim((struct str){tag.p + equals + 1, tag.n - equals - 1}) : STR_NONE;
    return true;
}

/* ---- DKIM (RFC 6376, 3.6.1) --------------------------------------------------------------- */

/* RSA keys are published in DER with their kind, those of Ed25519 bare (RFC 8463, 4.2). */
static void measure(struct dkim_seen *out)
{
    unsigned char key[2048];
    const unsigned char *at = key;
    EVP_PKEY *read;
    size_t n = 0;

    if (sodium_base642bin(key, sizeof(key), out->key.p, out->key.n, " \t", &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        out->broken = true;
        return;
    }
    read = out->rsa ? d2i_PUBKEY(NULL, &at, (long)n) : NULL;
    out->bits = read && EVP_PKEY_base_id(read) == EVP_PKEY_RSA ? EVP_PKEY_bits(read) : 0;
    out->broken = out->broken || (out->rsa ? !out->bits : n != 32);
    EVP_PKEY_free(read);
}

void dkim_read(struct str text, struct dkim_seen *out)
{
    struct str name, value;
    bool key = false;

    *out = (struct dkim_seen){.rsa = true};
    while (next_tag(&text, &name, &value)) {
        if (str_eqz(name, "v") && !str_eqz(value, "DKIM1"))
            out->broken = true;
        if (str_eqz(name, "k")) {
            out->rsa = str_eqz(value, "rsa");
            out->broken = out->broken || (!out->rsa && !str_eqz(value, "ed25519"));
        }
        if (str_eqz(name, "t"))
            out->testing = memchr(value.p, 'y', value.n) != NULL;
        if (str_eqz(name, "p")) {
            key = true;
            out->key = value;
        }
    }
    out->revoked = key && !out->key.n;
    out->broken = out->broken || !key;
    if (out->key.n)
        measure(out);
}

/* ---- DMARC (RFC 7489, 6.3; DMARCbis, 4.7) ------------------------------------------------- */

bool dmarc_is(struct str text)
{
    struct str name, value;

    return next_tag(&text, &name, &value) && str_eqz(name, "v") && str_eqz(value, "DMARC1");
}

static bool policy_of(struct str word, enum dmarc_policy *out)
{
    static const char *const words[] = {"none", "quarantine", "reject"};

    for (size_t i = 0; i < TM_COUNT(words); i++)
        if (str_ieqz(word, words[i])) {
            *out = (enum dmarc_policy)i;
            return true;
        }
    return false;
}

void dmarc_read(struct str text, struct dmarc_seen *out)
{
    struct str name, value;
    bool policy = false, reports = false, wrong = false;

    *out = (struct dmarc_seen){.policy = DMARC_NONE};
    while (next_tag(&text, &name, &value)) {
        if (str_ieqz(name, "p")) {
            policy = policy_of(value, &out->policy);
            wrong = !policy;
        }
        reports = reports || str_ieqz(name, "rua");
        if (str_ieqz(name, "adkim"))
            out->strict_dkim = str_ieqz(value, "s");
        if (str_ieqz(name, "aspf"))
            out->strict_spf = str_ieqz(value, "s");
        if (str_ieqz(name, "psd")) {
            out->public_suffix = str_ieqz(value, "y");
            out->no_suffix = str_ieqz(value, "n");
        }
    }
    /* One that asks for reports is read as "none" (RFC 7489, 6.6.3). */
    out->broken = (wrong || !policy) && !reports;
}
