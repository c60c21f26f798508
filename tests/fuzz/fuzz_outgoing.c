/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz.h"

#include "base/utf8.h"
#include "outreach/sms/sms.h"
#include "outreach/webhook/webhook.h"

/* An address that may be written down has nothing that would end it early where it is used. */
static void addresses(struct str text)
{
    const struct egress_rules rules = {.plain = true, .any_port = true, .private_network = true};
    const struct egress_rules strict = {0};
    struct err err = ERR_INIT, other = ERR_INIT;
    enum err_code wide = egress_check(text, &rules, &err);

    if (egress_check(text, &strict, &other) == ERR_OK) {
        MUST(wide == ERR_OK);
        MUST(str_ieqz((struct str){text.p, text.n < 6 ? text.n : 6}, "https:"));
    }
    for (size_t i = 0; wide == ERR_OK && i < text.n; i++)
        MUST((unsigned char)text.p[i] > ' ' && (unsigned char)text.p[i] < 0x7f);
}

/* Whatever a service answers, it is one line of UTF-8, and only a 2xx is a success. */
static void answers(struct str text)
{
    const int status = text.n ? 200 + (unsigned char)text.p[0] * 2 : 500;
    struct egress_answer answer = {
        .end = EGRESS_ANSWERED, .status = status, .body = BUF_INIT(EGRESS_BODY_MAX)};
    struct webhook_end hook;
    struct sms_end end;

    buf_add(&answer.body, text.p, text.n < EGRESS_BODY_MAX ? text.n : EGRESS_BODY_MAX);
    sms_judge(&answer, 0, 0, 0, &end);
    webhook_judge(&answer, 0, 0, 0, &hook);
    MUST((end.outcome == CLAIM_ACCEPTED) == (status / 100 == 2));
    MUST((hook.outcome == CLAIM_ACCEPTED) == (status / 100 == 2));
    MUST(utf8_first_invalid(str_of(end.text)) == strlen(end.text));
    MUST(utf8_first_invalid(str_of(end.id)) == strlen(end.id));
    for (const char *p = end.text; *p; p++)
        MUST((unsigned char)*p >= ' ');
    buf_release(&answer.body);
}

/* What a form says is within it, and no longer than it was. */
static void form(struct str text)
{
    struct sms_field fields[SMS_FIELDS_MAX];
    char *body = xmalloc(text.n + 1);
    size_t n, whole = 0;

    memcpy(body, text.p, text.n);
    n = sms_fields(body, text.n, fields, TM_COUNT(fields));
    MUST(n <= TM_COUNT(fields));
    for (size_t i = 0; i < n; i++) {
        whole += fields[i].name.n + fields[i].value.n;
        MUST(fields[i].name.p >= body && fields[i].name.p + fields[i].name.n <= body + text.n);
        MUST(!fields[i].value.n || (fields[i].value.p > fields[i].name.p &&
                                    fields[i].value.p + fields[i].value.n <= body + text.n));
    }
    MUST(whole <= text.n);
    MUST(!sms_verify("", STR_LIT("https://shop.example/texts"), fields, n, STR_LIT("x")));
    free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct sms_parts parts;

    addresses(text);
    answers(text);
    form(text);
    sms_parts(text, &parts);
    MUST(parts.units >= 0 && parts.left >= 0 && (parts.parts > 0) == (size > 0));
    MUST(sms_word(text) <= SMS_MAYBE);
    return 0;
}
