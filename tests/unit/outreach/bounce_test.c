/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What comes back, in the shapes of many servers: the seeds of tests/fuzz/corpus/bounce, with our
 * token where they have %T. */
#include "outreach/mail/bounce.h"

#include "outreach/mail/token.h"
#include "tap.h"
#include "temp_dir.h"

#define ANN "ann@mail.example"

static const struct {
    const char *file;
    enum bounce_kind kind;
    const char *status; /* "" for none */
    const char *recipient;
    bool original; /* it has headers of the message */
} samples[] = {
    {"postfix_unknown", BOUNCE_HARD, "5.1.1", ANN, true},
    {"postfix_full", BOUNCE_SOFT, "5.2.2", ANN, true},
    {"postfix_delayed", BOUNCE_OTHER, "", ANN, true},
    {"postfix_expired", BOUNCE_SOFT, "4.4.1", ANN, true},
    {"exchange_unknown", BOUNCE_HARD, "5.1.10", ANN, true},
    {"exchange_policy", BOUNCE_SOFT, "5.7.1", ANN, true},
    {"gmail_unknown", BOUNCE_HARD, "5.1.1", ANN, true},
    {"gmail_disabled", BOUNCE_HARD, "5.2.1", ANN, true},
    {"exim_report", BOUNCE_HARD, "5.0.0", ANN, true},
    {"exim_words", BOUNCE_HARD, "", ANN, false},
    {"exim_words_full", BOUNCE_SOFT, "", ANN, false},
    {"sendmail", BOUNCE_HARD, "5.1.2", ANN, true},
    {"opensmtpd", BOUNCE_HARD, "5.0.0", ANN, true},
    {"ses", BOUNCE_HARD, "5.1.1", ANN, true},
    {"qmail", BOUNCE_HARD, "5.1.1", "", false},
    {"yahoo_words", BOUNCE_HARD, "", "", false},
    {"arf_abuse", BOUNCE_COMPLAINT, "", ANN, true},
    {"arf_redacted", BOUNCE_COMPLAINT, "", "", true},
    {"arf_not_spam", BOUNCE_OTHER, "", "", true},
    {"office_exchange", BOUNCE_AUTO_REPLY, "", "", false},
    {"office_vacation", BOUNCE_AUTO_REPLY, "", "", false},
    {"office_arabic", BOUNCE_AUTO_REPLY, "", "", false},
    {"receipt", BOUNCE_OTHER, "", "", false},
    {"person", BOUNCE_OTHER, "", "", false},
    {"several", BOUNCE_HARD, "5.1.1", ANN, true},
    {"base64_report", BOUNCE_HARD, "5.1.1", ANN, false},
};
static const int64_t number = INT64_C(81985529216486895);

/* The sample with the token in it, and with the line ends of mail where `crlf`. */
static void read_sample(const char *folder, const char *file, const char *token, bool crlf,
                        struct buf *out)
{
    struct buf raw = {0};
    struct err err = ERR_INIT;
    char path[1024];

    snprintf(path, sizeof(path), "%s/%s", folder, file);
    CHECK_OK(file_read(path, 1 << 20, &raw, &err), err);
    buf_reset(out);
    for (size_t i = 0; i < raw.n; i++)
        if (raw.p[i] == '%' && i + 1 < raw.n && raw.p[i + 1] == 'T') {
            buf_addz(out, token);
            i++;
        } else {
            if (crlf && raw.p[i] == '\n')
                buf_addc(out, '\r');
            buf_addc(out, raw.p[i]);
        }
    buf_release(&raw);
}

static void check_sample(const struct pseudonyms *keys, size_t i, const struct buf *message,
                         bool proved, const char *token)
{
    struct bounce bounce;
    char status[40] = "", id[100] = "";

    bounce_read(keys, STR_NONE, buf_str(message), &bounce);
    if (bounce.status.kind)
        snprintf(status, sizeof(status), "%d.%d.%d", bounce.status.kind, bounce.status.subject,
                 bounce.status.detail);
    if (samples[i].original)
        snprintf(id, sizeof(id), "%s@shop.example", token);
    CHECK_MSG(bounce.kind == samples[i].kind, "%s is %s, got %s", samples[i].file,
              bounce_kind_name(samples[i].kind), bounce_kind_name(bounce.kind));
    CHECK_STR(status, samples[i].status);
    CHECK_STR(bounce.recipient, samples[i].recipient);
    CHECK_STR(bounce.message_id, id);
    CHECK_MSG(bounce.proved == proved && (!proved || bounce.outbox_id == number), "%s is %sproved",
              samples[i].file, proved ? "" : "not ");
}

static void test_samples(const struct pseudonyms *keys, const char *folder)
{
    struct buf message = BUF_INIT(1 << 22);
    char token[MAIL_TOKEN + 1], forged[MAIL_TOKEN + 1];

    mail_token_write(keys, number, token);
    memcpy(forged, token, sizeof(forged));
    forged[20] = forged[20] == 'a' ? 'b' : 'a';
    for (size_t i = 0; i < TM_COUNT(samples); i++)
        for (int crlf = 0; crlf < 2; crlf++) {
            read_sample(folder, samples[i].file, token, crlf, &message);
            check_sample(keys, i, &message, true, token);
            read_sample(folder, samples[i].file, forged, crlf, &message);
            check_sample(keys, i, &message, false, forged);
        }
    buf_release(&message);
}

/* never_26: a report that is broken, or cut anywhere, ends and is none (listmonk #3071). */
static void test_broken(const struct pseudonyms *keys, const char *folder)
{
    static const char *const files[] = {"empty", "broken", "deep"};
    struct buf message = BUF_INIT(1 << 22);
    struct bounce bounce;

    for (size_t i = 0; i < TM_COUNT(files); i++) {
        read_sample(folder, files[i], "", false, &message);
        bounce_read(keys, STR_NONE, buf_str(&message), &bounce);
        CHECK_MSG(bounce.kind != BOUNCE_COMPLAINT && !bounce.proved, "%s: %s", files[i],
                  bounce_kind_name(bounce.kind));
    }
    /* Cut anywhere, a report proves nobody gone whom it does not name as such. */
    read_sample(folder, "postfix_full", "b-none", false, &message);
    for (size_t n = 0; n < message.n; n += 7) {
        bounce_read(keys, STR_NONE, (struct str){message.p, n}, &bounce);
        if (bounce.kind == BOUNCE_HARD || bounce.proved)
            CHECK_MSG(false, "%zu bytes are %s", n, bounce_kind_name(bounce.kind));
    }
    buf_release(&message);
}

static void test_tokens(const struct pseudonyms *keys, const struct pseudonyms *others)
{
    static const int64_t numbers[] = {0, 1, -1, INT64_MAX, INT64_MIN, 4711};
    int rounds = getenv("TIDEMARK_TEST_LONG") ? 1000000 : 50000, forged = 0;
    char token[MAIL_TOKEN + 1], address[200];
    uint64_t chance = 7;
    int64_t got;

    for (size_t i = 0; i < TM_COUNT(numbers); i++) {
        mail_token_write(keys, numbers[i], token);
        CHECK_INT((int64_t)strlen(token), MAIL_TOKEN);
        got = 12345;
        snprintf(address, sizeof(address), "<SRS0=b-x=%s@BOUNCE.shop.example>", token);
        CHECK(mail_token_find(keys, str_of(address), &got) && got == numbers[i]);
        for (char *p = address; *p; p++)
            *p = (char)toupper((unsigned char)*p);
        CHECK(mail_token_find(keys, str_of(address), &got) && got == numbers[i]);
        CHECK(!mail_token_find(others, str_of(token), &got));
        CHECK(!mail_token_find(keys, (struct str){token, MAIL_TOKEN - 1}, &got));
    }
    /* One letter changed, or many: never ours. The last letter has bits that do not count. */
    for (int i = 0; i < rounds; i++) {
        size_t at;

        mail_token_write(keys, i, token);
        chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407;
        at = 2 + (chance >> 33) % (MAIL_TOKEN - 3);
        token[at] = token[at] == 'q' ? 'r' : 'q';
        forged += mail_token_find(keys, str_of(token), &got);
    }
    CHECK_MSG(forged == 0, "%d forged tokens, %d believed", rounds, forged);
}

/* The address to which it was delivered comes first; what a report quotes does not change it. */
static void test_came_to(const struct pseudonyms *keys, const char *folder)
{
    struct buf message = BUF_INIT(1 << 20);
    char token[MAIL_TOKEN + 1], other[MAIL_TOKEN + 1];
    struct bounce bounce;

    mail_token_write(keys, 1, token);
    mail_token_write(keys, 2, other);
    read_sample(folder, "postfix_unknown", other, false, &message);
    bounce_read(keys, str_of(token), buf_str(&message), &bounce);
    CHECK(bounce.proved && bounce.outbox_id == 1);
    bounce_read(keys, STR_LIT("bounce@shop.example"), buf_str(&message), &bounce);
    CHECK(bounce.proved && bounce.outbox_id == 2);
    bounce_read(NULL, str_of(token), buf_str(&message), &bounce);
    CHECK(!bounce.proved && bounce.kind == BOUNCE_HARD);
    buf_release(&message);
}

static struct pseudonyms *open_keys(const char *name)
{
    struct pseudonyms *keys = NULL;
    struct store *store = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(store_open(temp_path(name), &store, &err), err);
    CHECK_OK(pseudonyms_open(store, &keys, &err), err);
    store_close(store);
    return keys;
}

int main(int argc, char **argv)
{
    struct pseudonyms *keys, *others;

    if (argc != 2)
        return 64;
    temp_dir_make();
    keys = open_keys("a");
    others = open_keys("b");
    test_samples(keys, argv[1]);
    test_broken(keys, argv[1]);
    test_tokens(keys, others);
    test_came_to(keys, argv[1]);
    pseudonyms_close(keys);
    pseudonyms_close(others);
    return tap_done();
}
