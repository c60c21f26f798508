/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/dkim_hash.h"

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

void dkim_relaxed_field(struct str field, struct buf *out)
{
    const char *colon = field.n ? memchr(field.p, ':', field.n) : NULL;
    size_t name = colon ? (size_t)(colon - field.p) : field.n;
    bool gap = false, begun = false;
    size_t end = name;

    while (end > 0 && blank(field.p[end - 1]))
        end--;
    for (size_t i = 0; i < end; i++)
        buf_addc(out, (char)tolower((unsigned char)field.p[i]));
    buf_addc(out, ':');
    /* Line breaks go, and the white space around them is one blank. */
    for (size_t i = name + 1; i < field.n; i++) {
        char c = field.p[i];

        if (c == '\r' || c == '\n')
            continue;
        if (blank(c)) {
            gap = true;
            continue;
        }
        if (gap && begun)
            buf_addc(out, ' ');
        gap = false;
        begun = true;
        buf_addc(out, c);
    }
}

/* A line without its break: runs of white space are one blank, none at the end. */
static void relaxed_line(struct str line, struct buf *out)
{
    size_t i = 0;

    while (line.n > 0 && blank(line.p[line.n - 1]))
        line.n--;
    if (!memchr(line.p, '\t', line.n) && !memmem(line.p, line.n, "  ", 2)) {
        buf_adds(out, line); /* as most are */
        return;
    }
    while (i < line.n) {
        size_t from = i;

        while (i < line.n && !blank(line.p[i]))
            i++;
        buf_add(out, line.p + from, i - from);
        if (i < line.n)
            buf_addc(out, ' ');
        while (i < line.n && blank(line.p[i]))
            i++;
    }
}

void dkim_relaxed_body(struct str body, struct buf *out)
{
    size_t empty = 0; /* lines not yet written: at the end they do not count */

    for (size_t at = 0; at < body.n;) {
        const char *lf = memchr(body.p + at, '\n', body.n - at);
        size_t end = lf ? (size_t)(lf - body.p) : body.n;
        size_t next = lf ? end + 1 : end;
        size_t before = out->n;

        if (end > at && lf && body.p[end - 1] == '\r')
            end--;
        for (size_t i = at; i < end; i++)
            if (!blank(body.p[i])) {
                for (; empty > 0; empty--)
                    buf_addz(out, "\r\n");
                relaxed_line((struct str){body.p + at, end - at}, out);
                buf_addz(out, "\r\n");
                break;
            }
        if (out->n == before)
            empty++;
        at = next;
    }
}

bool dkim_field(struct str header, const char *name, size_t above, struct str *out)
{
    struct str found[16];
    size_t n = 0, length = strlen(name);

    for (size_t at = 0; at < header.n;) {
        size_t end = at;

        for (;;) { /* to the end of the last folded line */
            const char *lf = memchr(header.p + end, '\n', header.n - end);

            end = lf ? (size_t)(lf - header.p) + 1 : header.n;
            if (end >= header.n || !blank(header.p[end]))
                break;
        }
        if (end - at > length && header.p[at + length] == ':' &&
            strncasecmp(header.p + at, name, length) == 0 && n < TM_COUNT(found)) {
            size_t last = end;

            while (last > at && (header.p[last - 1] == '\n' || header.p[last - 1] == '\r'))
                last--;
            found[n++] = (struct str){header.p + at, last - at};
        }
        at = end;
    }
    if (above >= n)
        return false;
    *out = found[n - 1 - above];
    return true;
}

enum err_code dkim_sha256(const struct buf *canonical, unsigned char out[static DKIM_HASH],
                          struct err *err)
{
    TRY(buf_check(canonical, err));
    if (EVP_Digest(canonical->n ? canonical->p : "", canonical->n, out, NULL, EVP_sha256(), NULL) !=
        1)
        return err_set(err, ERR_INTERNAL, "the digest of a message could not be made");
    return ERR_OK;
}

void dkim_add_base64(struct buf *out, const unsigned char *bytes, size_t n)
{
    size_t length = 4 * ((n + 2) / 3);
    unsigned char *at = buf_space(out, length + 1); /* the writer ends it with a zero */

    if (!at)
        return;
    EVP_EncodeBlock(at, bytes, (int)n);
    out->p[--out->n] = 0;
}

static void md_ctx_freep(EVP_MD_CTX **ctx)
{
    EVP_MD_CTX_free(*ctx);
}

enum err_code dkim_signature(EVP_PKEY *key, const struct buf *canonical, struct buf *out_base64,
                             struct err *err)
{
    TM_CLEANUP(md_ctx_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool edwards = EVP_PKEY_is_a(key, "ED25519");
    unsigned char hash[DKIM_HASH], signature[1024]; /* of RSA with 8192 bits */
    size_t n = sizeof(signature);
    const unsigned char *what = (const unsigned char *)canonical->p;
    size_t what_n = canonical->n;

    if (edwards) {
        TRY(dkim_sha256(canonical, hash, err));
        what = hash;
        what_n = sizeof(hash);
    }
    TRY(buf_check(canonical, err));
    if (!ctx || EVP_DigestSignInit(ctx, NULL, edwards ? NULL : EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestSign(ctx, signature, &n, what, what_n) != 1)
        return err_set(err, ERR_INTERNAL, "a message could not be signed with the DKIM key");
    dkim_add_base64(out_base64, signature, n);
    return buf_check(out_base64, err);
}
