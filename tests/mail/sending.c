/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The sender for the tests beside it, which are in Python: sending-tool WORD WORKSPACE ...
 *
 * plan [unarmed]     a message for each line of standard input, by tabs: address (of e-mail, a
 *                    phone's, a system's), campaign, m or t (marketing, transactional), data; with
 *                    consent. Arms the outbox, unless a word follows.
 * run BASE           sends until nothing is left or it is told to end
 * counts             state, reason and number by tabs
 * each               number, state, address and pseudonym of each message, and why it is so
 * suppressed ADDRESS...  why each must not be written to
 * keep NAME          keeps the message on standard input under a name
 * secret URL         of a system that is told by webhook
 * words ADDRESS      what the ledger has of it: number, state, source, method, proof
 * tokens             address and token of each message
 * mailbox MOST MS    reads the mailbox of the settings, which has so long to answer; how many it
 *                    read of each kind, and whether there are more
 */
#include "outreach/mail/token.h"
#include "outreach/sender/mailbox.h"
#include "outreach/sender/sender.h"
#include "outreach/webhook/webhook.h"
#include "store/named.h"

#include <signal.h>

static volatile sig_atomic_t over;
static struct err err = ERR_INIT;

static void on_signal(int number)
{
    (void)number;
    over = 1;
}

static int fail(void)
{
    fprintf(stderr, "sending-tool: %s\n", err.msg);
    return 1;
}

static const char *channel_of(const char *address)
{
    return strstr(address, "://") ? OUTBOX_SYSTEM : *address == '+' ? "sms" : "email";
}

static enum err_code grant(struct consents *consents, struct str address, const char *channel)
{
    const struct consent_fact fact = {.kind = *channel == 's' ? IDENTIFIER_PHONE : IDENTIFIER_EMAIL,
                                      .address = address,
                                      .channel = str_of(channel),
                                      .state = CONSENT_GRANTED,
                                      .when_us = timestamp_now() - US_PER_DAY,
                                      .source = STR_LIT("shop"),
                                      .method = STR_LIT("form")};
    bool new;

    return consents_add(consents, &fact, &new, &err);
}

static enum err_code plan_line(struct outbox *o, struct consents *consents, char *line, int64_t n)
{
    struct outbox_message m = {.campaign = 1,
                               .person = (uint64_t)n,
                               .purpose = "marketing",
                               .zone = "UTC",
                               .language = "en",
                               .planned_us = timestamp_now(),
                               .next_us = timestamp_now(),
                               .not_after_us = timestamp_now() + US_PER_DAY};
    char *save = NULL, *part = strtok_r(line, "\t\n", &save);
    bool new;

    snprintf(m.address, sizeof(m.address), "%s", part ? part : "");
    part = strtok_r(NULL, "\t\n", &save);
    m.campaign = part ? strtoll(part, NULL, 10) : 1;
    part = strtok_r(NULL, "\t\n", &save);
    m.transactional = part && *part == 't';
    part = strtok_r(NULL, "\n", &save);
    snprintf(m.channel, sizeof(m.channel), "%s", channel_of(m.address));
    if (!m.transactional)
        TRY(grant(consents, str_of(m.address), m.channel));
    if (strcmp(m.channel, OUTBOX_SYSTEM) == 0)
        pseudonym_email(consents_keys(consents), STR_LIT("about@shop.example"), &m.who);
    else if (!suppression_address(consents_keys(consents), m.channel, str_of(m.address), "",
                                  &m.who))
        return err_set(&err, ERR_INVALID, "no address: %s", m.address);
    return outbox_plan(o, &m, str_of(part ? part : "{}"), &new, &err);
}

static enum err_code plan(struct outbox *o, struct consents *consents, bool arm)
{
    enum err_code rc = ERR_OK;
    char *line = NULL;
    size_t size = 0;
    int64_t n = 0;

    TRY(consents_begin(consents, &err));
    TRY(outbox_begin(o, &err));
    while (rc == ERR_OK && getline(&line, &size, stdin) > 0)
        rc = plan_line(o, consents, line, ++n);
    free(line);
    if (rc == ERR_OK && arm)
        rc = outbox_arm(o, &err);
    rc = outbox_end(o, rc, &err);
    return consents_end(consents, rc, &err);
}

static enum err_code unsettled(struct outbox *o, int64_t *out)
{
    struct outbox_count counts[OUTBOX_COUNTS_MAX];
    size_t n;

    *out = 0;
    TRY(outbox_counts(o, 0, counts, TM_COUNT(counts), &n, &err));
    for (size_t i = 0; i < n; i++)
        if (counts[i].state <= OUTBOX_HANDED_OVER)
            *out += counts[i].n;
    return ERR_OK;
}

static enum err_code run(struct store *store, struct outbox *o, const char *base)
{
    struct settings settings;
    struct sender_settings how = {
        .store = store, .settings = &settings, .base = base, .alone = true};
    struct sender *sender = NULL;
    const struct sender_counts *c;
    enum err_code rc;
    int64_t left = 1;
    bool busy;

    TRY(settings_of(store, &settings, &err));
    TRY(sender_open(&how, &sender, &err));
    rc = sender_connect(sender, timestamp_now(), &err);
    while (rc == ERR_OK && !over && left) {
        rc = sender_turn(sender, 20, &busy, &err);
        if (rc == ERR_OK && !busy) {
            rc = unsettled(o, &left);
            if (left)
                usleep(20000);
        }
    }
    if (rc == ERR_OK)
        rc = sender_end(sender, &err);
    c = sender_counts(sender);
    printf("accepted %" PRId64 " failed %" PRId64 " later %" PRId64 " uncertain %" PRId64
           " unfit %" PRId64 " broken %" PRId64 "\n",
           c->accepted, c->failed, c->later, c->uncertain, c->unfit, c->broken);
    sender_close(sender);
    return rc;
}

static enum err_code show_counts(struct outbox *o)
{
    struct outbox_count counts[OUTBOX_COUNTS_MAX];
    size_t n;

    TRY(outbox_counts(o, 0, counts, TM_COUNT(counts), &n, &err));
    for (size_t i = 0; i < n; i++)
        printf("%s\t%s\t%" PRId64 "\n", outbox_state_name(counts[i].state),
               gate_reason_word(counts[i].reason), counts[i].n);
    return ERR_OK;
}

static void show_message(const struct outbox_message *m)
{
    printf("%" PRId64 "\t%s\t%s\t", m->id, outbox_state_name(m->state), m->address);
    for (size_t i = 0; i < sizeof(m->who.bytes); i++)
        printf("%02x", m->who.bytes[i]);
    printf("\t%s\n", gate_reason_word(m->reason));
}

static enum err_code show_each(struct outbox *o)
{
    enum err_code rc = ERR_OK;
    bool found = true;

    TRY(outbox_begin(o, &err));
    for (int64_t id = 1; rc == ERR_OK && found; id++) {
        struct outbox_message m;

        rc = outbox_find(o, id, &m, NULL, &found, &err);
        if (rc == ERR_OK && found)
            show_message(&m);
    }
    return outbox_end(o, rc, &err);
}

static enum err_code show_suppressed(struct consents *consents, char **addresses)
{
    for (; *addresses; addresses++) {
        enum suppression_reason reason;

        TRY(suppression_check(consents, channel_of(*addresses), str_of(*addresses), "", &reason,
                              &err));
        printf("%s\t%s\n", *addresses,
               reason == SUPPRESSED_NOT ? "" : suppression_reason_name(reason));
    }
    return ERR_OK;
}

static enum err_code show_word(void *ctx, const struct consent_entry *e, struct err *none)
{
    const struct consent_fact *f = &e->fact;

    (void)ctx, (void)none;
    printf("%" PRId64 "\t%s\t%.*s\t%.*s\t%.*s\n", e->seq, consent_state_name(f->state),
           (int)f->source.n, f->source.p, (int)f->method.n, f->method.p, (int)f->proof.n,
           f->proof.p ? f->proof.p : "");
    return ERR_OK;
}

static enum err_code show_words(struct consents *consents, const char *address)
{
    struct pseudonym who;

    if (!suppression_address(consents_keys(consents), channel_of(address), str_of(address), "",
                             &who))
        return err_set(&err, ERR_INVALID, "no address: %s", address);
    return consents_of(consents, &who, show_word, NULL, &err);
}

static enum err_code show_tokens(struct outbox *o, struct consents *consents)
{
    enum err_code rc = ERR_OK;
    bool found = true;

    TRY(outbox_begin(o, &err));
    for (int64_t id = 1; rc == ERR_OK && found; id++) {
        struct outbox_message m;
        char token[MAIL_TOKEN + 1];

        rc = outbox_find(o, id, &m, NULL, &found, &err);
        mail_token_write(consents_keys(consents), id, token);
        if (rc == ERR_OK && found)
            printf("%s\t%s\n", m.address, token);
    }
    return outbox_end(o, rc, &err);
}

static enum err_code read_mailbox(struct store *store, struct outbox *o, struct consents *consents,
                                  const char *most, const char *answer_ms)
{
    const struct breaker_rules rules = breaker_rules_default();
    const struct returns r = {.outbox = o, .consents = consents, .rules = &rules};
    struct returns_counts n = {0};
    struct mailbox_trouble trouble = {0};
    struct mailbox_way way;
    struct settings settings;
    bool more;

    TRY(settings_of(store, &settings, &err));
    way = mailbox_way_default(store, &settings.sending);
    way.answer_ms = (int)strtol(answer_ms, NULL, 10);
    TRY(mailbox_read(&way, &r, (size_t)strtol(most, NULL, 10), &trouble, &n, &more, &err));
    printf("%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %d\n", n.hard, n.soft,
           n.complaints, n.other, n.unproved, more);
    return ERR_OK;
}

/* Beside a server, too. */
static enum err_code open_store(const char *dir, struct store **out)
{
    struct err busy = ERR_INIT;
    enum err_code rc = store_open(dir, out, &busy);

    if (rc == ERR_BUSY)
        return store_open_beside(dir, out, &err);
    if (rc != ERR_OK)
        err = busy;
    return rc;
}

static enum err_code keep(struct store *store, const char *name)
{
    struct named named = {.kind = NAMED_MESSAGE, .actor = "test"};
    char text[1 << 16];
    int64_t id;

    named.text = (struct str){text, fread(text, 1, sizeof(text), stdin)};
    snprintf(named.name, sizeof(named.name), "%s", name);
    return store_named_put(store, &named, &id, &err);
}

static enum err_code show_secret(struct consents *consents, const char *url)
{
    char secret[WEBHOOK_SECRET_MAX];
    struct webhook_key key;

    webhook_key(consents_keys(consents), str_of(url), 1, &key);
    webhook_secret(&key, secret);
    puts(secret);
    return ERR_OK;
}

int main(int argc, char **argv)
{
    struct store *store = NULL;
    struct outbox *o = NULL;
    struct consents *consents = NULL;
    enum err_code rc = ERR_OK;

    if (argc < 3)
        return 64;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, on_signal);
    if (open_store(argv[2], &store) != ERR_OK || outbox_open(store, &o, &err) != ERR_OK ||
        consents_open(store, &consents, &err) != ERR_OK)
        return fail();
    if (strcmp(argv[1], "plan") == 0)
        rc = plan(o, consents, argc == 3);
    else if (strcmp(argv[1], "run") == 0)
        rc = run(store, o, argv[3]);
    else if (strcmp(argv[1], "counts") == 0)
        rc = show_counts(o);
    else if (strcmp(argv[1], "each") == 0)
        rc = show_each(o);
    else if (strcmp(argv[1], "keep") == 0)
        rc = keep(store, argv[3]);
    else if (strcmp(argv[1], "secret") == 0)
        rc = show_secret(consents, argv[3]);
    else if (strcmp(argv[1], "words") == 0)
        rc = show_words(consents, argv[3]);
    else if (strcmp(argv[1], "tokens") == 0)
        rc = show_tokens(o, consents);
    else if (strcmp(argv[1], "mailbox") == 0)
        rc = read_mailbox(store, o, consents, argv[3], argv[4]);
    else
        rc = show_suppressed(consents, argv + 3);
    consents_close(consents);
    outbox_close(o);
    store_close(store);
    return rc == ERR_OK ? 0 : fail();
}
