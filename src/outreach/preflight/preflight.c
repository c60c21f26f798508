/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/preflight/preflight.h"

#include "base/i18n.h"
#include "outreach/preflight/records.h"

enum { LABELS_MOST = 8 };

static void set(struct preflight_finding *f, enum preflight_verdict verdict, const char *what,
                const char *hint)
{
    f->verdict = verdict;
    f->what = what;
    f->hint = hint;
}

static const char no_answer[] = N_("the name servers did not answer");
static const char try_later[] = N_("try again later");

/* ---- SPF ---------------------------------------------------------------------------------- */

static void judge_spf(const char *domain, const struct preflight_dns *dns,
                      struct preflight_finding *out)
{
    struct spf_seen seen = {0};

    snprintf(out->name, sizeof(out->name), "%s", domain);
    spf_walk(domain, dns, &seen);
    if (seen.failed)
        set(out, PREFLIGHT_UNKNOWN, no_answer, try_later);
    else if (!seen.records)
        set(out, PREFLIGHT_WRONG, N_("there is no SPF record"),
            N_("publish \"v=spf1 include:... -all\", with what your mail service names"));
    else if (seen.records > 1)
        set(out, PREFLIGHT_WRONG, N_("there are two SPF records, which counts as none"),
            N_("put both into one"));
    else if (seen.broken)
        set(out, PREFLIGHT_WRONG, N_("the SPF record, or one that it includes, cannot be read"),
            N_("look for a typing error in it"));
    else if (seen.lookups > SPF_LOOKUPS_MAX || seen.voids > SPF_VOIDS_MAX)
        set(out, PREFLIGHT_WRONG,
            N_("the SPF record asks for more other records than mailboxes look up"),
            N_("take out services that you do not use; ten look-ups are allowed, and two that find "
               "nothing"));
    else if (seen.all == '+' || seen.nobody)
        set(out, PREFLIGHT_WRONG,
            seen.nobody ? N_("the SPF record lets nobody send")
                        : N_("the SPF record lets everybody send in the shop's name"),
            N_("name your mail service and end it with \"-all\""));
    else if (seen.all == '-' || seen.all == '~')
        set(out, PREFLIGHT_GOOD, N_("the SPF record says who sends"), NULL);
    else
        set(out, PREFLIGHT_WEAK, N_("the SPF record does not say that nobody else sends"),
            N_("end it with \"-all\""));
}

/* ---- DKIM --------------------------------------------------------------------------------- */

static const char publish_key[] =
    N_("publish the record that \"tidemark send check\" shows at that name");

static void judge_dkim_record(const struct preflight_sender *sender, struct str text,
                              struct preflight_finding *out)
{
    struct dkim_seen seen, own;

    dkim_read(text, &seen);
    dkim_read(str_of(sender->dkim_record), &own);
    if (seen.broken)
        set(out, PREFLIGHT_WRONG, N_("the DKIM record cannot be read"), publish_key);
    else if (seen.revoked)
        set(out, PREFLIGHT_WRONG, N_("the DKIM record says that the key is not valid any more"),
            publish_key);
    else if (own.key.n && !str_eq(own.key, seen.key))
        set(out, PREFLIGHT_WRONG, N_("the DKIM record is another key's than the one that signs"),
            publish_key);
    else if (seen.rsa && seen.bits < 1024)
        set(out, PREFLIGHT_WRONG, N_("the DKIM key is so short that mailboxes do not believe it"),
            N_("make a key of 2048 bits"));
    else if (seen.rsa && seen.bits < 2048)
        set(out, PREFLIGHT_WEAK, N_("the DKIM key is shorter than 2048 bits"),
            N_("make a key of 2048 bits"));
    else if (seen.testing)
        set(out, PREFLIGHT_WEAK, N_("the DKIM record says that it is only a test"),
            N_("take \"t=y\" out of it"));
    else
        set(out, PREFLIGHT_GOOD, N_("the DKIM key is published"), NULL);
}

static void judge_dkim(const struct preflight_sender *sender, const struct preflight_dns *dns,
                       struct preflight_finding *out)
{
    struct dns_texts texts = {.bytes = BUF_INIT(PREFLIGHT_RECORDS * PREFLIGHT_RECORD_MAX)};
    enum dns_state state;

    if (!sender->dkim_domain[0]) {
        set(out, PREFLIGHT_UNKNOWN, N_("no key is given: the mail service has to sign by itself"),
            N_("let it sign with your domain, not its own"));
        return;
    }
    snprintf(out->name, sizeof(out->name), "%.63s._domainkey.%.178s", sender->dkim_selector,
             sender->dkim_domain);
    state = dns->texts(dns->ctx, out->name, &texts);
    if (state == DNS_FAILED)
        set(out, PREFLIGHT_UNKNOWN, no_answer, try_later);
    else if (state == DNS_NONE || !texts.n)
        set(out, PREFLIGHT_WRONG, N_("there is no DKIM record"), publish_key);
    else if (texts.n > 1)
        set(out, PREFLIGHT_WRONG, N_("there are several records where the DKIM key should be"),
            N_("leave one of them"));
    else
        judge_dkim_record(sender, texts.texts[0], out);
    dns_texts_release(&texts);
}

/* ---- DMARC -------------------------------------------------------------------------------- */

struct dmarc_place {
    enum dns_state state;
    char name[PREFLIGHT_NAME_MAX]; /* of the domain that has a record; "" without */
    struct dmarc_seen seen;
};

/* One name of the tree. */
static bool look_at(const char *domain, const struct preflight_dns *dns, struct dmarc_place *out)
{
    struct dns_texts texts = {.bytes = BUF_INIT(PREFLIGHT_RECORDS * PREFLIGHT_RECORD_MAX)};
    char name[PREFLIGHT_NAME_MAX + 8];
    size_t found = 0;

    snprintf(name, sizeof(name), "_dmarc.%s", domain);
    out->state = dns->texts(dns->ctx, name, &texts);
    for (size_t i = 0; out->state == DNS_FOUND && i < texts.n; i++)
        if (dmarc_is(texts.texts[i]) && ++found == 1)
            dmarc_read(texts.texts[i], &out->seen);
    out->seen.several = found > 1;
    if (found)
        snprintf(out->name, sizeof(out->name), "%s", domain);
    dns_texts_release(&texts);
    return found > 0;
}

static size_t labels(const char *domain)
{
    size_t n = *domain != '\0';

    for (; *domain; domain++)
        n += *domain == '.';
    return n;
}

/* The parent; of a name with very many labels the one with seven is next (DMARCbis 4.10). */
static const char *parent(const char *domain)
{
    do {
        domain = strchr(domain, '.');
        if (!domain)
            return NULL;
        domain++;
    } while (labels(domain) >= LABELS_MOST);
    return domain;
}

/* The policy that counts for a domain: its own, or else that of who stands above. */
static void find_policy(const char *domain, const struct preflight_dns *dns,
                        struct dmarc_place *out)
{
    *out = (struct dmarc_place){.state = DNS_NONE};
    for (const char *at = domain; at && strchr(at, '.'); at = parent(at))
        if (look_at(at, dns, out) || out->state == DNS_FAILED)
            return;
}

/* The highest name above (or at) the domain that has a record; the domain itself without any. */
static void organisation(const char *domain, const struct preflight_dns *dns, char *out,
                         size_t size)
{
    snprintf(out, size, "%s", domain);
    for (const char *at = domain; at && strchr(at, '.'); at = parent(at)) {
        struct dmarc_place place = {.state = DNS_NONE};

        if (!look_at(at, dns, &place))
            continue;
        if (place.seen.public_suffix)
            return;
        snprintf(out, size, "%s", at);
        if (place.seen.no_suffix)
            return;
    }
}

static void judge_dmarc(const struct preflight_sender *sender, const struct preflight_dns *dns,
                        struct dmarc_place *place, struct preflight_finding *out)
{
    find_policy(sender->from, dns, place);
    snprintf(out->name, sizeof(out->name), "_dmarc.%.240s",
             place->name[0] ? place->name : sender->from);
    if (place->state == DNS_FAILED)
        set(out, PREFLIGHT_UNKNOWN, no_answer, try_later);
    else if (!place->name[0])
        set(out, PREFLIGHT_WRONG, N_("there is no DMARC record"),
            N_("publish \"v=DMARC1; p=none; rua=mailto:...\" to begin with"));
    else if (place->seen.several || place->seen.broken)
        set(out, PREFLIGHT_WRONG,
            place->seen.several ? N_("there are two DMARC records, which counts as none")
                                : N_("the DMARC record cannot be read"),
            N_("leave one record: \"v=DMARC1; p=none; rua=mailto:...\""));
    else if (place->seen.policy == DMARC_NONE)
        set(out, PREFLIGHT_WEAK, N_("the DMARC record asks nobody to refuse what is forged"),
            N_("once its reports show nothing strange, make it \"p=quarantine\""));
    else
        set(out, PREFLIGHT_GOOD, N_("the DMARC record protects the shop's name"), NULL);
}

/* ---- of one organisation ------------------------------------------------------------------ */

static bool aligned(const char *domain, const char *from, bool strict,
                    const struct preflight_dns *dns)
{
    char a[PREFLIGHT_NAME_MAX], b[PREFLIGHT_NAME_MAX];

    if (!*domain)
        return false;
    if (strcasecmp(domain, from) == 0 || strict)
        return strcasecmp(domain, from) == 0;
    organisation(domain, dns, a, sizeof(a));
    organisation(from, dns, b, sizeof(b));
    return strcasecmp(a, b) == 0;
}

static void judge_aligned(const struct preflight_sender *sender, const struct preflight_dns *dns,
                          const struct dmarc_place *place, struct preflight *io)
{
    struct preflight_finding *out = &io->findings[PREFLIGHT_ALIGNED];
    const char *path = sender->return_path[0] ? sender->return_path : sender->from;
    bool spf = io->findings[PREFLIGHT_SPF].verdict != PREFLIGHT_WRONG &&
               aligned(path, sender->from, place->seen.strict_spf, dns);
    bool dkim = io->findings[PREFLIGHT_DKIM].verdict != PREFLIGHT_WRONG &&
                aligned(sender->dkim_domain, sender->from, place->seen.strict_dkim, dns);

    snprintf(out->name, sizeof(out->name), "%s", sender->from);
    if (spf && dkim)
        set(out, PREFLIGHT_GOOD, N_("SPF and DKIM are of the domain that people see"), NULL);
    else if (dkim || spf)
        set(out, dkim ? PREFLIGHT_GOOD : PREFLIGHT_WEAK,
            dkim ? N_("DKIM is of the domain that people see")
                 : N_("only SPF is of the domain that people see, which is lost when mail is "
                      "forwarded"),
            dkim ? NULL : N_("sign with a DKIM key of the domain of From"));
    else if (!sender->dkim_domain[0])
        set(out, PREFLIGHT_UNKNOWN, N_("no key is given: the mail service has to sign by itself"),
            N_("let it sign with your domain, not its own"));
    else
        set(out, PREFLIGHT_WRONG, N_("neither SPF nor DKIM is of the domain that people see"),
            N_("sign with a DKIM key of the domain of From, or of one above it"));
}

void preflight_judge(const struct preflight_sender *sender, const struct preflight_dns *dns,
                     struct preflight *out)
{
    struct dmarc_place place;

    *out = (struct preflight){0};
    judge_spf(sender->return_path[0] ? sender->return_path : sender->from, dns,
              &out->findings[PREFLIGHT_SPF]);
    judge_dkim(sender, dns, &out->findings[PREFLIGHT_DKIM]);
    judge_dmarc(sender, dns, &place, &out->findings[PREFLIGHT_DMARC]);
    judge_aligned(sender, dns, &place, out);
}
