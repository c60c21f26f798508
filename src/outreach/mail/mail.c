/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/mail.h"

#include "base/i18n.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "outreach/mail/address.h"
#include "outreach/mail/dkim_hash.h"
#include "outreach/mail/gmime_use.h"

enum {
    LINE_BYTES = 998,
    BOUNDARY_MAX = 40,
    WORD_BYTES = 45,
    UNSUBSCRIBE_MAX = 800,
    MESSAGE_MAX = 16 << 20
};

/* Written by us, or by those who carry the message. */
static const char *const taken_names[] = {
    "From",
    "Sender",
    "To",
    "Cc",
    "Bcc",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Return-Path",
    "Received",
    "List-Id",
    "DKIM-Signature",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
};

struct ready { /* what was checked */
    struct mail_address from, to, reply_to, unsubscribe;
};

static enum err_code check_text(struct str s, const char *what, size_t max, struct err *err)
{
    if (s.n > max)
        return err_set(err, ERR_TOO_LARGE, "%s of the message is longer than %zu bytes", what, max);
    if (utf8_first_invalid(s) < s.n)
        return err_set(err, ERR_ENCODING, "%s of the message is not UTF-8", what);
    return ERR_OK;
}

/* One line: nothing in it may begin another header. */
static enum err_code check_line(struct str s, const char *what, size_t max, struct err *err)
{
    TRY(check_text(s, what, max, err));
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return err_set(err, ERR_INVALID,
                           "%s of the message has a line break or another control character", what);
    return ERR_OK;
}

/* Printable ASCII without blanks or brackets: what stands between < and >. */
static enum err_code check_token(struct str s, const char *what, struct err *err)
{
    TRY(check_line(s, what, MAIL_VALUE_MAX, err));
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f ||
            strchr("<>\"\\(),", s.p[i]))
            return err_set(err, ERR_INVALID, "%s of the message has a sign that cannot stand there",
                           what);
    return ERR_OK;
}

static enum err_code check_headers(const struct mail *mail, struct err *err)
{
    if (mail->header_count > MAIL_HEADERS_MAX)
        return err_set(err, ERR_TOO_LARGE, "the message has more than %d headers of its own",
                       MAIL_HEADERS_MAX);
    for (size_t i = 0; i < mail->header_count; i++) {
        const struct mail_header *h = &mail->headers[i];
        size_t n = strlen(h->name);
        bool fine = n > 0 && n < 64 && strncasecmp(h->name, "Content-", 8) != 0;

        for (size_t k = 0; k < n; k++)
            fine = fine && (isalnum((unsigned char)h->name[k]) || h->name[k] == '-');
        for (size_t k = 0; k < TM_COUNT(taken_names); k++)
            fine = fine && strcasecmp(h->name, taken_names[k]) != 0;
        if (!fine)
            return err_set(err, ERR_INVALID, "\"%.64s\" is no header that a message may be given",
                           h->name);
        TRY(check_line(h->value, h->name, MAIL_VALUE_MAX, err));
        for (size_t k = 0; k < h->value.n; k++)
            if ((unsigned char)h->value.p[k] >= 0x7f)
                return err_set(err, ERR_INVALID, "the header %s is not in ASCII", h->name);
    }
    return ERR_OK;
}

static enum err_code check_unsubscribe(const struct mail *mail, struct ready *out, struct err *err)
{
    struct str url = mail->unsubscribe_url;

    TRY(check_token(url, _("the address to unsubscribe"), err));
    if (url.n && (!str_starts(url, "https://") || url.n < 12 || url.n > UNSUBSCRIBE_MAX))
        return err_set(err, ERR_INVALID,
                       "the address to unsubscribe of a message is https:// and "
                       "has at most %d bytes",
                       UNSUBSCRIBE_MAX);
    if (mail->unsubscribe_mail.n)
        TRY(mail_address_read(mail->unsubscribe_mail, &out->unsubscribe, err));
    return ERR_OK;
}

/* The domain of the key covers the sender's (DMARC's relaxed alignment, without the list of public
 * suffixes: the shop's own domain or one below). */
static enum err_code check_domain(const struct dkim_key *key, const struct mail_address *from,
                                  struct err *err)
{
    struct str domain = str_of(mail_address_domain(from));
    const char *signs = dkim_key_domain(key);
    size_t n = strlen(signs);

    if (str_eqz(domain, signs) ||
        (domain.n > n + 1 && domain.p[domain.n - n - 1] == '.' && str_ends(domain, signs)))
        return ERR_OK;
    err_set(err, ERR_INVALID, "the message is from %.100s, and the DKIM key is for %.100s",
            domain.p, signs);
    err_hint(err, "Sign with a key of the domain that the message is from.");
    return ERR_INVALID;
}

static enum err_code check(const struct mail *mail, const struct dkim_key *key, struct ready *out,
                           struct err *err)
{
    TRY(mail_address_read(mail->from, &out->from, err));
    TRY(mail_address_read(mail->to, &out->to, err));
    if (mail->reply_to.n)
        TRY(mail_address_read(mail->reply_to, &out->reply_to, err));
    TRY(check_line(mail->from_name, _("the sender's name"), MAIL_VALUE_MAX, err));
    TRY(check_line(mail->to_name, _("the recipient's name"), MAIL_VALUE_MAX, err));
    TRY(check_line(mail->subject, _("the subject"), MAIL_SUBJECT_MAX, err));
    TRY(check_text(mail->html, _("the HTML part"), MAIL_TEXT_MAX, err));
    TRY(check_text(mail->text, _("the plain text part"), MAIL_TEXT_MAX, err));
    TRY(check_token(mail->message_id, _("the Message-ID"), err));
    TRY(check_token(mail->list_id, _("the List-Id"), err));
    if (mail->message_id.n < 3 || !memchr(mail->message_id.p, '@', mail->message_id.n))
        return err_set(err, ERR_INVALID, "a message needs a Message-ID");
    if (mail->subject.n == 0 || mail->text.n == 0)
        return err_set(err, ERR_INVALID, "a message needs a subject and a plain text part");
    TRY(check_headers(mail, err));
    TRY(check_unsubscribe(mail, out, err));
    return key ? check_domain(key, &out->from, err) : ERR_OK;
}

static void unrefp(void *p)
{
    void *object = *(void **)p;

    if (object)
        g_object_unref(object);
}

static char *terminated(struct str s)
{
    char *z = xmalloc(s.n + 1);

    if (s.n)
        memcpy(z, s.p, s.n);
    z[s.n] = 0;
    return z;
}

/* A value that is written as it stands. */
static void add_header(GMimeMessage *message, const char *name, const char *value)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
    TM_CLEANUP(free_charp) char *line = NULL;

    if (asprintf(&line, " %s\n", value) < 0)
        abort();
    g_mime_header_list_append(list, name, "", NULL);
    g_mime_header_set_raw_value(
        g_mime_header_list_get_header_at(list, g_mime_header_list_get_count(list) - 1), line);
}

/* Whether a text needs encoded words (RFC 2047): GMime writes the others well by itself. */
static bool needs_words(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x7f || (s.p[i] == '=' && i + 1 < s.n && s.p[i + 1] == '?'))
            return true;
    return false;
}

/* How much of a text goes into one encoded word: whole characters, and bytes by threes, so that
 * only the last word is padded: GMime of today, which other programs read with, takes a padded word
 * for the last one. 0 where that cannot be. */
static size_t word_bytes(struct str s)
{
    size_t best = 0;

    for (size_t i = 0; i < s.n;) {
        i += utf8_valid_at(s, i);
        if (i > WORD_BYTES)
            return best;
        if (i % 3 == 0 || i == s.n)
            best = i;
    }
    return best;
}

/* Base64; a character that the threes stumble over stands in a word of its own. */
static void add_words(struct buf *out, struct str s)
{
    while (s.n) {
        size_t n = word_bytes(s);

        if (n) {
            buf_addz(out, "=?UTF-8?B?");
            dkim_add_base64(out, (const unsigned char *)s.p, n);
        } else {
            buf_addz(out, "=?UTF-8?Q?");
            for (size_t end = utf8_valid_at(s, 0); n < end; n++)
                buf_addf(out, "=%02X", (unsigned char)s.p[n]);
        }
        s = (struct str){s.p + n, s.n - n};
        buf_addz(out, s.n ? "?=\n " : "?=");
    }
}

static void add_subject(GMimeMessage *message, struct str subject)
{
    TM_CLEANUP(free_charp) char *z = terminated(subject);
    struct buf words = BUF_INIT(8 * (size_t)MAIL_SUBJECT_MAX);

    if (needs_words(subject)) {
        add_words(&words, subject);
        add_header(message, "Subject", buf_cstr(&words));
    } else {
        g_mime_message_set_subject(message, z, "utf-8");
    }
    buf_release(&words);
}

/* A name as it stands, or between quotes (RFC 5322, phrase). */
static void add_phrase(struct buf *out, struct str name)
{
    bool quoted = false;

    for (size_t i = 0; i < name.n && !quoted; i++)
        quoted = !isalnum((unsigned char)name.p[i]) && !strchr(" !#$%&'*+-/=?^_`{|}~", name.p[i]);
    buf_addz(out, quoted ? "\"" : "");
    for (size_t i = 0; i < name.n; i++)
        buf_addf(out, name.p[i] == '"' || name.p[i] == '\\' ? "\\%c" : "%c", name.p[i]);
    buf_addz(out, quoted ? "\"" : "");
}

/* GMime would write a domain in the letters that it has on paper, which is for servers with
 * SMTPUTF8 alone. */
static void add_party(GMimeMessage *message, const char *header, struct str name,
                      const struct mail_address *address)
{
    struct buf value = BUF_INIT(8 * (size_t)MAIL_VALUE_MAX);

    if (needs_words(name))
        add_words(&value, name);
    else
        add_phrase(&value, str_trim(name));
    if (value.n)
        buf_addf(&value, "%s<%s>", value.n + address->n < 70 ? " " : "\n ", address->text);
    else
        buf_addz(&value, address->text);
    add_header(message, header, buf_cstr(&value));
    buf_release(&value);
}

static void add_list_headers(GMimeMessage *message, const struct mail *mail,
                             const struct ready *ready)
{
    struct buf value = BUF_INIT(4096);

    if (mail->list_id.n) {
        buf_addf(&value, "<%.*s>", (int)mail->list_id.n, mail->list_id.p);
        add_header(message, "List-Id", buf_cstr(&value));
        buf_reset(&value);
    }
    if (mail->unsubscribe_url.n)
        buf_addf(&value, "<%.*s>", (int)mail->unsubscribe_url.n, mail->unsubscribe_url.p);
    if (mail->unsubscribe_mail.n)
        buf_addf(&value, "%s<mailto:%s>", value.n ? ",\n " : "", ready->unsubscribe.text);
    if (value.n)
        add_header(message, "List-Unsubscribe", buf_cstr(&value));
    if (mail->unsubscribe_url.n)
        add_header(message, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    for (size_t i = 0; i < mail->header_count; i++) {
        buf_reset(&value);
        buf_adds(&value, mail->headers[i].value);
        add_header(message, mail->headers[i].name, buf_cstr(&value));
    }
    buf_release(&value);
}

/* "Mon, 23 Nov 2026 09:15:00 +0000": in no language but this. */
static void add_date(GMimeMessage *message, int64_t at_us)
{
    static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970-01-01 was a Thursday */
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct civil c = civil_from_utc(at_us);
    int64_t day = civil_to_days(c.year, c.month, c.day);
    char text[64];

    snprintf(text, sizeof(text), "%.3s, %02d %.3s %04d %02d:%02d:%02d +0000",
             days + 3 * (((day % 7) + 7) % 7), c.day, months + 3L * (c.month - 1), c.year, c.hour,
             c.minute, c.second);
    add_header(message, "Date", text);
}

/* Quoted-printable makes three bytes of one that is not ASCII, Base64 four of any three. */
static GMimeContentEncoding encoding_for(struct str s)
{
    size_t other = 0;

    for (size_t i = 0; i < s.n; i++)
        other += (unsigned char)s.p[i] >= 0x80 || s.p[i] == '=';
    return other * 6 > s.n ? GMIME_CONTENT_ENCODING_BASE64 : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
}

/* Line ends as they are in mail. Other control characters mean nothing there and are left out. */
static void add_lines(struct buf *out, struct str s)
{
    size_t from = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c >= 0x20 ? c != 0x7f : c == '\t')
            continue;
        buf_add(out, s.p + from, i - from);
        if (c == '\n' || (c == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n')))
            buf_addz(out, "\r\n");
        from = i + 1;
    }
    buf_add(out, s.p + from, s.n - from);
    if (s.n && !str_ends(buf_str(out), "\n"))
        buf_addz(out, "\r\n");
}

/* Owned by the caller. */
static GMimeObject *make_part(const char *subtype, struct str content)
{
    struct buf lines = BUF_INIT(3 * (size_t)MAIL_TEXT_MAX);
    GMimeContentEncoding encoding = encoding_for(content);
    GMimePart *part = g_mime_part_new_with_type("text", subtype);
    TM_CLEANUP(unrefp) GMimeStream *stream = NULL;
    TM_CLEANUP(unrefp) GMimeDataWrapper *wrapper = NULL;

    add_lines(&lines, content);
    stream = g_mime_stream_mem_new_with_buffer(buf_cstr(&lines), lines.n);
    wrapper = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
    g_mime_part_set_content(part, wrapper);
    g_mime_part_set_content_encoding(part, encoding);
    buf_release(&lines);
    return GMIME_OBJECT(part);
}

/* A boundary that no encoded part can have: "=_" stands neither in quoted-printable nor in Base64.
 */
static GMimeObject *make_parts(const struct mail *mail)
{
    char boundary[BOUNDARY_MAX];
    GMimeMultipart *parts;

    if (!mail->html.n)
        return make_part("plain", mail->text);
    parts = g_mime_multipart_new_with_subtype("alternative");
    snprintf(boundary, sizeof(boundary), "=_%016" PRIx64, str_hash(mail->message_id));
    g_mime_multipart_set_boundary(parts, boundary);
    for (int i = 0; i < 2; i++) {
        TM_CLEANUP(unrefp)
        GMimeObject *part = i ? make_part("html", mail->html) : make_part("plain", mail->text);

        g_mime_multipart_add(parts, part);
    }
    return GMIME_OBJECT(parts);
}

static GMimeMessage *make_message(const struct mail *mail, const struct ready *ready)
{
    GMimeMessage *message = g_mime_message_new(FALSE);
    TM_CLEANUP(unrefp) GMimeObject *body = make_parts(mail);
    struct buf id = BUF_INIT(MAIL_VALUE_MAX + 2);

    add_party(message, "From", mail->from_name, &ready->from);
    add_party(message, "To", mail->to_name, &ready->to);
    if (mail->reply_to.n)
        add_party(message, "Reply-To", STR_NONE, &ready->reply_to);
    add_subject(message, mail->subject);
    add_date(message, mail->date_us);
    buf_addf(&id, "<%.*s>", (int)mail->message_id.n, mail->message_id.p);
    add_header(message, "Message-ID", buf_cstr(&id));
    buf_release(&id);
    add_list_headers(message, mail, ready);
    g_mime_message_set_mime_part(message, body);
    return message;
}

static void format_freep(GMimeFormatOptions **format)
{
    g_mime_format_options_free(*format);
}

/* What every server on the way relies on. */
static enum err_code check_lines(struct str s, struct err *err)
{
    for (size_t at = 0; at < s.n;) {
        const char *lf = memchr(s.p + at, '\n', s.n - at);
        size_t n = lf ? (size_t)(lf - s.p) - at : s.n - at;

        if (!lf || n == 0 || n - 1 > LINE_BYTES || lf[-1] != '\r')
            return err_set(err, ERR_INVALID, "a line of the message is longer than %d bytes",
                           LINE_BYTES);
        at += n + 1;
    }
    return ERR_OK;
}

static enum err_code write_message(GMimeMessage *message, struct buf *out, struct err *err)
{
    TM_CLEANUP(unrefp) GMimeStream *stream = g_mime_stream_mem_new();
    TM_CLEANUP(format_freep) GMimeFormatOptions *format = g_mime_format_options_new();
    GByteArray *bytes;

    g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
    if (g_mime_object_write_to_stream(GMIME_OBJECT(message), format, stream) < 0)
        return err_set(err, ERR_INTERNAL, "a message could not be written down");
    bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    buf_add(out, bytes->data, bytes->len);
    return buf_check(out, err);
}

enum err_code mail_write(const struct mail *mail, const struct dkim_key *key, struct buf *out,
                         struct err *err)
{
    TM_CLEANUP(unrefp) GMimeMessage *message = NULL;
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_MAX);
    struct ready ready = {0};

    TRY(check(mail, key, &ready, err));
    gmime_begin();
    message = make_message(mail, &ready);
    TRY(write_message(message, &text, err));
    if (text.n && !str_ends(buf_str(&text), "\r\n"))
        buf_addz(&text, "\r\n");
    TRY(check_lines(buf_str(&text), err));
    if (key)
        TRY(dkim_sign(key, buf_str(&text), mail->date_us, out, err));
    buf_adds(out, buf_str(&text));
    return buf_check(out, err);
}
