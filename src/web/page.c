/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* page.c - the dashboard's files, as they were built into the program. */
#include "web/page.h"

#include "web/assets.h"

const struct dashboard_file *page_find(const char *path)
{
    if (strcmp(path, "/") == 0)
        path = "/index.html";
    for (const struct dashboard_file *file = dashboard_files; file->path; file++)
        if (strcmp(file->path, path) == 0)
            return file;
    return NULL;
}

static bool asks(const struct request *q, const char *header, const char *word)
{
    const char *value = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, header);

    return value && strstr(value, word);
}

/* A file with a hash in its name never changes; the page itself is asked for anew, and the snippet
 * for the pages of shops each hour. */
enum err_code do_page(struct web *web, struct request *q, struct err *err)
{
    const struct dashboard_file *file = page_find(q->path);

    (void)web;
    if (!file)
        return not_here(q, q->path, err);
    q->type = file->type;
    q->etag = file->etag;
    q->any_site = strcmp(file->path, "/tidemark.js") == 0;
    q->for_ever = strncmp(file->path, "/assets/", 8) == 0;
    if (asks(q, "If-None-Match", file->etag)) {
        q->status = 304;
        return ERR_OK;
    }
    q->coding = coding_choose(
        MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Accept-Encoding"));
    if (q->coding == CODING_ZSTD && !file->zst)
        q->coding = CODING_GZIP;
    if (q->coding == CODING_GZIP && !file->gz)
        q->coding = CODING_NONE;
    if (q->coding == CODING_ZSTD)
        buf_add(&q->out, file->zst, file->zst_n);
    else if (q->coding == CODING_GZIP)
        buf_add(&q->out, file->gz, file->gz_n);
    else
        buf_add(&q->out, file->bytes, file->n);
    return buf_check(&q->out, err);
}
