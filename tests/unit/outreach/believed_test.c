/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A campaign whose e-mails mailboxes would refuse is not launched; a DNS that is silent, or not
 * asked, hinders nobody. No name server is asked here. */
#include "outreach/campaign/try.h"
#include "outreach/sender/trial.h"
#include "tap.h"
#include "temp_dir.h"

static struct err err = ERR_INIT;

struct dns {
    enum dns_state state;
    int asked;
};

static enum dns_state texts(void *ctx, const char *name, struct dns_texts *out)
{
    struct dns *dns = ctx;
    const char *text = strncmp(name, "_dmarc.", 7) == 0 ? "v=DMARC1; p=none; rua=mailto:d@blue.shop"
                                                        : "v=spf1 ip4:192.0.2.1 -all";

    dns->asked++;
    if (dns->state != DNS_FOUND)
        return dns->state;
    buf_addz(&out->bytes, text);
    out->texts[out->n++] = buf_str(&out->bytes);
    return DNS_FOUND;
}

static enum dns_state exists(void *ctx, const char *name, bool mail)
{
    (void)name, (void)mail;
    return ((struct dns *)ctx)->state;
}

static struct store *store;
static struct settings settings;

static enum err_code believed(enum dns_state state, const char *channel, bool counted,
                              int *out_asked)
{
    struct dns said = {.state = state};
    const struct preflight_dns dns = {.texts = texts, .exists = exists, .ctx = &said};
    struct campaign_file file = {.broken = ERR_INIT};
    char text[200];
    enum err_code rc;

    snprintf(text, sizeof(text),
             "name: c\nto: {include: B}\nsends:\n  - {name: s, message: m, channel: %s, when: at "
             "once}\n",
             channel);
    CHECK_OK(campaign_read(str_of(text), NULL, NULL, &file.campaign, &err), err);
    snprintf(file.digest, sizeof(file.digest), "d");
    snprintf(file.kept.seen, sizeof(file.kept.seen), "%s", counted ? "d" : "");
    err = (struct err)ERR_INIT;
    rc = campaign_believed(store, &settings, &file, &dns, &err);
    *out_asked = said.asked;
    campaign_file_close(&file);
    return rc;
}

static void before_launch(void)
{
    int asked;

    settings = settings_default();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK(believed(DNS_NONE, "email", true, &asked) == ERR_OK && !asked); /* it sends nothing yet */
    settings.sending.given = true;
    snprintf(settings.sending.smtp.host, sizeof(settings.sending.smtp.host), "mail.blue.shop");
    snprintf(settings.sending.marketing.address, sizeof(settings.sending.marketing.address),
             "news@blue.shop");
    CHECK_INT(believed(DNS_NONE, "email", true, &asked), ERR_INVALID);
    CHECK(asked > 0 && strstr(err.msg, "mailboxes will refuse these e-mails") &&
          strstr(err.msg, "blue.shop") && err.hint[0]);
    CHECK_INT(believed(DNS_FOUND, "[sms, email]", true, &asked), ERR_OK);
    CHECK(asked > 0);
    CHECK_INT(believed(DNS_FAILED, "email", true, &asked), ERR_OK);
    CHECK(believed(DNS_NONE, "sms", true, &asked) == ERR_OK && !asked);
    CHECK(believed(DNS_NONE, "email", false, &asked) == ERR_OK && !asked);
    store_close(store);
}

/* Reserved names and a time that is over: nothing leaves, and nothing is known. */
static void never_asked(void)
{
    struct preflight_patience patience = {.failures = 0}, over = {.until_us = 1};
    const struct preflight_dns dns = preflight_system_dns(&patience),
                               late = preflight_system_dns(&over);
    static const char *const names[] = {"shop.example", "_dmarc.a.TEST", "localhost", "x.invalid"};

    for (size_t i = 0; i < TM_COUNT(names); i++) {
        struct dns_texts got = {.bytes = BUF_INIT(4096)};

        CHECK_INT(dns.texts(dns.ctx, names[i], &got), DNS_FAILED);
        CHECK(dns.exists(dns.ctx, names[i], true) == DNS_FAILED);
        dns_texts_release(&got);
    }
    CHECK(late.exists(late.ctx, "blue.shop", false) == DNS_FAILED);
}

int main(void)
{
    temp_dir_make();
    before_launch();
    never_asked();
    return tap_done();
}
