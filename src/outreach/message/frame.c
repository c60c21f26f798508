/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/message/frame.h"

#include "base/embedded.h"

#include <pthread.h>

extern const struct embedded_file message_files[];

static const char partial_folder[] = "frame/";
enum { STARTERS_MAX = 32 };

static struct message *words; /* the frame's own: its languages alone are used */
static struct message_starter starters[STARTERS_MAX];
static size_t starter_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

size_t frame_partials(struct liquid_text out[FRAME_PARTIALS])
{
    size_t n = 0;

    for (const struct embedded_file *f = message_files; f->name; f++)
        if (str_starts(str_of(f->name), partial_folder) && n < FRAME_PARTIALS)
            out[n++] = (struct liquid_text){f->name + sizeof(partial_folder) - 1, {f->text, f->n}};
    return n;
}

static void open_frame(void)
{
    struct err err = ERR_INIT;

    for (const struct embedded_file *f = message_files; f->name; f++) {
        if (strcmp(f->name, "words") == 0 &&
            message_read((struct str){f->text, f->n}, "words", true, &words, &err) != ERR_OK)
            abort(); /* a fault of the program's own files; a test reads them */
        else if (strcmp(f->name, "words") != 0 && !strchr(f->name, '/') &&
                 starter_count < STARTERS_MAX)
            starters[starter_count++] = (struct message_starter){f->name, {f->text, f->n}};
    }
}

struct value frame_texts(const char *code)
{
    pthread_once(&once, open_frame);
    return words->languages[message_language(words, code, "en")].texts;
}

const struct message_starter *message_starter(size_t i)
{
    pthread_once(&once, open_frame);
    return i < starter_count ? &starters[i] : NULL;
}
