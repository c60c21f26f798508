/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/sending_settings.h"

#include "base/i18n.h"
#include "base/parse.h"
#include "base/timestamp.h"

enum {
    PER_MINUTE_MAX = 1000000,
    WARM_UP_DAYS = 42,
    WARM_UP_FIRST = 1440, /* one a minute */
    MINUTES = 1440
};

static const char *const tls_words[] = {[SENDING_TLS_OFF] = "off",
                                        [SENDING_TLS_OPPORTUNISTIC] = "opportunistic",
                                        [SENDING_TLS_REQUIRED] = "required",
                                        [SENDING_TLS_IMPLICIT] = "implicit",
                                        NULL};
const char *const sending_provider_words[] = {[SENDING_PROVIDER_NONE] = "none",
                                              [SENDING_PROVIDER_SES] = "ses",
                                              [SENDING_PROVIDER_POSTMARK] = "postmark",
                                              [SENDING_PROVIDER_MAILGUN] = "mailgun",
                                              [SENDING_PROVIDER_SENDGRID] = "sendgrid",
                                              [SENDING_PROVIDER_BREVO] = "brevo",
                                              NULL};
static const char *const then_words[] = {"wait", "skip", NULL};
static const char *const channel_words[] = {"any",  "email",   "sms", "whatsapp",
                                            "push", "webhook", NULL};

struct sending sending_default(void)
{
    return (struct sending){.sms = {.base = "https://api.twilio.com"},
                            .smtp = {.port = 587, .tls = SENDING_TLS_REQUIRED, .connections = 8},
                            .warm_up_first = WARM_UP_FIRST,
                            .same_after_days = -1,
                            .track_clicks = true,
                            .track_opens = true};
}

/* ---- values ------------------------------------------------------------------------------- */

enum shape { ANY_TEXT, ADDRESS, DOMAIN_NAME, WEB_ADDRESS, MAILBOX, COLOR, LABEL };

struct text_arg {
    size_t size;
    enum shape shape;
};

static bool is_domain(const char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr(".-", text[i]) && !(text[i] & 0x80))
            return false;
    return n && strchr(text, '.') && text[0] != '.' && text[n - 1] != '.' && !strstr(text, "..");
}

/* What a mail server is told is looked at more closely when it is told (mail/address.h). */
static bool is_address(const char *text)
{
    const char *at = strchr(text, '@');

    return at && at != text && is_domain(at + 1) && !strpbrk(text, " \t\"<>(),;:\\");
}

static bool is_web_address(const char *text)
{
    return (strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0) &&
           !strpbrk(text, " \"'<>\\") && strlen(text) > 10;
}

/* The rest is looked at where it is asked (outreach/sender/mailbox.h). */
static bool is_mailbox(const char *text)
{
    return (strncmp(text, "imaps://", 8) == 0 || strncmp(text, "imap://", 7) == 0) &&
           !strpbrk(text, " @?#\"'<>\\");
}

static bool is_color(const char *text)
{
    return text[0] == '#' && strlen(text) == 7 && strspn(text + 1, "0123456789abcdefABCDEF") == 6;
}

static bool is_label(const char *text)
{
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr(".-_", *text))
            return false;
    return true;
}

static bool is_any(const char *text)
{
    (void)text;
    return true;
}

static const struct {
    bool (*fits)(const char *text);
    const char *should;
} shapes[] = {
    [ANY_TEXT] = {is_any, ""},
    [ADDRESS] = {is_address, N_("an e-mail address such as news@shop.example")},
    [DOMAIN_NAME] = {is_domain, N_("a domain such as bounce.shop.example")},
    [WEB_ADDRESS] = {is_web_address, N_("a web address such as https://shop.example")},
    [MAILBOX] = {is_mailbox, N_("a mailbox such as imaps://mail.shop.example/INBOX")},
    [COLOR] = {is_color, N_("a colour such as \"#1a73e8\"")},
    [LABEL] = {is_label, N_("letters, digits, dots, - and _")},
};

static enum err_code read_text(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    const struct text_arg *of = arg;
    const size_t longest = of->size - 1;
    const char *text = "";

    TRY(yaml_read_optional_text(r, node, &text, &longest));
    if (*text && !shapes[of->shape].fits(text))
        return yaml_fail(r, node, "must be %s, is \"%.60s\"", i18n_text(shapes[of->shape].should),
                         text);
    snprintf(out, of->size, "%s", text);
    return ERR_OK;
}

static enum err_code read_number(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    return yaml_is_null(node) ? ERR_OK : yaml_read_int(r, node, out, arg);
}

static enum err_code read_flag(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    return yaml_is_null(node) ? ERR_OK : yaml_read_flag(r, node, out, arg);
}

static enum err_code read_word(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    return yaml_is_null(node) ? ERR_OK : yaml_read_word(r, node, out, arg);
}

static enum err_code read_day(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    struct read_style style = {0};
    const char *text = "";

    TRY(yaml_read_optional_text(r, node, &text, arg));
    if (parse_day(str_of(text), &style, out, NULL) != ERR_OK)
        return yaml_fail(r, node, "must be a day such as 2026-05-17, is \"%.40s\"", text);
    return ERR_OK;
}

static enum err_code read_channel(struct yaml_reader *r, yaml_node_t *node, void *out,
                                  const void *arg)
{
    int word = 0;

    TRY(yaml_read_word(r, node, &word, arg));
    snprintf(out, SENDING_CHANNEL_BYTES, "%s", channel_words[word]);
    return ERR_OK;
}

/* ---- the table: how a field is read, and that it is written when it is not as usual ---------- */

enum kind { TEXT, NUMBER, FLAG, WORD, DAY };

struct field {
    const char *group, *key; /* group NULL: of the section itself */
    enum kind kind;
    size_t offset;
    struct text_arg text;
    struct yaml_range range;
    const char *const *words;
};

#define AT(member) offsetof(struct sending, member)
#define SIZE(member) sizeof(((struct sending *)0)->member)
#define TEXT_FIELD(in, name, member, form)                                                         \
    {                                                                                              \
        .group = in, .key = name, .kind = TEXT, .offset = AT(member), .text = {                    \
            SIZE(member),                                                                          \
            form                                                                                   \
        }                                                                                          \
    }
#define NUMBER_FIELD(in, name, member, least, most)                                                \
    {                                                                                              \
        .group = in, .key = name, .kind = NUMBER, .offset = AT(member), .range = {                 \
            least,                                                                                 \
            most,                                                                                  \
            false                                                                                  \
        }                                                                                          \
    }

static const struct field fields[] = {
    TEXT_FIELD("marketing", "name", marketing.name, ANY_TEXT),
    TEXT_FIELD("marketing", "address", marketing.address, ADDRESS),
    TEXT_FIELD("transactional", "name", transactional.name, ANY_TEXT),
    TEXT_FIELD("transactional", "address", transactional.address, ADDRESS),
    TEXT_FIELD(NULL, "reply_to", reply_to, ADDRESS),
    TEXT_FIELD(NULL, "postal_address", postal_address, ANY_TEXT),
    TEXT_FIELD(NULL, "url", url, WEB_ADDRESS),
    TEXT_FIELD(NULL, "logo", logo, WEB_ADDRESS),
    TEXT_FIELD(NULL, "color", color, COLOR),
    TEXT_FIELD(NULL, "bounce_domain", bounce_domain, DOMAIN_NAME),
    TEXT_FIELD(NULL, "bounce_folder", bounce_folder, ANY_TEXT),
    TEXT_FIELD("mailbox", "url", mailbox.url, MAILBOX),
    TEXT_FIELD("mailbox", "user", mailbox.user, ANY_TEXT),
    TEXT_FIELD("mailbox", "password_file", mailbox.password_file, ANY_TEXT),
    TEXT_FIELD("mailbox", "password_env", mailbox.password_env, LABEL),
    TEXT_FIELD("mailbox", "ca_file", mailbox.ca_file, ANY_TEXT),
    TEXT_FIELD("mailbox", "move_to", mailbox.move_to, ANY_TEXT),
    {.group = "mailbox", .key = "delete", .kind = FLAG, .offset = AT(mailbox.remove)},
    TEXT_FIELD("smtp", "host", smtp.host, LABEL),
    NUMBER_FIELD("smtp", "port", smtp.port, 1, 65535),
    {.group = "smtp", .key = "tls", .kind = WORD, .offset = AT(smtp.tls), .words = tls_words},
    TEXT_FIELD("smtp", "user", smtp.user, ANY_TEXT),
    TEXT_FIELD("smtp", "password_file", smtp.password_file, ANY_TEXT),
    TEXT_FIELD("smtp", "password_env", smtp.password_env, LABEL),
    TEXT_FIELD("smtp", "ca_file", smtp.ca_file, ANY_TEXT),
    TEXT_FIELD("smtp", "name", smtp.name, LABEL),
    NUMBER_FIELD("smtp", "connections", smtp.connections, 1, 64),
    TEXT_FIELD("dkim", "key_file", dkim.key_file, ANY_TEXT),
    TEXT_FIELD("dkim", "domain", dkim.domain, DOMAIN_NAME),
    TEXT_FIELD("dkim", "selector", dkim.selector, LABEL),
    TEXT_FIELD("sms", "base", sms.base, WEB_ADDRESS),
    TEXT_FIELD("sms", "account", sms.account, LABEL),
    TEXT_FIELD("sms", "user", sms.user, LABEL),
    TEXT_FIELD("sms", "password_file", sms.password_file, ANY_TEXT),
    TEXT_FIELD("sms", "password_env", sms.password_env, LABEL),
    TEXT_FIELD("sms", "from", sms.from, ANY_TEXT),
    TEXT_FIELD("sms", "token_file", sms.token_file, ANY_TEXT),
    TEXT_FIELD("sms", "token_env", sms.token_env, LABEL),
    {.group = "provider",
     .key = "name",
     .kind = WORD,
     .offset = AT(provider.name),
     .words = sending_provider_words},
    TEXT_FIELD("provider", "secret_file", provider.secret_file, ANY_TEXT),
    TEXT_FIELD("provider", "secret_env", provider.secret_env, LABEL),
    TEXT_FIELD("provider", "topic", provider.topic, ANY_TEXT),
    TEXT_FIELD("provider", "certificate_file", provider.certificate_file, ANY_TEXT),
    {.key = "private_network", .kind = FLAG, .offset = AT(private_network)},
    NUMBER_FIELD(NULL, "per_minute", per_minute, 0, PER_MINUTE_MAX),
    NUMBER_FIELD(NULL, "per_minute_domain", per_minute_domain, 0, PER_MINUTE_MAX),
    {.group = "warm_up", .key = "from", .kind = DAY, .offset = AT(warm_up_day)},
    NUMBER_FIELD("warm_up", "first_day", warm_up_first, WARM_UP_FIRST, 1000000000),
    NUMBER_FIELD(NULL, "same_after_days", same_after_days, 0, 3650),
    NUMBER_FIELD(NULL, "approval_from", approval_from, 0, 1000000000),
    {.key = "track_clicks", .kind = FLAG, .offset = AT(track_clicks)},
    {.key = "track_opens", .kind = FLAG, .offset = AT(track_opens)},
};

static const char *const groups[] = {"marketing", "transactional", "mailbox",  "smtp",
                                     "dkim",      "sms",           "provider", "warm_up"};

static struct yaml_field row_of(const struct field *f)
{
    static const yaml_read_fn readers[] = {[TEXT] = read_text,
                                           [NUMBER] = read_number,
                                           [FLAG] = read_flag,
                                           [WORD] = read_word,
                                           [DAY] = read_day};
    const void *const args[] = {
        [TEXT] = &f->text, [NUMBER] = &f->range, [WORD] = (const void *)f->words, [DAY] = NULL};

    return (struct yaml_field){f->key, f->offset, readers[f->kind],
                               f->kind == FLAG ? NULL : args[f->kind], true};
}

/* ---- reading ------------------------------------------------------------------------------ */

static size_t rows_of(const char *group, struct yaml_field *out)
{
    size_t n = 0;

    for (size_t i = 0; i < TM_COUNT(fields); i++)
        if (group ? fields[i].group && strcmp(fields[i].group, group) == 0 : !fields[i].group)
            out[n++] = row_of(&fields[i]);
    return n;
}

static enum err_code read_group(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    struct yaml_field rows[TM_COUNT(fields)];

    if (yaml_is_null(node))
        return ERR_OK;
    return yaml_read_map(r, node, rows, rows_of(arg, rows), out);
}

static enum err_code read_cap(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    static const struct yaml_range most = {1, 1000, false}, hours = {1, 24 * 366, false};
    static const struct yaml_field rows[] = {
        {"channel", offsetof(struct sending_cap, channel), read_channel,
         (const void *)channel_words, true},
        {"most", offsetof(struct sending_cap, most), yaml_read_int, &most, false},
        {"hours", offsetof(struct sending_cap, hours), yaml_read_int, &hours, false},
        {"then", offsetof(struct sending_cap, then), yaml_read_word, (const void *)then_words,
         true},
    };

    (void)arg;
    snprintf(((struct sending_cap *)out)->channel, SENDING_CHANNEL_BYTES, "any");
    return yaml_read_map(r, node, rows, TM_COUNT(rows), out);
}

static enum err_code read_caps(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    struct sending *s = out;

    (void)arg;
    s->caps_given = true;
    s->cap_count = 0;
    if (yaml_is_null(node))
        return ERR_OK;
    TRY(yaml_list(r, node, 0, SENDING_CAPS_MAX, &s->cap_count));
    for (size_t i = 0; i < s->cap_count; i++) {
        size_t mark = yaml_enter(r, "[%zu]", i + 1);

        TRY(read_cap(r, yaml_item(r, node, i), &s->caps[i], NULL));
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

/* "08:00-21:00", or "always". */
static bool read_window(const char *text, struct sending_window *out)
{
    unsigned from_hour, from_minute, hour, minute;
    int end = 0;

    if (strcmp(text, "always") == 0) {
        out->from_minute = out->until_minute = 0;
        return true;
    }
    if (sscanf(text, "%2u:%2u-%2u:%2u%n", &from_hour, &from_minute, &hour, &minute, &end) != 4 ||
        text[end] || from_minute > 59 || minute > 59)
        return false;
    out->from_minute = (int)(from_hour * 60 + from_minute);
    out->until_minute = (int)(hour * 60 + minute);
    return out->from_minute < MINUTES && out->until_minute <= MINUTES &&
           out->from_minute < out->until_minute;
}

static enum err_code read_hours(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    struct sending *s = out;
    yaml_node_t *key, *value;

    (void)arg;
    if (!yaml_is_null(node) && node->type != YAML_MAPPING_NODE)
        return yaml_fail(r, node, "must be a block of channels such as email: 08:00-21:00");
    for (size_t i = 0; !yaml_is_null(node) && yaml_pair(r, node, i, &key, &value); i++) {
        struct sending_window *w = &s->hours[s->hours_count];
        const char *text = "";
        int word = 0;

        if (s->hours_count == SENDING_HOURS_MAX)
            return yaml_fail(r, key, "must be at most %d channels", SENDING_HOURS_MAX);
        TRY(yaml_read_word(r, key, &word, (const void *)(channel_words + 1)));
        snprintf(w->channel, sizeof(w->channel), "%s", channel_words[word + 1]);
        for (size_t k = 0; k < s->hours_count; k++)
            if (strcmp(s->hours[k].channel, w->channel) == 0)
                return yaml_fail(r, key, "\"%s\" is given twice", w->channel);
        TRY(yaml_read_string(r, value, &text, NULL));
        if (!read_window(text, w))
            return yaml_fail(r, value,
                             "must be hours of one day such as 08:00-21:00, or always, is "
                             "\"%.20s\"",
                             text);
        s->hours_count++;
    }
    return ERR_OK;
}

static enum err_code check_sms(struct yaml_reader *r, const yaml_node_t *node,
                               const struct sending *s)
{
    if (!s->sms.account[0])
        return ERR_OK;
    if (!s->sms.from[0])
        return yaml_fail(r, node, "has sms.account, and needs sms.from, the sender's number");
    if (!s->sms.password_file[0] == !s->sms.password_env[0])
        return yaml_fail(r, node,
                         "has sms.account, and needs sms.password_file or sms.password_env, one of "
                         "them");
    if (s->sms.token_file[0] && s->sms.token_env[0])
        return yaml_fail(r, node, "has sms.token_file and sms.token_env: give one of them");
    return ERR_OK;
}

/* What each needs to be believed. */
static enum err_code check_provider(struct yaml_reader *r, const yaml_node_t *node,
                                    const struct sending *s)
{
    const bool has_key = s->provider.name == SENDING_PROVIDER_MAILGUN ||
                         s->provider.name == SENDING_PROVIDER_SENDGRID;

    if (s->provider.secret_file[0] && s->provider.secret_env[0])
        return yaml_fail(r, node,
                         "has provider.secret_file and provider.secret_env: give one of "
                         "them");
    if (has_key && !s->provider.secret_file[0] && !s->provider.secret_env[0])
        return yaml_fail(r, node,
                         "has the provider %s, and needs provider.secret_file or "
                         "provider.secret_env, the key of its webhooks",
                         sending_provider_words[s->provider.name]);
    if (s->provider.name == SENDING_PROVIDER_SES && !s->provider.topic[0])
        return yaml_fail(r, node,
                         "has the provider ses, and needs provider.topic, the topic's ARN");
    return ERR_OK;
}

/* What cannot go without something else. */
static enum err_code check(struct yaml_reader *r, const yaml_node_t *node, const struct sending *s)
{
    TRY(check_sms(r, node, s));
    TRY(check_provider(r, node, s));
    if (!s->smtp.host[0] && s->sms.account[0])
        return ERR_OK;
    if (!s->smtp.host[0])
        return yaml_fail(r, node, "needs smtp.host, the mail server that takes the messages");
    if (!s->marketing.address[0] && !s->transactional.address[0])
        return yaml_fail(r, node, "needs marketing.address or transactional.address");
    if (s->marketing.address[0] && !s->postal_address[0])
        return yaml_fail(r, node, "needs postal_address, which every marketing message must have");
    if (s->smtp.password_file[0] && s->smtp.password_env[0])
        return yaml_fail(r, node, "has smtp.password_file and smtp.password_env: give one of them");
    if (s->smtp.user[0] && !s->smtp.password_file[0] && !s->smtp.password_env[0])
        return yaml_fail(r, node,
                         "has smtp.user, and needs smtp.password_file or "
                         "smtp.password_env");
    if (s->smtp.user[0] && s->smtp.tls < SENDING_TLS_REQUIRED)
        return yaml_fail(r, node,
                         "has smtp.user, and needs smtp.tls: required or implicit: a "
                         "password is never sent in the clear");
    if (s->dkim.key_file[0] && (!s->dkim.domain[0] || !s->dkim.selector[0]))
        return yaml_fail(r, node, "has dkim.key_file, and needs dkim.domain and dkim.selector");
    return ERR_OK;
}

enum err_code sending_read(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    struct yaml_field rows[TM_COUNT(fields) + TM_COUNT(groups) + 2];
    struct sending *s = out;
    size_t n = rows_of(NULL, rows);

    (void)arg;
    if (yaml_is_null(node))
        return ERR_OK;
    for (size_t i = 0; i < TM_COUNT(groups); i++)
        rows[n++] = (struct yaml_field){groups[i], 0, read_group, groups[i], true};
    rows[n++] = (struct yaml_field){"caps", 0, read_caps, NULL, true};
    rows[n++] = (struct yaml_field){"hours", 0, read_hours, NULL, true};
    TRY(yaml_read_map(r, node, rows, n, s));
    s->given = true;
    return check(r, node, s);
}

/* ---- writing ------------------------------------------------------------------------------ */

static const void *member(const struct sending *s, const struct field *f)
{
    return (const char *)s + f->offset;
}

static bool as_usual(const struct sending *s, const struct sending *usual, const struct field *f)
{
    static const size_t sizes[] = {[NUMBER] = sizeof(int),
                                   [FLAG] = sizeof(bool),
                                   [WORD] = sizeof(int),
                                   [DAY] = sizeof(int64_t)};

    return f->kind == TEXT ? strcmp(member(s, f), member(usual, f)) == 0
                           : memcmp(member(s, f), member(usual, f), sizes[f->kind]) == 0;
}

static void write_field(struct json_writer *w, const struct sending *s, const struct field *f)
{
    TM_CLEANUP(buf_release) struct buf day = BUF_INIT(32);

    switch (f->kind) {
    case TEXT:
        json_key_stringz(w, f->key, member(s, f));
        break;
    case NUMBER:
        json_key_int(w, f->key, *(const int *)member(s, f));
        break;
    case FLAG:
        json_key_bool(w, f->key, *(const bool *)member(s, f));
        break;
    case WORD:
        json_key_stringz(w, f->key, f->words[*(const int *)member(s, f)]);
        break;
    case DAY:
        timestamp_add_date(&day, *(const int64_t *)member(s, f) * US_PER_DAY);
        json_key_string(w, f->key, buf_str(&day));
        break;
    }
}

static void write_group(struct json_writer *w, const struct sending *s, const struct sending *usual,
                        const char *group)
{
    bool begun = false;

    for (size_t i = 0; i < TM_COUNT(fields); i++) {
        const struct field *f = &fields[i];

        if ((group ? !f->group || strcmp(f->group, group) != 0 : f->group != NULL) ||
            as_usual(s, usual, f))
            continue;
        if (group && !begun) {
            json_key(w, group);
            json_begin_object(w);
        }
        begun = true;
        write_field(w, s, f);
    }
    if (group && begun)
        json_end_object(w);
}

static void write_caps(struct json_writer *w, const struct sending *s)
{
    if (!s->caps_given)
        return;
    json_key(w, "caps");
    json_begin_array(w);
    for (size_t i = 0; i < s->cap_count; i++) {
        json_begin_object(w);
        json_key_stringz(w, "channel", s->caps[i].channel);
        json_key_int(w, "most", s->caps[i].most);
        json_key_int(w, "hours", s->caps[i].hours);
        json_key_stringz(w, "then", then_words[s->caps[i].then]);
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_hours(struct json_writer *w, const struct sending *s)
{
    if (!s->hours_count)
        return;
    json_key(w, "hours");
    json_begin_object(w);
    for (size_t i = 0; i < s->hours_count; i++) {
        const struct sending_window *h = &s->hours[i];
        char text[32] = "always";

        if (h->from_minute != h->until_minute)
            snprintf(text, sizeof(text), "%02d:%02d-%02d:%02d", h->from_minute / 60,
                     h->from_minute % 60, h->until_minute / 60, h->until_minute % 60);
        json_key_stringz(w, h->channel, text);
    }
    json_end_object(w);
}

void sending_write(struct json_writer *w, const struct sending *sending)
{
    const struct sending usual = sending_default();

    json_begin_object(w);
    write_group(w, sending, &usual, NULL);
    for (size_t i = 0; i < TM_COUNT(groups); i++)
        write_group(w, sending, &usual, groups[i]);
    write_caps(w, sending);
    write_hours(w, sending);
    json_end_object(w);
}

int sending_per_minute(const struct sending *sending, int64_t day)
{
    int64_t since = day - sending->warm_up_day;
    double a_day = sending->warm_up_first;
    int minute;

    if (!sending->warm_up_day || since >= WARM_UP_DAYS)
        return sending->per_minute;
    for (int64_t i = 0; i < since; i++)
        a_day *= 1.25;
    minute = a_day / MINUTES < PER_MINUTE_MAX ? (int)(a_day / MINUTES) : PER_MINUTE_MAX;
    return sending->per_minute && sending->per_minute < minute ? sending->per_minute : minute;
}

/* ---- by which channels -------------------------------------------------------------------- */

static bool can(const struct sending *s, const char *channel)
{
    if (strcmp(channel, "email") == 0)
        return s->smtp.host[0] != '\0';
    return strcmp(channel, "sms") == 0 && s->sms.account[0] != '\0';
}

size_t sending_ways(const struct sending *sending, const char *const *channels, size_t n,
                    const char **out)
{
    size_t ways = 0;

    for (size_t i = 0; sending && i < n; i++)
        if (can(sending, channels[i]))
            out[ways++] = channels[i];
    if (ways)
        return ways;
    memcpy(out, channels, n * sizeof(*out));
    return n;
}
