/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/input_gzip.h"

#include "base/i18n.h"

#include <unistd.h>
#include <zlib.h>

enum { GZIP_IN = 128 * 1024, GZIP_OUT = 256 * 1024, GZIP_WINDOW = 15 + 16 /* gzip header */ };

struct input_gzip {
    z_stream z;
    int fd;           /* borrowed */
    const char *path; /* borrowed */
    bool in_member;   /* between a member's first byte and its check sum */
    bool file_ended;
    unsigned char in[GZIP_IN];
    unsigned char out[GZIP_OUT];
};

struct input_gzip *input_gzip_new(int fd, const char *path)
{
    struct input_gzip *gz = xcalloc(1, sizeof(*gz));

    gz->fd = fd;
    gz->path = path;
    gz->in_member = true;
    if (inflateInit2(&gz->z, GZIP_WINDOW) != Z_OK)
        abort(); /* only for want of a few KiB, or a zlib of another version */
    return gz;
}

void input_gzip_free(struct input_gzip *gz)
{
    if (!gz)
        return;
    inflateEnd(&gz->z);
    free(gz);
}

static enum err_code refill(struct input_gzip *gz, struct err *err)
{
    ssize_t n;

    if (gz->z.avail_in > 0 || gz->file_ended)
        return ERR_OK;
    do
        n = read(gz->fd, gz->in, sizeof(gz->in));
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return err_errno(err, "\"%s\" cannot be read", gz->path);
    gz->file_ended = n == 0;
    gz->z.next_in = gz->in;
    gz->z.avail_in = (uInt)n;
    return ERR_OK;
}

/* Between members: another one, padding of zeros, or the end. */
static enum err_code next_member(struct input_gzip *gz, struct err *err)
{
    while (gz->z.avail_in > 0 && *gz->z.next_in == 0) {
        gz->z.next_in++;
        gz->z.avail_in--;
        if (gz->z.avail_in == 0)
            TRY(refill(gz, err));
    }
    if (gz->z.avail_in == 0)
        return ERR_OK;
    if (*gz->z.next_in != 0x1F)
        return err_set(err, ERR_INVALID, "\"%s\" holds something after its gzip data", gz->path);
    if (inflateReset(&gz->z) != Z_OK)
        return err_set(err, ERR_INTERNAL, "the gzip reader cannot be reset");
    gz->in_member = true;
    return ERR_OK;
}

static enum err_code damaged(struct input_gzip *gz, struct err *err)
{
    err_set(err, ERR_INVALID, "\"%s\" is damaged: %s", gz->path,
            gz->z.msg ? gz->z.msg : _("its gzip data is not valid"));
    err_hint(err, "Export or copy the file again.");
    return ERR_INVALID;
}

enum err_code input_gzip_read(struct input_gzip *gz, struct str *out_bytes, struct err *err)
{
    gz->z.next_out = gz->out;
    gz->z.avail_out = sizeof(gz->out);
    while (gz->z.avail_out > 0) {
        int status;

        TRY(refill(gz, err));
        if (!gz->in_member)
            TRY(next_member(gz, err));
        if (!gz->in_member)
            break;
        status = inflate(&gz->z, Z_NO_FLUSH);
        if (status == Z_STREAM_END) {
            gz->in_member = false;
        } else if (status == Z_BUF_ERROR && gz->file_ended) {
            err_set(err, ERR_TRUNCATED, "\"%s\" ends in the middle of its gzip data", gz->path);
            err_hint(err, "Export or copy the file again; the transfer was cut off.");
            return ERR_TRUNCATED;
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            return damaged(gz, err);
        }
    }
    *out_bytes = (struct str){(const char *)gz->out, sizeof(gz->out) - gz->z.avail_out};
    return ERR_OK;
}
