/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/event.h"

#include <pthread.h>

#include "shop/word_table.h"

struct event_name {
    const char *theirs, *ours;
};

static const struct event_name event_names[] = {
#define EVENT_NAME(theirs, ours) {theirs, ours},
#include "shop/event_names.def"
#undef EVENT_NAME
};

static struct word words[TM_COUNT(event_names)];
static struct word_table names;
static pthread_once_t names_once = PTHREAD_ONCE_INIT;

static void names_fill(void)
{
    for (size_t i = 0; i < TM_COUNT(event_names); i++)
        words[i] = (struct word){event_names[i].theirs, (int)i};
    word_table_fill(&names, words, TM_COUNT(words));
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* Lower case; a run of anything but letters and digits is one underscore. */
static struct str snake(struct str raw, char out[EVENT_NAME_MAX])
{
    size_t n = 0;
    bool gap = false;

    raw = str_trim(raw);
    for (size_t i = 0; i < raw.n && n < EVENT_NAME_MAX - 1; i++) {
        char c = raw.p[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c + ('a' - 'A'));
        if (!is_alnum(c)) {
            gap = n > 0;
            continue;
        }
        if (gap)
            out[n++] = '_';
        gap = false;
        if (n < EVENT_NAME_MAX - 1)
            out[n++] = c;
    }
    /* not within a character of several bytes */
    while (n > 0 && n >= EVENT_NAME_MAX - 4 && (unsigned char)out[n - 1] >= 0x80)
        n--;
    out[n] = '\0';
    return (struct str){out, n};
}

struct str event_canonical(struct str raw, char out[EVENT_NAME_MAX])
{
    struct str name = snake(raw, out);
    const struct word *word;

    pthread_once(&names_once, names_fill);
    word = word_find(&names, name);
    return word ? str_of(event_names[word->value].ours) : name;
}

struct flow_word {
    const char *text, *kind;
};

static const struct flow_word flow_words[] = {
#define FLOW_WORD(text, kind) {text, kind},
#include "shop/flow_kinds.def"
#undef FLOW_WORD
};

/* Lower case also for accented Latin letters (U+00C0 to U+00DE), punctuation as single blanks,
 * a blank at both ends. */
static void flow_text(struct str name, char *out, size_t size)
{
    size_t n = 0;

    out[n++] = ' ';
    for (size_t i = 0; i < name.n && n + 2 < size; i++) {
        char c = name.p[i];
        unsigned char before = i > 0 ? (unsigned char)name.p[i - 1] : 0;

        if (c >= 'A' && c <= 'Z')
            c = (char)(c + ('a' - 'A'));
        else if (before == 0xC3 && (unsigned char)c >= 0x80 && (unsigned char)c <= 0x9E)
            c = (char)((unsigned char)c + 0x20);
        if (is_alnum(c))
            out[n++] = c;
        else if (out[n - 1] != ' ')
            out[n++] = ' ';
    }
    if (out[n - 1] != ' ')
        out[n++] = ' ';
    out[n] = '\0';
}

const char *flow_kind_of(struct str name)
{
    char text[512];

    flow_text(name, text, sizeof(text));
    for (size_t i = 0; i < TM_COUNT(flow_words); i++)
        if (strstr(text, flow_words[i].text))
            return flow_words[i].kind;
    return "other";
}
