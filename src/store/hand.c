/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/hand.h"

#include "base/file.h"
#include "base/yaml.h"
#include "store/hand_held.h"
#include "store/sqlite.h"

#include <pthread.h>
#include <unistd.h>

const char *const hand_names[HAND_FILES] = {
    [HAND_SETTINGS] = "tidemark.yaml", [HAND_ANSWERS] = "answers.yaml", [HAND_PLAN] = "plan.yaml"};

struct hand {
    pthread_mutex_t lock;
    int users;
    struct held {
        bool held, there;
        struct buf text;
    } files[HAND_FILES];
};

struct hand *hand_new(void)
{
    struct hand *hand = xcalloc(1, sizeof(*hand));

    pthread_mutex_init(&hand->lock, NULL);
    hand->users = 1;
    for (size_t i = 0; i < HAND_FILES; i++)
        hand->files[i].text = BUF_INIT(YAML_FILE_MAX);
    return hand;
}

struct hand *hand_share(struct hand *hand)
{
    pthread_mutex_lock(&hand->lock);
    hand->users++;
    pthread_mutex_unlock(&hand->lock);
    return hand;
}

void hand_free(struct hand *hand)
{
    int left;

    if (!hand)
        return;
    pthread_mutex_lock(&hand->lock);
    left = --hand->users;
    pthread_mutex_unlock(&hand->lock);
    if (left)
        return;
    for (size_t i = 0; i < HAND_FILES; i++)
        buf_release(&hand->files[i].text);
    pthread_mutex_destroy(&hand->lock);
    free(hand);
}

/* False: nobody holds it. */
static bool take_held(struct hand *hand, enum hand_file file, struct buf *out, bool *out_there)
{
    const struct held *held = &hand->files[file];
    bool is_held;

    pthread_mutex_lock(&hand->lock);
    is_held = held->held;
    if (is_held) {
        *out_there = held->there;
        buf_adds(out, buf_str(&held->text));
    }
    pthread_mutex_unlock(&hand->lock);
    return is_held;
}

enum err_code hand_text(const struct store *store, enum hand_file file, struct buf *out_text,
                        bool *out_there, struct err *err)
{
    char path[2048];

    *out_text = BUF_INIT(YAML_FILE_MAX);
    if (take_held(store->hand, file, out_text, out_there))
        return buf_check(out_text, err);
    TRY(store_path(store, hand_names[file], path, sizeof(path), err));
    *out_there = access(path, F_OK) == 0 || errno != ENOENT;
    return *out_there ? file_read(path, YAML_FILE_MAX, out_text, err) : ERR_OK;
}

void hand_hold(const struct store *store, enum hand_file file, struct str text, bool there)
{
    struct held *held = &store->hand->files[file];

    pthread_mutex_lock(&store->hand->lock);
    buf_reset(&held->text);
    buf_adds(&held->text, text);
    held->held = true;
    held->there = there;
    pthread_mutex_unlock(&store->hand->lock);
}
