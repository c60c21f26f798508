/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "privacy/package.h"

#include "base/timestamp.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err_code failed(struct archive *zip, struct err *err)
{
    int code = archive_errno(zip);

    if (code > 0) {
        errno = code;
        return err_errno(err, "writing the export");
    }
    return err_set(err, ERR_STORE, "writing the export: %s", archive_error_string(zip));
}

static enum err_code add_file(struct archive *zip, const struct export_file *file, struct err *err)
{
    struct archive_entry *entry = archive_entry_new();
    size_t done = 0;
    int rc;

    archive_entry_set_pathname(entry, file->name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_size(entry, (la_int64_t)file->text.n);
    archive_entry_set_mtime(entry, (time_t)(timestamp_now() / US_PER_SECOND), 0);
    rc = archive_write_header(zip, entry);
    archive_entry_free(entry);
    while (rc == ARCHIVE_OK && done < file->text.n) {
        la_ssize_t n = archive_write_data(zip, file->text.p + done, file->text.n - done);

        if (n <= 0)
            return failed(zip, err);
        done += (size_t)n;
    }
    return rc == ARCHIVE_OK ? ERR_OK : failed(zip, err);
}

static enum err_code write_all(const struct person_export *made, int fd, struct err *err)
{
    struct archive *zip = archive_write_new();
    enum err_code rc = ERR_OK;

    if (!zip)
        return err_set(err, ERR_MEMORY, "writing the export");
    if (archive_write_set_format_zip(zip) != ARCHIVE_OK ||
        archive_write_open_fd(zip, fd) != ARCHIVE_OK)
        rc = failed(zip, err);
    for (size_t i = 0; i < made->n && rc == ERR_OK; i++)
        rc = add_file(zip, &made->files[i], err);
    if (rc == ERR_OK && archive_write_close(zip) != ARCHIVE_OK)
        rc = failed(zip, err);
    archive_write_free(zip);
    return rc;
}

enum err_code package_write(const struct person_export *made, const char *path, int64_t *out_bytes,
                            struct err *err)
{
    char part[2048];
    struct stat st;
    enum err_code rc;
    int fd;

    snprintf(part, sizeof(part), "%s.part", path);
    unlink(part);
    fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_errno(err, "writing \"%s\"", part);
    rc = write_all(made, fd, err);
    if (rc == ERR_OK && (fstat(fd, &st) != 0 || fsync(fd) != 0 || rename(part, path) != 0))
        rc = err_errno(err, "writing \"%s\"", path);
    if (rc == ERR_OK)
        *out_bytes = st.st_size;
    else
        unlink(part);
    close(fd);
    return rc;
}
