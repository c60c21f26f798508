/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark send: whether messages leave, and the switch; also beside a server. */
#include "cmd/cmd.h"
#include "cmd/verbs.h"
#include "cmd/workspace.h"

#include "base/json_write.h"
#include "outreach/mail/provider.h"
#include "outreach/sender/trial.h"
#include "outreach/webhook/webhook.h"
#include "store/responses.h"

enum { OUTPUT_MAX = 4 << 20, HEALTH_MOST = 200 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"message", 'm', "NAME", N_("test: the message to send.")},
    {"language", 0, "CODE", N_("test: the reader's language, such as ar.")},
    {"offline", 0, NULL, N_("check: do not ask the DNS.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

struct send_cmd {
    struct options options;
    struct store *store;
    struct outbox *outbox; /* NULL: nothing was ever planned */
    struct settings settings;
    struct buf out;
    struct json_writer w;
    bool json;
};

static const char *value(const struct send_cmd *c, const char *name)
{
    return option_value(rows, TM_COUNT(rows), &c->options, name);
}

/* ---- status ------------------------------------------------------------------------------- */

const char *cmd_sending_text(const struct settings *settings, const struct outbox_switch *shop)
{
    if (!settings->sending.given)
        return _("Nothing is sent: tidemark.yaml has no section \"sending\".");
    if (shop->disarmed)
        return _("Nothing is sent: it was not allowed in this workspace yet (tidemark send arm).");
    if (shop->stopped)
        return _("Nothing is sent: it was stopped by hand (tidemark send start).");
    return _("Sending is on, while a server runs.");
}

static const char *const state_words[OUTBOX_STATES] = {
    [OUTBOX_PLANNED] = N_("planned"),
    [OUTBOX_CLAIMED] = N_("being put together"),
    [OUTBOX_HANDED_OVER] = N_("on the way to the mail server"),
    [OUTBOX_ACCEPTED] = N_("taken by the mail server"),
    [OUTBOX_FAILED] = N_("refused for good"),
    [OUTBOX_UNCERTAIN] = N_("uncertain: no answer came"),
    [OUTBOX_SKIPPED] = N_("skipped"),
};

static void show_count(struct send_cmd *c, const struct outbox_count *n)
{
    if (!c->json) {
        buf_addf(&c->out, "%10s  %s", cmd_number(n->n).text, i18n_text(state_words[n->state]));
        if (n->reason)
            buf_addf(&c->out, ": %s", gate_reason_text(n->reason));
        buf_addc(&c->out, '\n');
        return;
    }
    json_begin_object(&c->w);
    json_key_stringz(&c->w, "state", outbox_state_name(n->state));
    json_key_stringz(&c->w, "reason", n->reason ? gate_reason_word(n->reason) : NULL);
    json_key_int(&c->w, "n", n->n);
    json_end_object(&c->w);
}

static void show_health(struct send_cmd *c, const struct campaign_health *h)
{
    const struct breaker_rules rules = breaker_rules_default();
    const bool paused = h->state == CAMPAIGN_PAUSED;
    char why[512];

    campaign_why(h, why, sizeof(why));
    if (!c->json) {
        if (paused)
            buf_addf(&c->out, _("Campaign %s is paused: %s\n"), cmd_number(h->campaign).text, why);
        else if (breaker_judge(&rules, h) != BREAKER_WELL)
            buf_addf(&c->out,
                     _("Much of campaign %s comes back: it will be paused if that goes "
                       "on.\n"),
                     cmd_number(h->campaign).text);
        return;
    }
    json_begin_object(&c->w);
    json_key_int(&c->w, "campaign", h->campaign);
    json_key_bool(&c->w, "paused", paused);
    json_key_stringz(&c->w, "why", h->why[0] ? h->why : NULL);
    for (int k = 0; k < RESPONSE_KINDS; k++)
        json_key_int(&c->w, response_kind_name((enum response_kind)k), h->n[k]);
    json_end_object(&c->w);
}

static void begin_list(struct send_cmd *c, const char *name)
{
    if (!c->json)
        return;
    json_key(&c->w, name);
    json_begin_array(&c->w);
}

static void end_list(struct send_cmd *c)
{
    if (c->json)
        json_end_array(&c->w);
}

static enum err_code show_all(struct send_cmd *c, struct campaign_health *all, struct err *err)
{
    struct outbox_count counts[OUTBOX_COUNTS_MAX];
    size_t n = 0, campaigns = 0;

    if (c->outbox) {
        TRY(outbox_counts(c->outbox, 0, counts, TM_COUNT(counts), &n, err));
        TRY(outbox_health(c->outbox, 0, timestamp_now() / US_PER_DAY - BREAKER_DAYS + 1, all,
                          HEALTH_MOST, &campaigns, err));
    }
    begin_list(c, "messages");
    for (size_t i = 0; i < n; i++)
        show_count(c, &counts[i]);
    end_list(c);
    begin_list(c, "campaigns");
    for (size_t i = 0; i < campaigns; i++)
        show_health(c, &all[i]);
    end_list(c);
    return ERR_OK;
}

static enum err_code run_status(struct send_cmd *c, struct err *err)
{
    struct campaign_health *all = xcalloc(HEALTH_MOST, sizeof(*all));
    struct outbox_switch shop = {.disarmed = true};
    enum err_code rc = c->outbox ? outbox_switch(c->outbox, &shop, err) : ERR_OK;

    if (c->json) {
        json_begin_object(&c->w);
        json_key_bool(&c->w, "set_up", c->settings.sending.given);
        json_key_bool(&c->w, "armed", !shop.disarmed);
        json_key_bool(&c->w, "stopped", shop.stopped);
    } else {
        buf_addf(&c->out, "%s\n", cmd_sending_text(&c->settings, &shop));
    }
    if (rc == ERR_OK)
        rc = show_all(c, all, err);
    if (c->json)
        json_end_object(&c->w);
    free(all);
    return rc;
}

/* ---- the switch --------------------------------------------------------------------------- */

static enum err_code turn(struct send_cmd *c,
                          enum err_code (*how)(struct outbox *o, struct err *err), struct err *err)
{
    if (!c->outbox)
        TRY(outbox_open(c->store, &c->outbox, err));
    TRY(outbox_begin(c->outbox, err));
    TRY(outbox_end(c->outbox, how(c->outbox, err), err));
    return run_status(c, err);
}

static enum err_code stop(struct outbox *o, struct err *err)
{
    return outbox_stop(o, true, err);
}

static enum err_code start(struct outbox *o, struct err *err)
{
    return outbox_stop(o, false, err);
}

static enum err_code run_stop(struct send_cmd *c, struct err *err)
{
    return turn(c, stop, err);
}

static enum err_code run_start(struct send_cmd *c, struct err *err)
{
    return turn(c, start, err);
}

static enum err_code run_arm(struct send_cmd *c, struct err *err)
{
    return turn(c, outbox_arm, err);
}

/* ---- trying it out ------------------------------------------------------------------------ */

static enum err_code run_test(struct send_cmd *c, struct err *err)
{
    static const char *const outcomes[] = {[CLAIM_ACCEPTED] = N_("The mail server took it."),
                                           [CLAIM_FAILED] = N_("The mail server refused it."),
                                           [CLAIM_LATER] = N_("The mail server did not take it."),
                                           [CLAIM_UNCERTAIN] = N_("No whole answer came.")};
    const char *name = value(c, "message"), *language = value(c, "language");
    struct channel_answer answer;

    if (c->options.operand_count < 2 || !name)
        return err_set(err, ERR_USAGE, "say to whom and what: test ADDRESS --message NAME");
    TRY(trial_send(c->store, &c->settings,
                   &(struct trial){.address = c->options.operands[1],
                                   .message = name,
                                   .language = language ? language : "",
                                   .base = "",
                                   .transactional = true},
                   &answer, err));
    if (c->json) {
        json_begin_object(&c->w);
        json_key_stringz(&c->w, "outcome", claim_outcome_word(answer.outcome));
        json_key_stringz(&c->w, "answer", answer.text);
        json_end_object(&c->w);
    } else {
        buf_addf(&c->out, "%s %s\n", i18n_text(outcomes[answer.outcome]), answer.text);
    }
    return ERR_OK;
}

static enum err_code run_check(struct send_cmd *c, struct err *err)
{
    struct trial_check checks[TRIAL_CHECKS_MAX];
    struct preflight_patience patience = {0};
    const struct preflight_dns dns = preflight_system_dns(&patience);
    bool offline = value(c, "offline") != NULL;
    size_t n = trial_checks(c->store, &c->settings, offline ? NULL : &dns, checks);
    bool good = true;

    if (c->json)
        json_begin_array(&c->w);
    for (size_t i = 0; i < n; i++) {
        good = good && checks[i].good;
        if (c->json) {
            json_begin_object(&c->w);
            json_key_stringz(&c->w, "name", checks[i].name);
            json_key_bool(&c->w, "good", checks[i].good);
            json_key_stringz(&c->w, "text", checks[i].text);
            json_end_object(&c->w);
        } else {
            buf_addf(&c->out, "%s %s%s%s\n", checks[i].good ? "ok    " : "wrong ", checks[i].name,
                     checks[i].text[0] ? ": " : "", checks[i].text);
        }
    }
    if (c->json)
        json_end_array(&c->w);
    return good ? ERR_OK : err_set(err, ERR_INVALID, "sending does not work as it is set up");
}

/* The password that a mail service shows; "" for those that sign. */
static void password_of(const struct pseudonyms *keys, const char *name,
                        char out[PROVIDER_PASSWORD_MAX])
{
    out[0] = '\0';
    for (int p = 1; p < SENDING_PROVIDERS; p++)
        if (strcmp(name, sending_provider_words[p]) == 0)
            provider_password(keys, (enum sending_provider)p, out);
}

/* What the system at an address checks signatures with. */
static enum err_code signing_secret(const struct pseudonyms *keys, struct str url,
                                    char out[WEBHOOK_SECRET_MAX], struct err *err)
{
    static const struct egress_rules strict = {.plain = false};
    struct webhook_key key;

    TRY(egress_check(url, &strict, err));
    webhook_key(keys, url, WEBHOOK_KEY, &key);
    webhook_secret(&key, out);
    return ERR_OK;
}

static enum err_code run_secret(struct send_cmd *c, struct err *err)
{
    char secret[WEBHOOK_SECRET_MAX], password[PROVIDER_PASSWORD_MAX];
    struct pseudonyms *keys = NULL;
    enum err_code rc = ERR_OK;
    const char *of;

    if (c->options.operand_count < 2)
        return err_set(err, ERR_USAGE, "say of which address: secret URL");
    of = c->options.operands[1];
    TRY(pseudonyms_open(c->store, &keys, err));
    password_of(keys, of, password);
    if (!password[0])
        rc = signing_secret(keys, str_of(of), secret, err);
    pseudonyms_close(keys);
    TRY(rc);
    if (c->json) {
        json_begin_object(&c->w);
        json_key_stringz(&c->w, password[0] ? "provider" : "url", of);
        json_key_stringz(&c->w, "secret", password[0] ? password : secret);
        json_end_object(&c->w);
    } else {
        buf_addf(&c->out, "%s\n", password[0] ? password : secret);
    }
    return ERR_OK;
}

/* ---- doors -------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum err_code (*run)(struct send_cmd *c, struct err *err);
} verbs[] = {{"status", run_status}, {"stop", run_stop},   {"start", run_start},  {"arm", run_arm},
             {"test", run_test},     {"check", run_check}, {"secret", run_secret}};

/* A server that runs has the workspace: its outbox may be used beside it. */
static enum err_code open_all(struct send_cmd *c, struct err *err)
{
    const char *dir = workspace_named(value(c, "workspace"));

    if (!dir)
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    TRY(workspace_open_beside(dir, &c->store, err));
    TRY(settings_of(c->store, &c->settings, err));
    return outbox_open_kept(c->store, &c->outbox, err);
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct send_cmd c = {.out = BUF_INIT(OUTPUT_MAX)};
    enum err_code rc;
    size_t v;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &c.options, err));
    TRY(VERB_FIND(verbs, &c.options, &v, err));
    c.w = (struct json_writer)JSON_WRITER(&c.out);
    c.json = value(&c, "json") != NULL;
    rc = open_all(&c, err);
    if (rc == ERR_OK)
        rc = verbs[v].run(&c, err);
    if (c.json && c.out.n)
        buf_addc(&c.out, '\n');
    if (c.out.n && (rc == ERR_OK || verbs[v].run == run_check)) {
        enum err_code printed =
            (c.json ? cmd_print : cmd_print_words)(&c.out, rc == ERR_OK ? err : NULL);
        rc = rc == ERR_OK ? printed : rc;
    }
    outbox_close(c.outbox);
    store_close(c.store);
    buf_release(&c.out);
    return rc;
}

const struct command command_send = {
    .name = "send",
    .usage = N_("status|stop|start|arm|test ADDRESS|check|secret URL --workspace DIR [OPTIONS]"),
    .summary = N_("Whether messages leave, and the switch."),
    .text = N_(
        "Messages are sent by a server that runs (tidemark serve), as tidemark.yaml says "
        "(docs/sending.md),\nonce \"arm\" has allowed it in this workspace; a copy needs "
        "it anew. \"stop\" ends all sending within two\nseconds, \"start\" lets it go on. "
        "\"check\" tries the settings, the key, the mail server and the shop's records in the "
        "DNS; \"test\"\nsends one message with invented data. \"secret\" shows what the system at "
        "an address checks webhooks with.\nAll of it works beside a server, too.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
