/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/mail.h"

#include "base/timestamp.h"
#include "outreach/mail/address.h"
#include "outreach/mail/gmime_use.h"
#include "tap.h"

#define SUBJECT "مرحبًا، طلبك في الطريق — พัสดุของคุณกำลังมา ไม่ต้องรอนานอีกต่อไป และขอบคุณมาก"

static const struct mail plain = {
    .from_name = {"متجر النخيل", 21},
    .from = {"news@shop.example", 17},
    .to_name = {"สมชาย ใจดี", 28},
    .to = {"somchai@mail.example", 20},
    .reply_to = {"help@shop.example", 17},
    .subject = {SUBJECT, sizeof(SUBJECT) - 1},
    .html = {"<p>a = b</p>\n<p>c</p>", 21},
    .text = {"a = b\nc", 7},
    .message_id = {"m1.abc@shop.example", 19},
    .date_us = INT64_C(1795425300) * US_PER_SECOND,
    .list_id = {"news.shop.example", 17},
    .unsubscribe_url = {"https://shop.example/u/abc", 26},
    .unsubscribe_mail = {"leave@shop.example", 18},
};

static enum err_code write_into(const struct mail *mail, struct buf *out, struct err *err)
{
    *err = ERR_INIT;
    buf_reset(out);
    return mail_write(mail, NULL, out, err);
}

static bool clean_lines(struct str s)
{
    size_t line = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c >= 0x80 || (c < 0x20 && c != '\t' && c != '\r' && c != '\n') ||
            (c == '\n' && (i == 0 || s.p[i - 1] != '\r')) ||
            (c == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n')))
            return false;
        line = c == '\n' ? 0 : line + 1;
        if (line > 999) /* with its CR */
            return false;
    }
    return line == 0;
}

static GMimeMessage *parsed(const struct buf *written)
{
    char *lines = xcalloc(1, written->n + 1);
    size_t n = 0;
    GMimeStream *stream;

    for (size_t i = 0; i < written->n; i++)
        if (written->p[i] != '\r')
            lines[n++] = written->p[i];
    stream = g_mime_stream_mem_new_with_buffer(lines, n);
    free(lines);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

    g_object_unref(parser);
    g_object_unref(stream);
    return message;
}

static const char *header(GMimeMessage *message, const char *name)
{
    const char *value = g_mime_object_get_header(GMIME_OBJECT(message), name);

    return value ? value : "";
}

static void check_party(InternetAddressList *list, const char *name, const char *address)
{
    InternetAddress *party = internet_address_list_get_address(list, 0);

    CHECK_STR(internet_address_get_name(party), name);
    CHECK_STR(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(party)), address);
}

/* With the line ends of texts; the caller frees it. */
static char *text_of(GMimeObject *part)
{
    char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));

    for (char *from = text, *to = text; from && (*to = *from); from++)
        to += *from != '\r';
    return text;
}

static void check_part(GMimeMultipart *parts, int i, const char *subtype, const char *want)
{
    GMimeObject *part = g_mime_multipart_get_part(parts, i);
    char *text = text_of(part);

    CHECK(g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", subtype));
    CHECK_STR(text, want);
    g_free(text);
}

/* What another program reads is what was given. */
static void test_read_back(void)
{
    struct buf out = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;
    GMimeMessage *message;
    GMimeObject *body;

    CHECK_OK(write_into(&plain, &out, &err), err);
    CHECK(clean_lines(buf_str(&out)));
    gmime_begin();
    message = parsed(&out);
    CHECK_STR(g_mime_message_get_subject(message), SUBJECT);
    check_party(g_mime_message_get_from(message), "متجر النخيل", "news@shop.example");
    check_party(g_mime_message_get_to(message), "สมชาย ใจดี", "somchai@mail.example");
    CHECK_STR(header(message, "Date"), "Mon, 23 Nov 2026 09:15:00 +0000");
    CHECK_STR(header(message, "Message-ID"), "<m1.abc@shop.example>");
    CHECK_STR(header(message, "List-Id"), "<news.shop.example>");
    CHECK_STR(header(message, "List-Unsubscribe"),
              "<https://shop.example/u/abc>, <mailto:leave@shop.example>");
    CHECK_STR(header(message, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    body = g_mime_message_get_mime_part(message);
    CHECK(GMIME_IS_MULTIPART(body) &&
          g_mime_content_type_is_type(g_mime_object_get_content_type(body), "multipart",
                                      "alternative"));
    check_part(GMIME_MULTIPART(body), 0, "plain", "a = b\nc\n");
    check_part(GMIME_MULTIPART(body), 1, "html", "<p>a = b</p>\n<p>c</p>\n");
    g_object_unref(message);
    buf_release(&out);
}

static void test_encodings(void)
{
    struct buf out = BUF_INIT(1 << 24), text = BUF_INIT(1 << 20), again = BUF_INIT(1 << 24);
    struct mail mail = plain;
    struct err err = ERR_INIT;
    GMimeMessage *message;
    char *back;

    for (int i = 0; i < 5000; i++)
        buf_addz(&text, "สวัสดี ");
    buf_addz(&text, "\n.\nFrom here\n");
    mail.text = buf_str(&text);
    mail.html = STR_NONE;
    CHECK_OK(write_into(&mail, &out, &err), err);
    CHECK(clean_lines(buf_str(&out)));
    CHECK(strstr(buf_cstr(&out), "Content-Transfer-Encoding: base64"));
    message = parsed(&out);
    back = text_of(g_mime_message_get_mime_part(message));
    CHECK(back && strcmp(back, buf_cstr(&text)) == 0);
    g_free(back);
    g_object_unref(message);

    buf_reset(&text);
    for (int i = 0; i < 4000; i++)
        buf_addz(&text, "x ");
    mail.text = buf_str(&text);
    CHECK_OK(write_into(&mail, &out, &err), err);
    CHECK(clean_lines(buf_str(&out)));
    CHECK(strstr(buf_cstr(&out), "Content-Transfer-Encoding: quoted-printable"));
    CHECK_OK(mail_write(&mail, NULL, &again, &err), err);
    CHECK(str_eq(buf_str(&again), buf_str(&out)));
    buf_release(&out);
    buf_release(&again);
    buf_release(&text);
}

/* Nothing in any field becomes a header, and none is passed over in silence. */
static void test_injection(void)
{
    static const struct str evil[] = {
        STR_LIT("a\r\nBcc: x@y.example"),
        STR_LIT("a\nBcc: x@y.example"),
        STR_LIT("a\rb"),
        STR_LIT("a\0b"),
        STR_LIT("a\x7f"),
        STR_LIT("\xff\xfe"),
    };
    struct buf out = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;

    for (size_t i = 0; i < TM_COUNT(evil); i++) {
        struct mail_header own = {"Feedback-ID", evil[i]};
        struct mail mails[11];
        struct str *fields[] = {
            &mails[0].from_name,       &mails[1].from,
            &mails[2].to_name,         &mails[3].to,
            &mails[4].reply_to,        &mails[5].subject,
            &mails[6].message_id,      &mails[7].list_id,
            &mails[8].unsubscribe_url, &mails[9].unsubscribe_mail,
        };

        for (size_t k = 0; k < TM_COUNT(mails); k++)
            mails[k] = plain;
        for (size_t k = 0; k < TM_COUNT(fields); k++)
            *fields[k] = evil[i];
        mails[10].headers = &own;
        mails[10].header_count = 1;
        for (size_t k = 0; k < TM_COUNT(mails); k++) {
            enum err_code rc = write_into(&mails[k], &out, &err);

            CHECK_MSG((rc == ERR_INVALID || rc == ERR_ENCODING) && err.msg[0] && out.n == 0,
                      "field %zu refuses %zu: %s", k, i, err.msg);
        }
    }
    buf_release(&out);
}

static void refused(const struct mail *mail, const char *want)
{
    struct buf out = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;

    CHECK_MSG(write_into(mail, &out, &err) != ERR_OK && strstr(err.msg, want), "\"%s\" says %s",
              err.msg, want);
    buf_release(&out);
}

/* The longest subjects that messages have, in every script, and of which no line can be broken. */
static void test_long_subjects(void)
{
    static const char *const words[] = {"ส", "م", "é", "aส", "word ", "x", "😀", " ก"};
    struct buf out = BUF_INIT(1 << 20), subject = BUF_INIT(MAIL_SUBJECT_MAX);
    struct mail mail = plain;
    struct err err = ERR_INIT;

    gmime_begin();
    for (size_t i = 0; i < TM_COUNT(words); i++) {
        GMimeMessage *message;

        buf_reset(&subject);
        while (subject.n + strlen(words[i]) < MAIL_SUBJECT_MAX)
            buf_addz(&subject, words[i]);
        buf_addc(&subject, '.');
        mail.subject = buf_str(&subject);
        CHECK_OK(write_into(&mail, &out, &err), err);
        CHECK(clean_lines(buf_str(&out)));
        message = parsed(&out);
        CHECK_MSG(strcmp(g_mime_message_get_subject(message), buf_cstr(&subject)) == 0,
                  "%zu bytes of \"%s\" come back", subject.n, words[i]);
        g_object_unref(message);
    }
    buf_release(&out);
    buf_release(&subject);
}

static void test_refused(void)
{
    static const char *const names[] = {"From", "bcc", "Content-Type",    "DKIM-Signature", "X Y",
                                        "X:Y",  "",    "list-unsubscribe"};
    struct mail mail = plain;
    struct mail_header own = {"", STR_LIT("v")};

    mail.subject = STR_NONE;
    refused(&mail, "subject");
    mail = plain;
    mail.text = STR_NONE;
    refused(&mail, "plain text");
    mail = plain;
    mail.text = STR_LIT("a\xff");
    refused(&mail, "not UTF-8");
    mail = plain;
    mail.message_id = STR_LIT("none");
    refused(&mail, "Message-ID");
    mail = plain;
    mail.unsubscribe_url = STR_LIT("http://shop.example/u");
    refused(&mail, "https://");
    mail = plain;
    mail.headers = &own;
    mail.header_count = 1;
    for (size_t i = 0; i < TM_COUNT(names); i++) {
        own.name = names[i];
        refused(&mail, "no header");
    }
}

/* Control characters in texts mean nothing in mail; a lone CR is a line end. */
static void test_bodies(void)
{
    struct buf out = BUF_INIT(1 << 20);
    struct mail mail = plain;
    struct err err = ERR_INIT;
    GMimeMessage *message;
    char *back;

    mail.html = STR_NONE;
    mail.text = STR_LIT("a\0b\x1b[0m\rc\r\nd\te\n");
    CHECK_OK(write_into(&mail, &out, &err), err);
    CHECK(clean_lines(buf_str(&out)));
    message = parsed(&out);
    back = text_of(g_mime_message_get_mime_part(message));
    CHECK_STR(back, "ab[0m\nc\nd\te\n");
    g_free(back);
    g_object_unref(message);
    buf_release(&out);
}

static void test_addresses(void)
{
    static const char *const good[][2] = {
        {"Ann.Lee+x@Mail.Example", "Ann.Lee+x@mail.example"},
        {"a@bücher.example", "a@xn--bcher-kva.example"},
        {"a@สวัสดี.ไทย", "a@xn--o3cadg0ftb9ab.xn--o3cw4h"},
    };
    static const char *const bad[] = {
        "",         "a",        "@b.example", "a@",        "a@b",      "a@.b.example",
        "a@b..c",   ".a@b.ex",  "a.@b.ex",    "a..b@c.ex", "a b@c.ex", "a@b.ex>",
        "<a@b.ex>", "a@b.ex ",  "\"a\"@b.ex", "a@-b.ex",   "a@b_c.ex", "a@127.0.0.1",
        "a@[::1]",  "a\n@b.ex", "a@b.ex\r\n", "a@b.ex.",   "a,c@b.ex", "é@b.ex",
    };
    struct mail_address address;
    struct err err = ERR_INIT;

    for (size_t i = 0; i < 2; i++) {
        CHECK_OK(mail_address_read(str_of(good[i][0]), &address, &err), err);
        CHECK_STR(address.text, good[i][1]);
        CHECK_STR(mail_address_domain(&address), strchr(good[i][1], '@') + 1);
    }
    CHECK_OK(mail_address_read(str_of(good[2][0]), &address, &err), err);
    CHECK(strncmp(address.text, "a@xn--", 6) == 0 && strstr(address.text, ".xn--o3cw4h"));
    for (size_t i = 0; i < TM_COUNT(bad); i++)
        CHECK_MSG(mail_address_read(str_of(bad[i]), &address, &err) == ERR_INVALID,
                  "\"%s\" is refused", bad[i]);
    CHECK(mail_address_read((struct str){"a\0@b.ex", 7}, &address, &err) == ERR_INVALID);
    CHECK(mail_address_read((struct str){"a@b\0.ex", 7}, &address, &err) == ERR_INVALID);
}

/* Servers without SMTPUTF8 take no other letters than ASCII's in a header. */
static void test_domains_travel(void)
{
    static const struct {
        const char *name, *to, *line;
    } written[] = {
        {"", "a@💌.example", "\r\nTo: a@xn--rr8h.example\r\n"},
        {"Ann Lee", "a@bücher.example", "\r\nTo: Ann Lee <a@xn--bcher-kva.example>\r\n"},
        {"Lee, \"Ann\" <x@y.example>\\", "a@b.example",
         "\r\nTo: \"Lee, \\\"Ann\\\" <x@y.example>\\\\\" <a@b.example>\r\n"},
    };
    struct buf out = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;
    struct mail mail = plain;

    for (size_t i = 0; i < TM_COUNT(written); i++) {
        mail.to_name = str_of(written[i].name);
        mail.to = str_of(written[i].to);
        CHECK_OK(write_into(&mail, &out, &err), err);
        CHECK_MSG(strstr(buf_cstr(&out), written[i].line) != NULL, "\"%s\" is written so",
                  written[i].to);
    }
    buf_release(&out);
}

int main(void)
{
    test_domains_travel();
    test_addresses();
    test_read_back();
    test_encodings();
    test_injection();
    test_refused();
    test_long_subjects();
    test_bodies();
    return tap_done();
}
