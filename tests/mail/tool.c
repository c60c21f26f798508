/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The e-mail channel for the tests beside it, which are in Python:
 *
 *     mail-tool write KEY|- [DOMAIN SELECTOR]    a message in all its parts, on standard output
 *     mail-tool record KEY DOMAIN SELECTOR       name and text of its TXT record
 */
#include "base/timestamp.h"
#include "outreach/mail/mail.h"

static int fail(const struct err *err)
{
    fprintf(stderr, "mail-tool: %s\n", err->msg);
    return 1;
}

static void sample(struct mail *out)
{
    static const struct mail_header own[] = {{"Feedback-ID", {"12:shop:tidemark", 16}}};

    *out = (struct mail){
        .from_name = str_of("متجر النخيل"),
        .from = str_of("news@shop.example"),
        .to_name = str_of("สมชาย ใจดี"),
        .to = str_of("somchai@mail.example"),
        .reply_to = str_of("help@shop.example"),
        .subject = str_of("مرحبًا، طلبك في الطريق — พัสดุของคุณกำลังมา ไม่ต้องรอนานอีกต่อไป และขอบคุณ"),
        .html = str_of("<p dir=rtl>مرحبًا</p>\n<p>a = b   c</p>\n.\n\n\n"),
        .text = str_of("สวัสดี\n\n  a = b   \n.\n..\nFrom here\n\n\n"),
        .message_id = str_of("m1.abc@shop.example"),
        .date_us = INT64_C(1795425300) * US_PER_SECOND,
        .list_id = str_of("news.shop.example"),
        .unsubscribe_url =
            str_of("https://shop.example/u/0123456789abcdef0123456789abcdef0123456789"
                   "abcdef0123456789abcdef0123456789abcdef"),
        .unsubscribe_mail = str_of("leave@shop.example"),
        .headers = own,
        .header_count = TM_COUNT(own),
    };
}

int main(int argc, char **argv)
{
    struct dkim_key *key = NULL;
    struct buf out = BUF_INIT(1 << 24), name = BUF_INIT(1024);
    struct err err = ERR_INIT;
    struct mail mail;

    sample(&mail);
    if (argc < 3 || (strcmp(argv[2], "-") && argc != 5))
        return 64;
    if (strcmp(argv[2], "-") && dkim_key_open(argv[2], argv[3], argv[4], &key, &err) != ERR_OK)
        return fail(&err);
    if (strcmp(argv[1], "write") == 0 ? mail_write(&mail, key, &out, &err) != ERR_OK
                                      : dkim_record(key, &name, &out, &err) != ERR_OK)
        return fail(&err);
    if (name.n)
        printf("%s ", buf_cstr(&name));
    fwrite(out.p, 1, out.n, stdout);
    dkim_key_free(key);
    buf_release(&out);
    buf_release(&name);
    return 0;
}
