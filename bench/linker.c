/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* linker.c - how fast identifiers become people.
 *
 *     bench-linker [IDENTIFIERS]        10 million unless told
 *
 * Four devices, an address and a customer number a person, seen together two by two in random
 * order; then 100,000 more observations one by one. The baseline is qsort() of as many 64-bit
 * numbers, in the same run. Peak memory is the process's.
 */
#include "identity/identity.h"

#include <sys/resource.h>

enum { IDS_A_PERSON = 6, LATER = 100000 };

static uint64_t random_next(uint64_t *io)
{
    uint64_t z = (*io += 0x9E3779B97F4A7C15ULL);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* A hash, as ids are. */
static uint64_t id_of(uint64_t person, unsigned which)
{
    uint64_t state = person * IDS_A_PERSON + which;

    return random_next(&state) | 1;
}

static void observe(struct linker *linker, uint64_t person, unsigned which)
{
    static const enum identifier_kind kinds[IDS_A_PERSON] = {ID_CUSTOMER, ID_EMAIL,  ID_DEVICE,
                                                             ID_DEVICE,   ID_DEVICE, ID_DEVICE};
    unsigned next = (which + 1) % IDS_A_PERSON;
    uint64_t ids[ID_KIND_COUNT] = {0};
    struct err err = ERR_INIT;

    ids[kinds[which]] = id_of(person, which);
    /* Two devices are never seen at once: a device comes with the address. */
    if (kinds[next] == kinds[which])
        next = 1;
    ids[kinds[next]] = id_of(person, next);
    if (linker_add(linker, ids, &err) != ERR_OK) {
        fprintf(stderr, "bench-linker: %s\n", err.msg);
        exit(1);
    }
}

static double sort_baseline(size_t n)
{
    uint64_t *list = xcalloc(n, sizeof(*list)), state = 1;
    double from, took;

    for (size_t i = 0; i < n; i++)
        list[i] = random_next(&state);
    from = seconds();
    qsort(list, n, sizeof(*list), by_value);
    took = seconds() - from;
    free(list);
    return took;
}

static int by_time(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    uint64_t identifiers = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000;
    uint64_t persons = identifiers / IDS_A_PERSON, state = 42;
    static double later[LATER];
    double base = sort_baseline((size_t)identifiers), from, took;
    struct linker *linker = linker_new();
    struct identity_summary summary;
    struct rusage usage;

    if (persons < 1) {
        fprintf(stderr, "bench-linker: at least %d identifiers\n", IDS_A_PERSON);
        return 2;
    }
    from = seconds();
    for (uint64_t i = 0; i < persons * IDS_A_PERSON; i++)
        /* Persons in an order that no cache likes; each of their identifiers once. */
        observe(linker, (i * 2654435761u) % persons, (unsigned)(i / persons));
    took = seconds() - from;
    summary = linker_summary(linker);
    for (int i = 0; i < LATER; i++) {
        double at = seconds();

        observe(linker, random_next(&state) % persons, (unsigned)(i % IDS_A_PERSON));
        later[i] = seconds() - at;
    }
    qsort(later, LATER, sizeof(later[0]), by_time);
    getrusage(RUSAGE_SELF, &usage);
    printf("%" PRIu64 " identifiers, %" PRIu64 " people: %.2f s, %.2f of sorting as many numbers; "
           "peak %ld MiB\n",
           summary.identifiers, summary.persons, took, took / base, usage.ru_maxrss / 1024);
    printf("one more observation: median %.2f us, p99 %.2f us, longest %.0f us\n",
           later[LATER / 2] * 1e6, later[LATER - LATER / 100] * 1e6, later[LATER - 1] * 1e6);
    linker_free(linker);
    return summary.persons == persons ? 0 : 1;
}
