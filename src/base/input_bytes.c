/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/input_bytes.h"

#include "base/i18n.h"
#include "base/input_gzip.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARCHIVE_PIECE = 256 * 1024, SNIFF_BYTES = 512, NAME_MAX_BYTES = 400 };

enum packing { PACKED_NOT, PACKED_GZIP, PACKED_FILTER, PACKED_TAR, PACKED_ZIP, PACKED_REFUSED };

/* What a file is by its first bytes. `what` names a kind that is refused. */
static const struct magic {
    size_t at;
    struct str bytes;
    enum packing packing;
    const char *what;
    const char *hint;
} magics[] = {
    {0, {"\x1F\x8B", 2}, PACKED_GZIP, NULL, NULL},
    {0, {"\x28\xB5\x2F\xFD", 4}, PACKED_FILTER, NULL, NULL},
    {0, {"\xFD\x37zXZ\x00", 6}, PACKED_FILTER, NULL, NULL},
    {0, {"BZh", 3}, PACKED_FILTER, NULL, NULL},
    {0, {"PK\x03\x04", 4}, PACKED_ZIP, NULL, NULL},
    {0, {"PK\x05\x06", 4}, PACKED_ZIP, NULL, NULL},
    {257, {"ustar", 5}, PACKED_TAR, NULL, NULL},
    {0,
     {"\xD0\xCF\x11\xE0\xA1\xB1", 6},
     PACKED_REFUSED,
     N_("a spreadsheet of an old Excel"),
     N_("Open it in the spreadsheet program and save it as CSV.")},
    {0, {"%PDF-", 5}, PACKED_REFUSED, N_("a PDF"), N_("Export the data as CSV.")},
    {0,
     {"PAR1", 4},
     PACKED_REFUSED,
     N_("a Parquet file"),
     N_("Export the data as CSV or JSON lines.")},
    {0,
     {"7z\xBC\xAF\x27\x1C", 6},
     PACKED_REFUSED,
     N_("a 7z archive"),
     N_("Unpack it, or use zip.")},
    {0, {"Rar!\x1A\x07", 6}, PACKED_REFUSED, N_("a RAR archive"), N_("Unpack it, or use zip.")},
};

struct input_bytes {
    char *path;
    char *name;
    const char *compression; /* static text, or owned by the archive */
    int fd;
    uint64_t size;
    enum packing packing;
    struct archive *archive; /* NULL for plain files */
    struct input_gzip *gzip;
    struct err gzip_err; /* what the reading below libarchive said */
};

enum err_code input_bytes_empty(const char *name, struct err *err)
{
    err_set(err, ERR_INVALID, "\"%s\" is empty", name);
    err_hint(err, "Export or copy the file again, or leave it out.");
    return ERR_INVALID;
}

static enum err_code not_opened(const char *path, struct err *err)
{
    enum err_code code = err_errno(err, "\"%s\" cannot be opened", path);

    if (code == ERR_DENIED)
        err_hint(err, "Allow the user who runs this command to read it, or leave it out.");
    return code;
}

static enum err_code is_folder(const char *path, struct err *err)
{
    err_set(err, ERR_INVALID, "\"%s\" is a folder, not a file", path);
    err_hint(err, "Put the file in its place, or remove the folder.");
    return ERR_INVALID;
}

enum err_code input_bytes_fd(const char *path, int *out_fd, uint64_t *out_size, struct err *err)
{
    /* Not blocking, so that a FIFO without a writer can be refused. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    enum err_code code;
    struct stat st;

    if (fd < 0)
        return not_opened(path, err);
    if (fstat(fd, &st) != 0) {
        code = err_errno(err, "\"%s\" cannot be examined", path);
    } else if (S_ISDIR(st.st_mode)) {
        code = is_folder(path, err);
    } else if (!S_ISREG(st.st_mode)) {
        code = err_set(err, ERR_INVALID, "\"%s\" is not a regular file", path);
    } else if (st.st_size == 0) {
        code = input_bytes_empty(path, err);
    } else {
        *out_fd = fd;
        *out_size = (uint64_t)st.st_size;
        return ERR_OK;
    }
    close(fd);
    return code;
}

static enum err_code sniff(struct input_bytes *b, struct err *err)
{
    char head[SNIFF_BYTES];
    ssize_t n = pread(b->fd, head, sizeof(head), 0);

    if (n < 0)
        return err_errno(err, "\"%s\" cannot be read", b->path);
    for (size_t i = 0; i < TM_COUNT(magics); i++) {
        const struct magic *m = &magics[i];

        if (m->at + m->bytes.n > (size_t)n || memcmp(head + m->at, m->bytes.p, m->bytes.n) != 0)
            continue;
        if (m->packing == PACKED_REFUSED) {
            err_set(err, ERR_UNRECOGNISED, "\"%s\" is %s", b->path, _(m->what));
            err_hint(err, "%s", _(m->hint));
            return ERR_UNRECOGNISED;
        }
        b->packing = m->packing;
        return ERR_OK;
    }
    return ERR_OK;
}

/* libarchive's words about a cut file differ from format to format. */
static enum err_code archive_failed(struct input_bytes *b, struct err *err)
{
    const char *text = archive_error_string(b->archive);
    bool cut = !text || strcasestr(text, "truncated") || strstr(text, "No progress is possible");

    if (b->gzip_err.code) {
        if (err)
            *err = b->gzip_err;
        return b->gzip_err.code;
    }
    if (cut) {
        err_set(err, ERR_TRUNCATED, "\"%s\" ends too early", b->path);
        err_hint(err, "Export or copy the file again; the transfer was cut off.");
        return ERR_TRUNCATED;
    }
    err_set(err, ERR_INVALID, "\"%s\" is damaged: %s", b->path, text);
    err_hint(err, "Export or copy the file again.");
    return ERR_INVALID;
}

static la_ssize_t read_gzip(struct archive *a, void *arg, const void **out_p)
{
    struct input_bytes *b = arg;
    struct str piece;

    if (input_gzip_read(b->gzip, &piece, &b->gzip_err) != ERR_OK) {
        archive_set_error(a, EIO, "%s", b->gzip_err.msg);
        return -1;
    }
    *out_p = piece.p;
    return (la_ssize_t)piece.n;
}

static enum err_code open_archive(struct input_bytes *b, struct err *err)
{
    int status;

    b->archive = archive_read_new();
    if (!b->archive)
        return err_set(err, ERR_MEMORY, "there is no memory to unpack \"%s\"", b->path);
    if (b->packing == PACKED_ZIP) {
        archive_read_support_format_zip(b->archive);
    } else {
        archive_read_support_filter_zstd(b->archive);
        archive_read_support_filter_xz(b->archive);
        archive_read_support_filter_bzip2(b->archive);
        archive_read_support_format_tar(b->archive);
        archive_read_support_format_raw(b->archive);
        archive_read_support_format_empty(b->archive);
    }
    if (b->packing == PACKED_GZIP) {
        b->gzip = input_gzip_new(b->fd, b->path);
        archive_read_set_read_callback(b->archive, read_gzip);
        archive_read_set_callback_data(b->archive, b);
        status = archive_read_open1(b->archive);
    } else {
        status = archive_read_open_fd(b->archive, b->fd, ARCHIVE_PIECE);
    }
    return status == ARCHIVE_OK ? ERR_OK : archive_failed(b, err);
}

/* A zip that is really a workbook of Excel, LibreOffice or the like. */
static bool is_workbook_part(const char *member)
{
    return strcmp(member, "[Content_Types].xml") == 0 || strcmp(member, "mimetype") == 0 ||
           strcmp(member, "_rels/.rels") == 0 || strncmp(member, "xl/", 3) == 0;
}

/* What macOS adds to its zips beside the files themselves. */
static bool is_mac_extra(const char *member)
{
    const char *slash = strrchr(member, '/');
    const char *last = slash ? slash + 1 : member;

    return strncmp(member, "__MACOSX/", 9) == 0 || strncmp(last, "._", 2) == 0 ||
           strcmp(last, ".DS_Store") == 0;
}

static void set_name(struct input_bytes *b, const char *member)
{
    const char *slash = strrchr(b->path, '/');
    const char *file = slash ? slash + 1 : b->path;
    char name[NAME_MAX_BYTES];

    snprintf(name, sizeof(name), "%s%s%s", file, member ? "/" : "", member ? member : "");
    for (char *p = name; *p; p++)
        if (iscntrl((unsigned char)*p))
            *p = '?';
    free(b->name);
    b->name = xstrdup(name);
}

/* Names of members are UTF-8, which libarchive hands out only where the thread's character set
 * is: the C library's own one is plain ASCII. */
static int next_header(struct archive *archive, struct archive_entry **out_entry)
{
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
    int status = archive_read_next_header(archive, out_entry);

    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
    return status;
}

/* Goes to the next regular file; a compressed file without archive counts as one. */
static enum err_code next_member(struct input_bytes *b, bool *out_more, struct err *err)
{
    for (;;) {
        struct archive_entry *entry;
        const char *member;
        int status = next_header(b->archive, &entry);

        if (status == ARCHIVE_EOF) {
            *out_more = false;
            return ERR_OK;
        }
        if (status < ARCHIVE_WARN)
            return archive_failed(b, err);
        *out_more = true;
        if (archive_format(b->archive) == ARCHIVE_FORMAT_RAW)
            return ERR_OK;
        member = archive_entry_pathname_utf8(entry);
        if (!member)
            member = archive_entry_pathname(entry);
        if (!member)
            member = "(no name)";
        if (b->packing == PACKED_ZIP && is_workbook_part(member)) {
            err_set(err, ERR_UNRECOGNISED, "\"%s\" is a spreadsheet, not a text file", b->path);
            err_hint(err, "Open it in the spreadsheet program and save it as CSV.");
            return ERR_UNRECOGNISED;
        }
        if (archive_entry_filetype(entry) != AE_IFREG || is_mac_extra(member))
            continue;
        if (archive_entry_is_encrypted(entry)) {
            err_set(err, ERR_UNRECOGNISED, "\"%s\" is locked with a password", b->path);
            err_hint(err, "Unpack it first.");
            return ERR_UNRECOGNISED;
        }
        set_name(b, member);
        return ERR_OK;
    }
}

static enum err_code go_to_member(struct input_bytes *b, size_t member, struct err *err)
{
    bool more = true;

    for (size_t i = 0; i <= member && more; i++)
        TRY(next_member(b, &more, err));
    if (!more) {
        if (member == 0 && b->packing != PACKED_ZIP && b->packing != PACKED_TAR)
            return input_bytes_empty(b->path, err);
        return err_set(err, ERR_NOT_FOUND, "\"%s\" holds no file number %zu", b->path, member + 1);
    }
    if (archive_format(b->archive) == ARCHIVE_FORMAT_RAW && member > 0)
        return err_set(err, ERR_NOT_FOUND, "\"%s\" is not an archive", b->path);
    return ERR_OK;
}

/* Opened, and for anything packed before its first member. */
static enum err_code open_any(const char *path, struct input_bytes **out_bytes, struct err *err)
{
    struct input_bytes *b = xcalloc(1, sizeof(*b));
    enum err_code code;

    b->fd = -1;
    b->path = xstrdup(path);
    set_name(b, NULL);
    code = input_bytes_fd(path, &b->fd, &b->size, err);
    if (!code)
        code = sniff(b, err);
    if (!code && b->packing != PACKED_NOT)
        code = open_archive(b, err);
    if (code) {
        input_bytes_close(b);
        return code;
    }
    b->compression = b->packing == PACKED_NOT    ? "none"
                     : b->packing == PACKED_GZIP ? "gzip"
                     : b->packing == PACKED_ZIP  ? "zip"
                                                 : archive_filter_name(b->archive, 0);
    *out_bytes = b;
    return ERR_OK;
}

enum err_code input_bytes_open(const char *path, size_t member, struct input_bytes **out_bytes,
                               struct err *err)
{
    struct input_bytes *b;
    enum err_code code = ERR_OK;

    TRY(open_any(path, &b, err));
    if (b->archive)
        code = go_to_member(b, member, err);
    else if (member > 0)
        code = err_set(err, ERR_NOT_FOUND, "\"%s\" is not an archive", path);
    if (code) {
        input_bytes_close(b);
        return code;
    }
    *out_bytes = b;
    return ERR_OK;
}

enum err_code input_bytes_count(const char *path, size_t *out_n, struct err *err)
{
    struct input_bytes *b;
    enum err_code code = ERR_OK;
    size_t n = 0;

    TRY(open_any(path, &b, err));
    if (!b->archive) {
        n = 1;
    } else {
        for (bool more = true; more && !code; n += more && !code)
            code = next_member(b, &more, err);
    }
    input_bytes_close(b);
    if (!code)
        *out_n = n;
    return code;
}

void input_bytes_close(struct input_bytes *b)
{
    if (!b)
        return;
    if (b->archive)
        archive_read_free(b->archive);
    input_gzip_free(b->gzip);
    if (b->fd >= 0)
        close(b->fd);
    free(b->name);
    free(b->path);
    free(b);
}

enum err_code input_bytes_read(struct input_bytes *b, char *p, size_t cap, size_t *out_n,
                               struct err *err)
{
    size_t n = 0;

    while (n < cap) {
        la_ssize_t k = b->archive ? archive_read_data(b->archive, p + n, cap - n)
                                  : read(b->fd, p + n, cap - n);

        if (k == 0)
            break;
        if (k > 0)
            n += (size_t)k;
        else if (b->archive && k == ARCHIVE_RETRY)
            continue;
        else if (b->archive)
            return archive_failed(b, err);
        else if (errno != EINTR)
            return err_errno(err, "\"%s\" cannot be read", b->path);
    }
    *out_n = n;
    return ERR_OK;
}

const char *input_bytes_name(const struct input_bytes *b)
{
    return b->name;
}

const char *input_bytes_compression(const struct input_bytes *b)
{
    return b->compression;
}

uint64_t input_bytes_position(const struct input_bytes *b)
{
    off_t at = lseek(b->fd, 0, SEEK_CUR);

    return at < 0 ? 0 : (uint64_t)at;
}

uint64_t input_bytes_size(const struct input_bytes *b)
{
    return b->size;
}
