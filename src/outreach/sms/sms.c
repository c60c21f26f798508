/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sms/sms.h"

#include "base/i18n.h"
#include "base/json_read.h"
#include "base/timestamp.h"
#include "base/utf8.h"

/* What is no UTF-8 counts as a letter of its own. */
static uint32_t next_letter(struct str text, size_t *io_at)
{
    size_t n = utf8_valid_at(text, *io_at);
    const unsigned char *p = (const unsigned char *)text.p + *io_at;
    uint32_t c = n > 1 ? *p & (0x7fU >> n) : n ? *p : 0xfffd;

    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3f);
    *io_at += n ? n : 1;
    return c;
}

/* ---- length ------------------------------------------------------------------------------- */

/* GSM 03.38's letters that are not ASCII; and those, ASCII or not, that need an escape. */
static const uint32_t single[] = {
    0xa3,  0xa5,  0xe8,  0xe9,  0xf9,  0xec,  0xf2,  0xc7,  0xd8,  0xf8, 0xc5, 0xe5, 0x394,
    0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0xc6, 0xe6, 0xdf, 0xc9,
    0xa4,  0xa1,  0xc4,  0xd6,  0xd1,  0xdc,  0xa7,  0xbf,  0xe4,  0xf6, 0xf1, 0xfc, 0xe0,
};
static const uint32_t twofold[] = {'^', '{', '}', '\\', '[', '~', ']', '|', 0x20ac, '\f'};

static bool among(const uint32_t *set, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++)
        if (set[i] == c)
            return true;
    return false;
}

/* Septets of a letter; 0: the alphabet has it not. */
static int septets(uint32_t c)
{
    if (among(twofold, TM_COUNT(twofold), c))
        return 2;
    if (c == '`' || (c < ' ' && c != '\n' && c != '\r') || c == 0x7f)
        return 0;
    return c < 0x80 || among(single, TM_COUNT(single), c);
}

/* A letter of two units does not stand in two parts. */
static void add_units(struct sms_parts *io, int units, int whole, int *in_part)
{
    if (*in_part + units > whole) {
        io->parts++;
        *in_part = 0;
    }
    *in_part += units;
    io->units += units;
}

static void count(struct str text, bool wide, int whole, struct sms_parts *out)
{
    int in_part = 0;

    *out = (struct sms_parts){.wide = wide, .parts = text.n > 0};
    for (size_t at = 0; at < text.n;) {
        uint32_t c = next_letter(text, &at);

        add_units(out, wide ? 1 + (c > 0xffff) : septets(c), whole, &in_part);
    }
    out->left = out->parts ? whole - in_part : 0;
}

void sms_parts(struct str text, struct sms_parts *out)
{
    bool wide = false;

    for (size_t at = 0; at < text.n && !wide;)
        wide = septets(next_letter(text, &at)) == 0;
    count(text, wide, wide ? 70 : 160, out);
    if (out->parts > 1)
        count(text, wide, wide ? 67 : 153, out);
}

/* ---- asking ------------------------------------------------------------------------------- */

static bool is_word(const char *s, size_t most)
{
    size_t n = strlen(s);

    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)s[i]) && !strchr("_-", s[i]))
            return false;
    return n > 0 && n <= most;
}

static bool is_number(const char *s)
{
    size_t n = strlen(s);

    if (*s != '+' || n < 8 || n > 16 || s[1] == '0')
        return false;
    return strspn(s + 1, "0123456789") == n - 1;
}

/* A name of a sender: up to eleven letters, digits and blanks, with one letter at least. */
static bool is_name(const char *s)
{
    size_t n = strlen(s);
    bool letter = false;

    for (size_t i = 0; i < n; i++) {
        letter = letter || isalpha((unsigned char)s[i]);
        if (!isalnum((unsigned char)s[i]) && s[i] != ' ')
            return false;
    }
    return n <= 11 && letter;
}

static bool is_group(const char *from)
{
    return strncmp(from, "MG", 2) == 0 && strlen(from) == 34 && is_word(from, 34);
}

enum err_code sms_service_check(const struct sms_service *s, const struct egress_rules *rules,
                                struct err *err)
{
    TRY(egress_check(str_of(s->base), rules, err));
    if (s->callback[0])
        TRY(egress_check(str_of(s->callback), rules, err));
    if (!is_word(s->account, 64))
        return err_set(err, ERR_INVALID, _("\"%s\" is no account of a text message service"),
                       s->account);
    if (!s->user[0] || !s->token[0])
        return err_set(err, ERR_INVALID, _("the text message service needs a name and a password"));
    if (!is_group(s->from) && !is_number(s->from) && !is_name(s->from))
        return err_set(err, ERR_INVALID,
                       _("text messages come from a number (+15551234567), a name of eleven letters"
                         " or a messaging service (MG...), not \"%s\""),
                       s->from);
    return ERR_OK;
}

static void add_field(struct buf *out, const char *name, struct str value)
{
    if (out->n)
        buf_addc(out, '&');
    buf_addz(out, name);
    buf_addc(out, '=');
    buf_add_url(out, value);
}

static bool is_utf8(struct str text)
{
    for (size_t at = 0, length; at < text.n; at += length)
        if ((length = utf8_valid_at(text, at)) == 0)
            return false;
    return true;
}

static enum err_code check_text(struct str text, struct err *err)
{
    struct sms_parts parts;

    if (!is_utf8(text))
        return err_set(err, ERR_ENCODING, _("the text is not UTF-8"));
    sms_parts(text, &parts);
    if (str_trim(text).n == 0)
        return err_set(err, ERR_INVALID, _("the text is empty"));
    if (parts.parts > SMS_PARTS_MAX || text.n > SMS_TEXT_MAX * 4)
        return err_set(err, ERR_INVALID, _("a text message has at most %d parts, this one %d"),
                       SMS_PARTS_MAX, parts.parts);
    return ERR_OK;
}

void sms_url(const struct sms_service *s, struct buf *out)
{
    buf_addf(out, "%s/2010-04-01/Accounts/%s/Messages.json", s->base, s->account);
}

enum err_code sms_request(const struct sms_service *s, const char *to, struct str text,
                          struct buf *out, struct err *err)
{
    if (!is_number(to))
        return err_set(err, ERR_INVALID, _("\"%s\" is no phone number with its country"), to);
    TRY(check_text(text, err));
    add_field(out, "To", str_of(to));
    add_field(out, is_group(s->from) ? "MessagingServiceSid" : "From", str_of(s->from));
    add_field(out, "Body", text);
    if (s->callback[0])
        add_field(out, "StatusCallback", str_of(s->callback));
    return buf_check(out, err);
}

/* ---- answers ------------------------------------------------------------------------------ */

enum meaning { NUMBER_DEAD, NUMBER_STOPPED, NUMBER_REFUSED, TOO_FAST, OURS };

/* Twilio's dictionary of errors, those that say something of one number, and those of all. */
static const struct {
    int64_t code;
    enum meaning meaning;
} codes[] = {
    {20003, OURS},                                 /* signing in */
    {20005, OURS},                                 /* account not active */
    {20404, OURS},                                 /* no such account */
    {20429, TOO_FAST},       {21211, NUMBER_DEAD}, /* no valid number */
    {21212, OURS},                                 /* our own number */
    {21214, NUMBER_DEAD},                          /* cannot be reached */
    {21217, NUMBER_DEAD},    {21219, OURS},        /* trial account, number not verified */
    {21265, NUMBER_DEAD},    {21407, NUMBER_DEAD}, {21408, NUMBER_REFUSED}, /* country not allowed
                                                                             */
    {21421, NUMBER_DEAD},    {21601, OURS}, /* our number takes no text messages */
    {21603, OURS},           {21606, OURS},        {21608, NUMBER_REFUSED}, {21610, NUMBER_STOPPED},
    {21611, TOO_FAST},                             /* the queue of our number is full */
    {21612, NUMBER_REFUSED}, {21614, NUMBER_DEAD}, /* a landline */
    {21635, NUMBER_DEAD},    {30001, TOO_FAST},    {30002, OURS}, /* account suspended */
    {30003, NUMBER_REFUSED},                                      /* switched off */
    {30004, NUMBER_STOPPED},                                      /* blocked by its owner */
    {30005, NUMBER_DEAD},                                         /* unknown */
    {30006, NUMBER_DEAD},                                         /* landline */
    {30007, NUMBER_REFUSED},                                      /* filtered by the network */
    {30008, NUMBER_REFUSED}, {63038, TOO_FAST},
};

void sms_error(int64_t code, struct sms_end *out)
{
    for (size_t i = 0; i < TM_COUNT(codes); i++) {
        if (codes[i].code != code)
            continue;
        out->dead = codes[i].meaning == NUMBER_DEAD;
        out->stopped = codes[i].meaning == NUMBER_STOPPED;
        out->slower = codes[i].meaning == TOO_FAST;
        if (codes[i].meaning == OURS)
            out->about = SMS_ABOUT_SERVICE;
    }
}

static void copy_line(char *out, size_t size, struct str text)
{
    size_t n = 0;

    for (size_t at = 0; at < text.n;) {
        size_t length = utf8_valid_at(text, at);
        bool shown = length && (unsigned char)text.p[at] >= ' ' && text.p[at] != 0x7f;

        if (n + (shown ? length : 1) >= size)
            break;
        if (shown)
            memcpy(out + n, text.p + at, length);
        else
            out[n] = '?';
        n += shown ? length : 1;
        at += length ? length : 1;
    }
    out[n] = 0;
}

static void read_answer(struct str body, int64_t *out_code, struct sms_end *out)
{
    struct json_parser *parser = json_parser_new(EGRESS_BODY_MAX);
    struct err ignored = ERR_INIT;
    struct json_value root;

    if (json_parse(parser, body, &root, &ignored) == ERR_OK) {
        *out_code = json_integer(json_get(root, "code"), 0);
        copy_line(out->id, sizeof(out->id), json_text(json_get(root, "sid"), STR_NONE));
        copy_line(out->text, sizeof(out->text), json_text(json_get(root, "message"), STR_NONE));
    }
    json_parser_free(parser);
}

static int64_t again_us(const struct egress_answer *answer, int tries, int64_t now_us, int64_t tag)
{
    static const int64_t waits_s[] = {15, 60, 5 * 60, 15 * 60, 30 * 60, 3600};
    size_t i = tries < 0 ? 0 : (size_t)tries;
    int64_t wait_s = waits_s[i < TM_COUNT(waits_s) ? i : TM_COUNT(waits_s) - 1];

    if (wait_s < answer->retry_after_s)
        wait_s = answer->retry_after_s;
    return now_us + wait_s * US_PER_SECOND + wait_s * US_PER_SECOND / 100 * (tag % 10);
}

/* Of an answer that is no success. 502 and 504 are a gateway's, which may have passed it on. */
static enum claim_outcome outcome_of(int status, const struct sms_end *end)
{
    if (end->about == SMS_ABOUT_SERVICE || end->slower)
        return CLAIM_LATER;
    if (status == 408 || status == 425 || status == 429 || status == 503)
        return CLAIM_LATER;
    if (status == 401 || status == 403 || status == 404)
        return CLAIM_LATER;
    return status / 100 == 4 ? CLAIM_FAILED : CLAIM_UNCERTAIN;
}

void sms_judge(const struct egress_answer *answer, int tries, int64_t now_us, int64_t tag,
               struct sms_end *out)
{
    int64_t code = 0;

    *out = (struct sms_end){.about = SMS_ABOUT_NUMBER};
    if (answer->end != EGRESS_ANSWERED) {
        out->outcome = answer->end == EGRESS_NOT_SENT ? CLAIM_LATER : CLAIM_UNCERTAIN;
        out->about = SMS_ABOUT_SERVICE;
        copy_line(out->text, sizeof(out->text), str_of(answer->text));
    } else {
        read_answer(buf_str(&answer->body), &code, out);
        if (answer->status / 100 == 2) {
            out->outcome = CLAIM_ACCEPTED;
        } else {
            sms_error(code, out);
            out->slower = out->slower || answer->status == 429;
            out->outcome = outcome_of(answer->status, out);
            if (answer->status == 401 || answer->status == 403 || answer->status == 404 ||
                answer->status / 100 == 5)
                out->about = SMS_ABOUT_SERVICE;
        }
        if (!out->text[0])
            snprintf(out->text, sizeof(out->text), "HTTP %d", answer->status);
    }
    if (out->outcome == CLAIM_LATER)
        out->next_us = again_us(answer, tries, now_us, tag);
}

/* ---- what comes in ------------------------------------------------------------------------ */

enum sms_later sms_status(struct str word)
{
    if (str_eqz(word, "delivered") || str_eqz(word, "read"))
        return SMS_DELIVERED;
    if (str_eqz(word, "undelivered") || str_eqz(word, "failed") || str_eqz(word, "canceled"))
        return SMS_LOST;
    return SMS_UNDER_WAY;
}
