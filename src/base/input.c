/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/input.h"

#include "base/input_bytes.h"
#include "base/utf8.h"

#include <unicode/ucnv.h>

enum {
    RAW_BYTES = 256 * 1024,
    /* Two bytes of UTF-16 and one of Windows-1252 become three of UTF-8 at most. */
    OUT_BYTES = 3 * RAW_BYTES + 16,
    PIVOT_UNITS = 4096
};

enum encoding { UTF8, UTF16LE, UTF16BE, WINDOWS_1252 };

static const char *const encoding_names[] = {"UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252"};

/* State of a conversion by ICU. */
struct conversion {
    UConverter *from, *to; /* owned; NULL until needed */
    bool ended;            /* told that no more text comes */
    UChar *pivot_at, *pivot_end;
    UChar pivot[PIVOT_UNITS];
    char out[OUT_BYTES];
};

struct input {
    char *path;
    size_t member;
    struct input_bytes *bytes;

    enum encoding encoding;
    bool has_bom;
    bool saw_multibyte; /* a valid sequence of UTF-8 beyond ASCII */
    struct conversion *conversion;
    size_t raw_at, raw_n; /* what of raw[] is still to be converted */
    bool raw_ended;
    int64_t lf, cr; /* line ends so far */
    char raw[RAW_BYTES];

    /* The reader of lines. */
    struct str piece;
    size_t at;           /* in piece */
    size_t lf_at, cr_at; /* next line ends in piece, piece.n where there is none */
    bool after_cr;
    int64_t line_number;
    struct buf line;
};

static enum err_code fill(struct input *in, struct err *err)
{
    size_t left = in->raw_n - in->raw_at, room, got;

    memmove(in->raw, in->raw + in->raw_at, left);
    in->raw_at = 0;
    in->raw_n = left;
    room = sizeof(in->raw) - left;
    if (in->raw_ended || room == 0)
        return ERR_OK;
    TRY(input_bytes_read(in->bytes, in->raw + left, room, &got, err));
    in->raw_n += got;
    in->raw_ended = got < room;
    return ERR_OK;
}

static void conversion_free(struct conversion *c)
{
    if (!c)
        return;
    ucnv_close(c->from);
    ucnv_close(c->to);
    free(c);
}

static enum err_code start_conversion(struct input *in, enum encoding encoding, struct err *err)
{
    struct conversion *c = xcalloc(1, sizeof(*c));
    UErrorCode status = U_ZERO_ERROR;

    c->from = ucnv_open(encoding_names[encoding], &status);
    c->to = ucnv_open("UTF-8", &status);
    ucnv_setToUCallBack(c->from, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    ucnv_setFromUCallBack(c->to, UCNV_FROM_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    c->pivot_at = c->pivot_end = c->pivot;
    conversion_free(in->conversion);
    in->conversion = c;
    in->encoding = encoding;
    if (U_FAILURE(status))
        return err_set(err, ERR_INTERNAL, "text in %s cannot be converted: %s",
                       encoding_names[encoding], u_errorName(status));
    return ERR_OK;
}

static enum err_code detect(struct input *in, struct err *err)
{
    struct str head;

    TRY(fill(in, err));
    head = (struct str){in->raw, in->raw_n};
    in->encoding = UTF8;
    if (str_starts(head, "\xEF\xBB\xBF")) {
        in->raw_at = 3;
        in->has_bom = true;
    } else if (str_starts(head, "\xFF\xFE")) {
        in->raw_at = 2;
        TRY(start_conversion(in, UTF16LE, err));
    } else if (str_starts(head, "\xFE\xFF")) {
        in->raw_at = 2;
        TRY(start_conversion(in, UTF16BE, err));
    }
    if (in->raw_at == in->raw_n && in->raw_ended)
        return input_bytes_empty(input_name(in), err);
    return ERR_OK;
}

enum err_code input_open(const char *path, size_t member, struct input **out_input, struct err *err)
{
    struct input *in = xcalloc(1, sizeof(*in));
    enum err_code code;

    in->path = xstrdup(path);
    in->member = member;
    code = input_bytes_open(path, member, &in->bytes, err);
    if (!code)
        code = detect(in, err);
    if (code) {
        input_close(in);
        return code;
    }
    *out_input = in;
    return ERR_OK;
}

enum err_code input_reopen(struct input *in, struct err *err)
{
    struct input_bytes *bytes;

    TRY(input_bytes_open(in->path, in->member, &bytes, err));
    input_bytes_close(in->bytes);
    conversion_free(in->conversion);
    in->bytes = bytes;
    in->conversion = NULL;
    in->has_bom = in->saw_multibyte = in->raw_ended = in->after_cr = false;
    in->raw_at = in->raw_n = in->at = in->lf_at = in->cr_at = 0;
    in->lf = in->cr = in->line_number = 0;
    in->piece = STR_NONE;
    return detect(in, err);
}

void input_close(struct input *in)
{
    if (!in)
        return;
    conversion_free(in->conversion);
    input_bytes_close(in->bytes);
    buf_release(&in->line);
    free(in->path);
    free(in);
}

void input_closep(struct input **input)
{
    input_close(*input);
}

const char *input_name(const struct input *in)
{
    return input_bytes_name(in->bytes);
}

const char *input_compression(const struct input *in)
{
    return input_bytes_compression(in->bytes);
}

const char *input_encoding(const struct input *in)
{
    return encoding_names[in->encoding];
}

uint64_t input_position(const struct input *in)
{
    return input_bytes_position(in->bytes);
}

uint64_t input_size(const struct input *in)
{
    return input_bytes_size(in->bytes);
}

enum err_code input_member_count(const char *path, size_t *out_n, struct err *err)
{
    return input_bytes_count(path, out_n, err);
}

static int64_t count_byte(struct str s, char c)
{
    const char *p = s.p, *end = s.p + s.n;
    int64_t n = 0;

    while (p < end && (p = memchr(p, c, (size_t)(end - p))) != NULL) {
        n++;
        p++;
    }
    return n;
}

/* The line on which the text after the delivered pieces and `more` stands. */
static int64_t line_after(const struct input *in, struct str more)
{
    int64_t lf = in->lf + count_byte(more, '\n');

    return 1 + (lf ? lf : in->cr + count_byte(more, '\r'));
}

static bool has_high_byte(struct str s)
{
    size_t i = 0;

    for (uint64_t eight; i + 8 <= s.n; i += 8) {
        memcpy(&eight, s.p + i, 8);
        if (eight & 0x8080808080808080ULL)
            return true;
    }
    for (; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return true;
    return false;
}

/* Whether s may be the beginning of a longer UTF-8 sequence. */
static bool is_cut_sequence(struct str s)
{
    char whole[4];
    unsigned char lead = (unsigned char)s.p[0];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;

    if (s.n >= need || lead < 0xC2)
        return false;
    memcpy(whole, s.p, s.n);
    /* Filled up with a byte that suits every lead but the four that restrict the second. */
    memset(whole + s.n, s.n > 1 || (lead != 0xED && lead != 0xF4) ? 0xBF : 0x80, 4 - s.n);
    return utf8_valid_at((struct str){whole, need}, 0) == need;
}

static enum err_code not_utf8(struct input *in, struct str good, bool cut, struct err *err)
{
    int64_t line = line_after(in, good);

    if (cut) {
        err_set(err, ERR_TRUNCATED, "%s, line %" PRId64 ": the file ends within a character",
                input_name(in), line);
        err_hint(err, "Export or copy the file again; the transfer was cut off.");
        return ERR_TRUNCATED;
    }
    err_set(err, ERR_ENCODING, "%s, line %" PRId64 ": the text is UTF-8 before and not UTF-8 here",
            input_name(in), line);
    err_hint(err, "Save the file anew as UTF-8.");
    return ERR_ENCODING;
}

static enum err_code read_utf8(struct input *in, struct str *out_text, struct err *err)
{
    struct str raw = {in->raw + in->raw_at, in->raw_n - in->raw_at}, good = raw;

    good.n = utf8_first_invalid(raw);
    in->saw_multibyte = in->saw_multibyte || has_high_byte(good);
    if (good.n < raw.n) {
        bool cut = is_cut_sequence((struct str){raw.p + good.n, raw.n - good.n});

        if (cut && !in->raw_ended) {
            /* The rest of the character comes with the next bytes. */
        } else if (in->saw_multibyte || in->has_bom) {
            return not_utf8(in, good, cut, err);
        } else {
            TRY(start_conversion(in, WINDOWS_1252, err));
        }
    }
    in->raw_at += good.n;
    *out_text = good;
    return ERR_OK;
}

/* Bytes to which Windows-1252 gives no meaning. */
static enum err_code check_1252(struct input *in, struct err *err)
{
    for (size_t i = in->raw_at; i < in->raw_n; i++) {
        unsigned char c = (unsigned char)in->raw[i];

        if (c < 0x81 || (c != 0x81 && c != 0x8D && c != 0x8F && c != 0x90 && c != 0x9D))
            continue;
        err_set(err, ERR_ENCODING,
                "%s, line %" PRId64 ": the text is neither UTF-8 nor Windows-1252", input_name(in),
                line_after(in, (struct str){in->raw + in->raw_at, i - in->raw_at}));
        err_hint(err, "Save the file anew as UTF-8.");
        return ERR_ENCODING;
    }
    return ERR_OK;
}

static enum err_code read_converted(struct input *in, struct str *out_text, struct err *err)
{
    struct conversion *c = in->conversion;
    const char *source = in->raw + in->raw_at;
    char *target = c->out;
    UErrorCode status = U_ZERO_ERROR;
    int64_t line;

    if (in->encoding == WINDOWS_1252)
        TRY(check_1252(in, err));
    ucnv_convertEx(c->to, c->from, &target, c->out + sizeof(c->out), &source, in->raw + in->raw_n,
                   c->pivot, &c->pivot_at, &c->pivot_end, c->pivot + PIVOT_UNITS, false,
                   in->raw_ended, &status);
    c->ended = in->raw_ended;
    in->raw_at = (size_t)(source - in->raw);
    *out_text = (struct str){c->out, (size_t)(target - c->out)};
    if (U_SUCCESS(status))
        return ERR_OK;
    line = line_after(in, *out_text);
    for (const UChar *u = c->pivot_at; u < c->pivot_end; u++)
        line += *u == '\n';
    if (status == U_TRUNCATED_CHAR_FOUND) {
        err_set(err, ERR_TRUNCATED, "%s, line %" PRId64 ": the file ends within a character",
                input_name(in), line);
        err_hint(err, "Export or copy the file again; the transfer was cut off.");
        return ERR_TRUNCATED;
    }
    err_set(err, ERR_ENCODING, "%s, line %" PRId64 ": the text is not valid %s", input_name(in),
            line, encoding_names[in->encoding]);
    err_hint(err, "Save the file anew as UTF-8.");
    return ERR_ENCODING;
}

static enum err_code refuse_nul(struct input *in, struct str text, struct err *err)
{
    const char *nul = memchr(text.p, 0, text.n);

    if (!nul)
        return ERR_OK;
    err_set(err, ERR_INVALID, "%s, line %" PRId64 ": a NUL byte; this is not text", input_name(in),
            line_after(in, (struct str){text.p, (size_t)(nul - text.p)}));
    err_hint(err, "If the file was saved as Unicode (UTF-16), save it as UTF-8.");
    return ERR_INVALID;
}

enum err_code input_read(struct input *in, struct str *out_text, struct err *err)
{
    struct str text = STR_NONE;

    while (text.n == 0) {
        TRY(fill(in, err));
        if (in->raw_at == in->raw_n && (!in->conversion || in->conversion->ended))
            break;
        if (in->encoding == UTF8)
            TRY(read_utf8(in, &text, err));
        else
            TRY(read_converted(in, &text, err));
    }
    TRY(refuse_nul(in, text, err));
    in->lf += count_byte(text, '\n');
    in->cr += count_byte(text, '\r');
    *out_text = text;
    return ERR_OK;
}

static size_t find_from(struct str s, size_t from, char c)
{
    const char *p = memchr(s.p + from, c, s.n - from);

    return p ? (size_t)(p - s.p) : s.n;
}

/* The next piece for the reader of lines; empty at the end. */
static enum err_code next_piece(struct input *in, struct err *err)
{
    TRY(input_read(in, &in->piece, err));
    in->at = in->after_cr && in->piece.n && in->piece.p[0] == '\n';
    in->after_cr = false;
    in->lf_at = find_from(in->piece, in->at, '\n');
    in->cr_at = find_from(in->piece, in->at, '\r');
    return ERR_OK;
}

/* Takes the text up to the line's end, or to the piece's; tells which. */
static bool take_part(struct input *in, struct str *out_part)
{
    size_t end;

    if (in->lf_at < in->at)
        in->lf_at = find_from(in->piece, in->at, '\n');
    if (in->cr_at < in->at)
        in->cr_at = find_from(in->piece, in->at, '\r');
    end = in->lf_at < in->cr_at ? in->lf_at : in->cr_at;
    *out_part = (struct str){in->piece.p + in->at, end - in->at};
    in->at = end;
    if (end == in->piece.n)
        return false;
    in->at++;
    if (end == in->cr_at) {
        if (in->at == in->piece.n)
            in->after_cr = true;
        else if (in->piece.p[in->at] == '\n')
            in->at++;
    }
    return true;
}

static enum err_code line_too_long(const struct input *in, size_t limit, struct err *err)
{
    err_set(err, ERR_TOO_LARGE, "%s, line %" PRId64 ": the line exceeds the limit of %zu bytes",
            input_name(in), in->line_number + 1, limit);
    err_hint(err, "No usual export has that: the file may be damaged. Export it again.");
    return ERR_TOO_LARGE;
}

enum err_code input_line(struct input *in, size_t limit, struct str *out_line, int64_t *out_number,
                         bool *out_more, struct err *err)
{
    struct str part = STR_NONE;
    bool whole = false;

    buf_reset(&in->line);
    in->line.limit = limit;
    while (!whole) {
        if (in->at == in->piece.n)
            TRY(next_piece(in, err));
        if (in->piece.n == 0) {
            part = STR_NONE;
            break;
        }
        whole = take_part(in, &part);
        if (in->line.n + part.n > limit)
            return line_too_long(in, limit, err);
        if (!whole || in->line.n)
            buf_adds(&in->line, part);
    }
    *out_more = whole || in->line.n > 0;
    if (*out_more) {
        *out_line = in->line.n ? buf_str(&in->line) : part;
        *out_number = ++in->line_number;
    }
    return ERR_OK;
}
