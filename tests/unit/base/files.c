/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "files.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

const char *file_path(const char *name)
{
    static char paths[16][160];
    static unsigned next;
    char *path = paths[next++ % TM_COUNT(paths)];

    if (!folder[0]) {
        snprintf(folder, sizeof(folder), "tidemark_test_XXXXXX");
        if (!mkdtemp(folder))
            abort();
    }
    if ((size_t)snprintf(path, sizeof(paths[0]), "%s/%s", folder, name) >= sizeof(paths[0]))
        abort();
    return path;
}

const char *file_with(const char *name, const void *p, size_t n)
{
    const char *path = file_path(name);
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(p, 1, n, f) != n || fclose(f) != 0)
        abort();
    return path;
}

const char *file_withz(const char *name, const char *text)
{
    return file_with(name, text, strlen(text));
}

void file_cut(const char *path, size_t keep)
{
    if (truncate(path, (off_t)keep) != 0)
        abort();
}

size_t file_size(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        abort();
    return (size_t)st.st_size;
}

void files_done(void)
{
    DIR *dir = folder[0] ? opendir(folder) : NULL;

    for (struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
        const char *path = file_path(e->d_name);

        if (e->d_name[0] != '.' && unlink(path) != 0)
            rmdir(path);
    }
    if (dir)
        closedir(dir);
    rmdir(folder);
    folder[0] = '\0';
}

static void check(struct archive *a, int status)
{
    if (status < ARCHIVE_WARN) {
        printf("# libarchive: %s\n", archive_error_string(a));
        abort();
    }
}

static void add_member(struct archive *a, const char *name, const void *p, size_t n)
{
    struct archive_entry *entry = archive_entry_new();
    bool is_folder = name[strlen(name) - 1] == '/';

    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, is_folder ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)n);
    check(a, archive_write_header(a, entry));
    if (n && archive_write_data(a, p, n) != (la_ssize_t)n)
        abort();
    archive_entry_free(entry);
}

const char *file_compressed(const char *name, const char *filter, const void *p, size_t n)
{
    const char *path = file_path(name);
    struct archive *a = archive_write_new();

    check(a, archive_write_add_filter_by_name(a, filter));
    check(a, archive_write_set_format_raw(a));
    check(a, archive_write_open_filename(a, path));
    add_member(a, "x", p, n);
    check(a, archive_write_close(a));
    archive_write_free(a);
    return path;
}

const char *file_archive(const char *name, const char *format, const struct member *members,
                         size_t count)
{
    const char *path = file_path(name);
    struct archive *a = archive_write_new();

    check(a, archive_write_set_format_by_name(a, format));
    check(a, archive_write_open_filename(a, path));
    for (size_t i = 0; i < count; i++)
        add_member(a, members[i].name, members[i].text, strlen(members[i].text));
    check(a, archive_write_close(a));
    archive_write_free(a);
    return path;
}
