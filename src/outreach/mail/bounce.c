/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/bounce.h"

#include "base/utf8.h"
#include "outreach/mail/gmime_use.h"
#include "outreach/mail/token.h"

enum { DEPTH = 8, PARTS = 64, FIELDS_MAX = 65536, WORDS_MAX = 16384, VALUE_MAX = 2000 };

static const char *const kind_names[BOUNCE_KINDS] = {
    [BOUNCE_OTHER] = "other",
    [BOUNCE_HARD] = "hard",
    [BOUNCE_SOFT] = "soft",
    [BOUNCE_COMPLAINT] = "complaint",
    [BOUNCE_AUTO_REPLY] = "auto-reply",
};

/* What was found on the way through the parts. */
struct found {
    struct bounce *out;
    struct buf report;   /* the fields of message/delivery-status */
    struct buf feedback; /* of message/feedback-report */
    struct buf words;    /* the first text for people */
    struct buf original; /* headers of the message that it is about */
    bool receipt;        /* message/disposition-notification */
    int parts;
};

const char *bounce_kind_name(enum bounce_kind kind)
{
    return kind_names[kind];
}

/* One line of UTF-8 from whatever it is. */
static void copy_line(char *out, size_t cap, struct str s)
{
    size_t n = 0;

    s = str_trim(s);
    for (size_t i = 0; i < s.n;) {
        size_t length = utf8_valid_at(s, i);
        bool shown = length > 0 && (unsigned char)s.p[i] >= 0x20 && s.p[i] != 0x7f;

        if (n + (shown ? length : 1) >= cap)
            break;
        if (shown)
            memcpy(out + n, s.p + i, length);
        else if (n == 0 || out[n - 1] != ' ')
            out[n] = ' ';
        else
            n--;
        n += shown ? length : 1;
        i += length ? length : 1;
    }
    out[n] = 0;
}

/* ---- the parts
 * ---------------------------------------------------------------------------
 */

static void add_content(GMimeObject *part, struct buf *out, size_t most)
{
    GMimeDataWrapper *content =
        GMIME_IS_PART(part) ? g_mime_part_get_content(GMIME_PART(part)) : NULL;
    GMimeStream *stream;
    GByteArray *bytes;
    size_t n;

    if (!content || out->n)
        return;
    stream = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, stream);
    bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    n = bytes->len < most ? bytes->len : most;
    buf_add(out, bytes->data, n);
    g_object_unref(stream);
}

static void add_headers(GMimeMessage *message, struct buf *out)
{
    char *headers = g_mime_object_get_headers(GMIME_OBJECT(message), NULL);

    if (headers && !out->n)
        buf_add(out, headers, strnlen(headers, FIELDS_MAX));
    g_free(headers);
}

static void look_at(struct found *found, GMimeObject *part, int depth);

static void look_inside(struct found *found, GMimeMultipart *parts, int depth)
{
    int n = g_mime_multipart_get_count(parts);

    for (int i = 0; i < n && found->parts < PARTS; i++)
        look_at(found, g_mime_multipart_get_part(parts, i), depth + 1);
}

static void look_at(struct found *found, GMimeObject *part, int depth)
{
    GMimeContentType *type = part ? g_mime_object_get_content_type(part) : NULL;

    if (!type || depth > DEPTH || found->parts++ >= PARTS)
        return;
    if (GMIME_IS_MULTIPART(part)) {
        look_inside(found, GMIME_MULTIPART(part), depth);
    } else if (GMIME_IS_MESSAGE_PART(part)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));

        if (inner)
            add_headers(inner, &found->original);
    } else if (g_mime_content_type_is_type(type, "message", "delivery-status") ||
               g_mime_content_type_is_type(type, "message", "global-delivery-status")) {
        add_content(part, &found->report, FIELDS_MAX);
    } else if (g_mime_content_type_is_type(type, "message", "feedback-report")) {
        add_content(part, &found->feedback, FIELDS_MAX);
    } else if (g_mime_content_type_is_type(type, "message", "disposition-notification")) {
        found->receipt = true;
    } else if (g_mime_content_type_is_type(type, "text", "rfc822-headers") ||
               g_mime_content_type_is_type(type, "message", "global-headers")) {
        add_content(part, &found->original, FIELDS_MAX);
    } else if (g_mime_content_type_is_type(type, "text", "*")) {
        add_content(part, &found->words, WORDS_MAX);
    }
}

/* ---- fields
 * ------------------------------------------------------------------------------
 */

/* The next field of a text from *at on: its name and its value with folded
 * lines in it. False at the end; *out_gap: an empty line came before it. */
static bool next_field(struct str text, size_t *at, struct str *out_name, struct str *out_value,
                       bool *out_gap)
{
    *out_gap = false;
    while (*at < text.n) {
        const char *lf = memchr(text.p + *at, '\n', text.n - *at);
        size_t from = *at, end = lf ? (size_t)(lf - text.p) : text.n;
        const char *colon;

        while (end + 1 < text.n && (text.p[end + 1] == ' ' || text.p[end + 1] == '\t')) {
            lf = memchr(text.p + end + 1, '\n', text.n - end - 1);
            end = lf ? (size_t)(lf - text.p) : text.n;
        }
        *at = end < text.n ? end + 1 : text.n;
        colon = memchr(text.p + from, ':', end - from);
        if (!colon) {
            *out_gap = *out_gap || str_trim((struct str){text.p + from, end - from}).n == 0;
            continue;
        }
        *out_name = str_trim((struct str){text.p + from, (size_t)(colon - text.p) - from});
        *out_value = str_trim((struct str){colon + 1, end - (size_t)(colon - text.p) - 1});
        if (out_value->n > VALUE_MAX)
            out_value->n = VALUE_MAX;
        return true;
    }
    return false;
}

static struct str field_of(struct str text, const char *name)
{
    struct str found, value;
    size_t at = 0;
    bool gap;

    while (next_field(text, &at, &found, &value, &gap))
        if (str_ieqz(found, name))
            return value;
    return STR_NONE;
}

/* "rfc822; ann@example" and "<ann@example>" without what stands around the
 * address. */
static struct str bare(struct str value)
{
    const char *semicolon = value.n ? memchr(value.p, ';', value.n) : NULL;
    const char *open, *close;

    if (semicolon)
        value = str_trim((struct str){semicolon + 1, value.n - (size_t)(semicolon - value.p) - 1});
    open = value.n ? memchr(value.p, '<', value.n) : NULL;
    close = open ? memchr(open, '>', value.n - (size_t)(open - value.p)) : NULL;
    return close ? (struct str){open + 1, (size_t)(close - open) - 1} : value;
}

/* The first "5.1.1" in a text that stands by itself. */
static bool status_within(struct str text, struct mail_status *out)
{
    for (size_t i = 0; i + 5 <= text.n; i++)
        if ((text.p[i] == '4' || text.p[i] == '5') && text.p[i + 1] == '.' &&
            (i == 0 || (!isalnum((unsigned char)text.p[i - 1]) && text.p[i - 1] != '.')) &&
            mail_status_read((struct str){text.p + i, text.n - i}, out)) {
            /* No address of a host: 5.1.1.7 */
            size_t end = i;

            while (end < text.n && (isdigit((unsigned char)text.p[end]) || text.p[end] == '.'))
                end++;
            if (text.p[end - 1] == '.')
                end--;
            if (memchr(text.p + i + 4, '.', end - i - 4) == NULL)
                return true;
        }
    *out = (struct mail_status){0};
    return false;
}

/* ---- judging
 * -----------------------------------------------------------------------------
 */

/* Of something that was not delivered. */
static enum bounce_kind failure(const struct mail_status *status, struct str words)
{
    /* "5.0.0" and no number at all say nothing: then the words count. */
    bool vague = status->kind == 0 || (status->kind == 5 && status->subject == 0);

    if (mail_status_dead(status) || (vague && mail_text_dead(words)))
        return BOUNCE_HARD;
    return BOUNCE_SOFT;
}

/* A group of fields about one recipient. */
struct group {
    struct str action, status, recipient, diagnostic;
};

static void judge_group(const struct group *g, struct bounce *out)
{
    struct bounce made = *out;
    struct mail_status told = {0};

    if (str_ieqz(g->action, "delayed") || !str_ieqz(g->action, "failed")) {
        if (out->recipient[0] == 0)
            copy_line(out->recipient, sizeof(out->recipient), bare(g->recipient));
        return;
    }
    if (!mail_status_read(g->status, &made.status))
        made.status = (struct mail_status){0};
    /* Relays put 5.0.0 where the last server was more precise. */
    if (status_within(g->diagnostic, &told) &&
        (made.status.kind == 0 || (made.status.subject == 0 && made.status.detail == 0)))
        made.status = told;
    made.kind = failure(&made.status, g->diagnostic);
    copy_line(made.recipient, sizeof(made.recipient), bare(g->recipient));
    copy_line(made.text, sizeof(made.text), g->diagnostic);
    /* Of several recipients the one who is gone. */
    if (out->kind == BOUNCE_OTHER || (made.kind == BOUNCE_HARD && out->kind != BOUNCE_HARD))
        *out = made;
}

static void judge_report(struct str report, struct bounce *out)
{
    struct group group = {STR_NONE, STR_NONE, STR_NONE, STR_NONE};
    struct str name, value;
    size_t at = 0;
    bool gap;

    out->kind = BOUNCE_OTHER;
    while (next_field(report, &at, &name, &value, &gap)) {
        if (gap && group.action.n) {
            judge_group(&group, out);
            group = (struct group){STR_NONE, STR_NONE, STR_NONE, STR_NONE};
        }
        if (str_ieqz(name, "Action"))
            group.action = value;
        else if (str_ieqz(name, "Status"))
            group.status = value;
        else if (str_ieqz(name, "Diagnostic-Code"))
            group.diagnostic = value;
        else if (str_ieqz(name, "Final-Recipient") && !group.recipient.n)
            group.recipient = value;
        else if (str_ieqz(name, "Original-Recipient"))
            group.recipient = value; /* the address that was written to */
    }
    if (group.action.n)
        judge_group(&group, out);
}

static void judge_feedback(struct str feedback, struct bounce *out)
{
    struct str type = field_of(feedback, "Feedback-Type");

    out->kind = str_ieqz(type, "abuse") || str_ieqz(type, "fraud") || str_ieqz(type, "opt-out") ||
                        str_ieqz(type, "complaint")
                    ? BOUNCE_COMPLAINT
                    : BOUNCE_OTHER;
    copy_line(out->recipient, sizeof(out->recipient), bare(field_of(feedback, "Original-Rcpt-To")));
    copy_line(out->text, sizeof(out->text), type);
}

static struct str header_of(GMimeMessage *message, const char *name)
{
    return str_of(g_mime_object_get_header(GMIME_OBJECT(message), name));
}

/* As programs on holiday say it, and servers that report do not. */
static bool says_away(GMimeMessage *message)
{
    static const char *const marks[] = {"X-Autoreply", "X-Autorespond", "X-Auto-Reply-From",
                                        "X-Autoresponder"};
    static const char *const subjects[] = {"automatic reply",
                                           "out of office",
                                           "out of the office",
                                           "auto-reply",
                                           "autoreply",
                                           "auto reply",
                                           "autoresponder",
                                           "vacation",
                                           "abwesenheit",
                                           "automatische antwort",
                                           "réponse automatique",
                                           "absence du bureau",
                                           "respuesta automática",
                                           "fuera de la oficina",
                                           "risposta automatica",
                                           "fuori ufficio",
                                           "automatisch antwoord",
                                           "resposta automática",
                                           "automatyczna odpowied",
                                           "otomatik yan",
                                           "автоответ",
                                           "Автоответ",
                                           "自動応答",
                                           "自动答复",
                                           "自动回复",
                                           "ردّ تلقائي",
                                           "رد تلقائي",
                                           "ตอบกลับอัตโนมัติ"};
    struct str subject = str_of(g_mime_message_get_subject(message));

    if (str_ieqz(header_of(message, "Precedence"), "auto_reply"))
        return true;
    for (size_t i = 0; i < TM_COUNT(marks); i++)
        if (header_of(message, marks[i]).n)
            return true;
    for (size_t i = 0; i < TM_COUNT(subjects); i++)
        if (str_icontains(subject, subjects[i]))
            return true;
    return false;
}

static bool is_auto_reply(GMimeMessage *message)
{
    struct str submitted = header_of(message, "Auto-Submitted");

    return (submitted.n && !str_ieqz(str_trim(submitted), "no")) ||
           header_of(message, "X-Auto-Response-Suppress").n || says_away(message);
}

static bool from_machine(GMimeMessage *message)
{
    struct str from = header_of(message, "From");

    return str_icontains(from, "mailer-daemon") || str_icontains(from, "postmaster@") ||
           str_icontains(from, "mail delivery s");
}

/* Servers without reports: they tell it in words, and some name the address in
 * a header. */
static void judge_words(GMimeMessage *message, struct str words, struct bounce *out)
{
    struct str failed = header_of(message, "X-Failed-Recipients");

    if (failed.n || (from_machine(message) && !says_away(message))) {
        const char *copy = words.n ? memmem(words.p, words.n, "\n------", 7) : NULL;

        /* What follows is the message itself, in its sender's words. */
        if (copy)
            words.n = (size_t)(copy - words.p);
        if (!status_within(words, &out->status) && !failed.n && !mail_text_dead(words))
            return;
        out->kind = failure(&out->status, words);
        copy_line(out->recipient, sizeof(out->recipient), bare(failed));
        copy_line(out->text, sizeof(out->text), words);
    } else if (is_auto_reply(message)) {
        out->kind = BOUNCE_AUTO_REPLY;
    }
}

static void judge(GMimeMessage *message, struct found *found)
{
    struct bounce *out = found->out;

    if (found->feedback.n)
        judge_feedback(buf_str(&found->feedback), out);
    else if (found->report.n)
        judge_report(buf_str(&found->report), out);
    else if (!found->receipt)
        judge_words(message, buf_str(&found->words), out);
}

/* Where it came, then what it is about, then anything that a server quoted. */
static void prove(const struct pseudonyms *keys, struct str came_to, const struct found *found,
                  struct str message)
{
    const struct str places[] = {came_to, field_of(buf_str(&found->original), "Message-ID"),
                                 field_of(buf_str(&found->original), "Return-Path"),
                                 field_of(buf_str(&found->feedback), "Original-Mail-From"),
                                 message};

    for (size_t i = 0; keys && i < TM_COUNT(places) && !found->out->proved; i++)
        found->out->proved = mail_token_find(keys, places[i], &found->out->outbox_id);
}

/* Without CR: headers of messages are read whole only so. */
static GMimeMessage *parse(struct str message)
{
    TM_CLEANUP(free_charp) char *lines = xmalloc(message.n + 1);
    GMimeStream *stream;
    GMimeParser *parser;
    GMimeMessage *parsed;
    size_t n = 0;

    for (size_t i = 0; i < message.n; i++)
        if (message.p[i] != '\r')
            lines[n++] = message.p[i];
    gmime_begin();
    stream = g_mime_stream_mem_new_with_buffer(lines, n);
    parser = g_mime_parser_new_with_stream(stream);
    parsed = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    return parsed;
}

void bounce_read(const struct pseudonyms *keys, struct str came_to, struct str message,
                 struct bounce *out)
{
    struct found found = {.out = out,
                          .report = BUF_INIT(FIELDS_MAX),
                          .feedback = BUF_INIT(FIELDS_MAX),
                          .words = BUF_INIT(WORDS_MAX),
                          .original = BUF_INIT(FIELDS_MAX)};
    GMimeMessage *parsed;

    *out = (struct bounce){0};
    if (message.n > BOUNCE_BYTES)
        message.n = BOUNCE_BYTES;
    parsed = parse(message);
    if (parsed) {
        look_at(&found, g_mime_message_get_mime_part(parsed), 0);
        judge(parsed, &found);
        copy_line(out->message_id, sizeof(out->message_id),
                  bare(field_of(buf_str(&found.original), "Message-ID")));
        g_object_unref(parsed);
    }
    prove(keys, came_to, &found, message);
    buf_release(&found.report);
    buf_release(&found.feedback);
    buf_release(&found.words);
    buf_release(&found.original);
}
