/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/previews.h"

#include "base/timestamp.h"
#include "web/request.h"

#include <pthread.h>

enum { HTML_MAX = 1 << 20 };

struct kept_preview {
    char id[PREVIEW_ID_BYTES]; /* "" for none */
    int64_t reader, at_us;
    struct buf html; /* owned */
};

struct previews {
    pthread_mutex_t lock;
    struct kept_preview kept[PREVIEWS_KEPT];
};

struct previews *previews_new(void)
{
    struct previews *p = xcalloc(1, sizeof(*p));

    pthread_mutex_init(&p->lock, NULL);
    for (size_t i = 0; i < PREVIEWS_KEPT; i++)
        p->kept[i].html = BUF_INIT(HTML_MAX);
    return p;
}

void previews_free(struct previews *previews)
{
    if (!previews)
        return;
    for (size_t i = 0; i < PREVIEWS_KEPT; i++)
        buf_release(&previews->kept[i].html);
    pthread_mutex_destroy(&previews->lock);
    free(previews);
}

static void drop(struct kept_preview *k)
{
    buf_release(&k->html);
    *k = (struct kept_preview){.html = BUF_INIT(HTML_MAX)};
}

static bool is_old(const struct kept_preview *k, int64_t now_us)
{
    return k->at_us < now_us - PREVIEW_MINUTES * 60 * US_PER_SECOND;
}

/* With the lock held: an empty place, made of the oldest where there is none. */
static struct kept_preview *free_place(struct previews *p, int64_t now_us)
{
    struct kept_preview *oldest = &p->kept[0];

    for (size_t i = 0; i < PREVIEWS_KEPT; i++) {
        if (is_old(&p->kept[i], now_us))
            drop(&p->kept[i]);
        if (p->kept[i].at_us < oldest->at_us)
            oldest = &p->kept[i];
    }
    drop(oldest);
    return oldest;
}

void previews_keep(struct previews *previews, int64_t reader, struct str html,
                   char out_id[PREVIEW_ID_BYTES])
{
    struct kept_preview *k;

    secret_new(out_id);
    pthread_mutex_lock(&previews->lock);
    k = free_place(previews, timestamp_now());
    memcpy(k->id, out_id, PREVIEW_ID_BYTES);
    k->reader = reader;
    k->at_us = timestamp_now();
    buf_adds(&k->html, html);
    pthread_mutex_unlock(&previews->lock);
}

/* What a message says for dark programs holds, or does not, whatever the reader's own is. */
static void add_scheme(struct str html, bool dark, struct buf *out)
{
    static const char asked[] = "(prefers-color-scheme: dark)";
    const char *end = html.p + html.n, *at;

    while (html.p && (at = memmem(html.p, (size_t)(end - html.p), asked, sizeof(asked) - 1))) {
        buf_adds(out, (struct str){html.p, (size_t)(at - html.p)});
        buf_addz(out, dark ? "(min-width: 0)" : "(max-width: 0)");
        html.p = at + sizeof(asked) - 1;
    }
    buf_adds(out, (struct str){html.p, (size_t)(end - html.p)});
}

enum err_code previews_read(struct previews *previews, int64_t reader, const char *id, bool dark,
                            struct buf *out, struct err *err)
{
    const struct kept_preview *k = NULL;
    const int64_t now_us = timestamp_now();

    pthread_mutex_lock(&previews->lock);
    for (size_t i = 0; i < PREVIEWS_KEPT; i++)
        if (previews->kept[i].id[0] && strcmp(previews->kept[i].id, id) == 0 &&
            previews->kept[i].reader == reader && !is_old(&previews->kept[i], now_us))
            k = &previews->kept[i];
    if (k)
        add_scheme(buf_str(&k->html), dark, out);
    pthread_mutex_unlock(&previews->lock);
    if (k)
        return buf_check(out, err);
    err_set(err, ERR_NOT_FOUND, "this preview is not kept any more");
    err_hint(err, "Ask for it again.");
    return ERR_NOT_FOUND;
}
