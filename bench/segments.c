/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Segments over many people: all of them together, and one statement each.
 *   bench-segments DIR [PEOPLE]      DIR is made, and may be deleted afterwards */
#include <sys/resource.h>
#include <unistd.h>

#include "audience/members.h"
#include "audience/shelf.h"
#include "audience/written.h"
#include "base/timestamp.h"
#include "engine/audience_people.h"

enum { SEGMENTS = 50, FILL_STEP = 100000 };

static const struct audience_now now = {
    .now_us = INT64_C(1795162500250001), .today = 20777, .decimals = 2};

static void must(enum err_code rc, const struct err *err)
{
    if (rc == ERR_OK)
        return;
    fprintf(stderr, "%s\n%s\n%s\n", err->msg, err->hint, err->context);
    exit(1);
}

static void run(struct engine *e, const char *text, const struct param *params,
                const char *const *types, size_t n)
{
    const struct statement made = {.name = "bench", .text = text};
    struct err err = ERR_INIT;

    must(engine_run_made(e, &made, params, types, n, &err), &err);
}

static void fill(struct engine *e, int64_t people)
{
    static const char *const types[] = {"UInt64", "UInt64"};
    struct err err = ERR_INIT;

    /* In steps of other seeds: as many people, in less memory. */
    for (int64_t from = 0; from < people; from += FILL_STEP) {
        const struct param params[] = {
            PARAM_I64("people", people - from < FILL_STEP ? people - from : FILL_STEP),
            PARAM_I64("seed", from)};

        for (size_t i = 0; i < TM_COUNT(people_tables); i++)
            run(e, people_tables[i].text, params, types, 2);
    }
    run(e, "INSERT INTO resolved SELECT 1, now64(6), 1, 'UTC', 'EUR', 2, ''", NULL, NULL, 0);
    must(engine_run(e, "audience/note_made", NULL, 0, &err), &err);
}

/* The largest the node's memory has been, in MiB. */
static long node_peak(void)
{
    char path[64], line[256];
    long pid = 0, kib = 0;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
    if ((f = fopen(path, "r"))) {
        if (fscanf(f, "%ld", &pid) != 1)
            pid = 0;
        fclose(f);
    }
    snprintf(path, sizeof(path), "/proc/%ld/status", pid);
    if ((f = fopen(path, "r"))) {
        while (fgets(line, sizeof(line), f))
            if (sscanf(line, "VmHWM: %ld", &kib) == 1)
                break;
        fclose(f);
    }
    return kib / 1024;
}

static void other_segment(size_t n, int a, int b, char text[256])
{
    switch (n % 6) {
    case 0:
        snprintf(text, 256, "number_of_orders >= %d AND amount_spent > %d0.5", a, b);
        break;
    case 1:
        snprintf(
            text, 256,
            "orders_placed MATCHES (amount >= %d, date >= -%d0d) AND customer_tags CONTAINS 'a'", a,
            b);
        break;
    case 2:
        snprintf(text, 256,
                 "events MATCHES (name = 'cart_add', time >= -%d0h) AND NOT events MATCHES (name = "
                 "'order_complete', count > %d)",
                 a, b);
        break;
    case 3:
        snprintf(text, 256, "products_purchased MATCHES (type = 'a', quantity > %d, date >= -%d0d)",
                 a, b);
        break;
    case 4:
        snprintf(
            text, 256,
            "messages MATCHES (kind = 'clicked', channel = 'email', count >= %d, date >= -%dw)", a,
            b);
        break;
    default:
        snprintf(text, 256,
                 "sequence(events MATCHES (name = 'product_view') THEN events MATCHES (name = "
                 "'cart_add') WITHIN %dh) OR rfm_recency = %d",
                 a, b);
        break;
    }
}

/* The starters, and some with other figures. */
static void make_segments(struct audience_segment *list, char texts[][256], char names[][16])
{
    size_t n = 0;

    for (; audience_starter(n); n++)
        snprintf(texts[n], 256, "%s", audience_starter(n)->text);
    for (int k = 1; n < SEGMENTS; n++, k++)
        other_segment(n, k % 7 + 1, k % 5 + 1, texts[n]);
    for (n = 0; n < SEGMENTS; n++) {
        snprintf(names[n], 16, "s%zu", n);
        list[n] = (struct audience_segment){
            .id = (int64_t)n + 1, .name = names[n], .text = str_of(texts[n])};
    }
}

static long own_peak(void)
{
    struct rusage usage = {0};

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

static bool nobody(void *ctx, uint64_t person)
{
    (void)ctx, (void)person;
    return false;
}

static enum err_code go_on(void *ctx, struct err *err)
{
    (void)ctx, (void)err;
    return ERR_OK;
}

/* Of a shop that keeps these segments for the first time, and once more when nothing has changed.
 */
static void write_members(struct engine *e, const char *dir, int64_t people)
{
    char path[4096], meaning[16] = "m";
    struct store *store = NULL;
    struct err err = ERR_INIT;
    struct audience_writing w = {
        .engine = e, .people = people, .now_us = now.now_us, .is_newer = nobody, .go_on = go_on};
    int64_t members = 0;

    snprintf(path, sizeof(path), "%s/shop", dir);
    must(store_open(path, &store, &err), &err);
    must(outbox_open(store, &w.outbox, &err), &err);
    for (int again = 0; again < 2; again++) {
        const int64_t from = timestamp_now();

        for (int64_t i = 1; i <= SEGMENTS; i++)
            must(audience_write_members(&w, i, meaning, &err), &err);
        printf("%s: %.1f s, node's peak %ld MiB, this process's %ld MiB\n",
               again ? "once more, nothing changed" : "members written down",
               (double)(timestamp_now() - from) / 1e6, node_peak(), own_peak());
    }
    must(outbox_begin(w.outbox, &err), &err);
    for (int64_t i = 1; i <= SEGMENTS; i++) {
        struct membership m;
        bool found;

        must(membership_of(w.outbox, i, &m, &found, &err), &err);
        members += m.members;
    }
    must(outbox_end(w.outbox, ERR_OK, &err), &err);
    printf("%" PRId64 " members\n", members);
    outbox_close(w.outbox);
    store_close(store);
}

int main(int argc, char **argv)
{
    static struct audience_segment list[SEGMENTS];
    static char texts[SEGMENTS][256], names[SEGMENTS][16];
    static int64_t together[SEGMENTS], alone[SEGMENTS];
    int64_t people = argc > 2 ? strtoll(argv[2], NULL, 10) : 1000000, all, from;
    struct audience_set set = {list, SEGMENTS};
    struct engine_options options = {.dir = argc > 1 ? argv[1] : NULL};
    struct audience_rebuilding steps = {0};
    struct engine *e = NULL;
    struct err err = ERR_INIT;

    if (!options.dir) {
        fprintf(stderr, "usage: bench-segments DIR [PEOPLE]\n");
        return 64;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    must(engine_open(&options, &e, &err), &err);
    from = timestamp_now();
    fill(e, people);
    printf("%" PRId64 " people made in %.1f s\n", people, (double)(timestamp_now() - from) / 1e6);
    make_segments(list, texts, names);
    audience_set_link(&set, &now);
    for (size_t i = 0; i < SEGMENTS; i++)
        if (list[i].err.code != ERR_OK)
            must(list[i].err.code, &list[i].err);
    engine_close(e); /* so that its peak is that of the segments */
    must(engine_open(&options, &e, &err), &err);
    from = timestamp_now();
    must(audience_rebuild(e, &set, &now, &steps, together, &all, &err), &err);
    printf("%d segments together, members found: %.1f s, node's peak %ld MiB, this process's %ld "
           "MiB\n",
           SEGMENTS, (double)(timestamp_now() - from) / 1e6, node_peak(), own_peak());
    write_members(e, options.dir, all);
    if (getenv("SHORT")) {
        engine_close(e);
        return 0;
    }
    from = timestamp_now();
    for (size_t i = 0; i < SEGMENTS; i++)
        must(audience_count(e, &set, &now, i, alone, &all, &err), &err);
    printf("one statement each, only counted: %.1f s\n", (double)(timestamp_now() - from) / 1e6);
    from = timestamp_now();
    must(audience_count(e, &set, &now, 0, alone, &all, &err), &err);
    printf("one segment counted: %.2f s\n", (double)(timestamp_now() - from) / 1e6);
    audience_set_release(&set);
    engine_close(e);
    return 0;
}
