/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "simulate/simulate.h"

#include "base/buf.h"
#include "base/json_read.h"
#include "tap.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char root[128];

static void path_of(const char *dir, const char *file, char out[512])
{
    snprintf(out, 512, "%s/%s%s%s", root, dir, file ? "/" : "", file ? file : "");
}

/* A file's bytes, decompressed where they are packed; empty when there is no such file. */
static struct buf content(const char *dir, const char *file)
{
    struct buf b = BUF_INIT(256 << 20);
    char path[512];
    gzFile in;

    path_of(dir, file, path);
    in = gzopen(path, "rb");
    if (in) {
        char piece[1 << 14];
        int n;

        while ((n = gzread(in, piece, sizeof(piece))) > 0)
            buf_add(&b, piece, (size_t)n);
        gzclose(in);
    }
    return b;
}

static int remove_dir(const char *dir)
{
    char path[512], file[800];
    const struct dirent *e;
    int n = 0;
    DIR *d;

    path_of(dir, NULL, path);
    d = opendir(path);
    if (!d)
        return -1;
    while ((e = readdir(d))) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
        n += unlink(file) == 0;
    }
    closedir(d);
    rmdir(path);
    return n;
}

static struct simulate_result run(const char *dir, int stage, uint64_t seed, int64_t orders,
                                  bool compress)
{
    struct simulate_result result = {0};
    struct err err;
    char path[512];
    struct simulate_options options = {
        .stage = stage, .seed = seed, .orders = orders, .dir = path, .compress = compress};

    path_of(dir, NULL, path);
    CHECK_OK(simulate(&options, &result, &err), err);
    return result;
}

/* Cells of the CSV record at *at, unquoted in place in `store`; moves *at behind it. */
static int cells_of(const char **at, char *store, char *cells[128])
{
    const char *p = *at;
    bool quoted = false;
    int n = 1;

    cells[0] = store;
    for (; *p && (quoted || *p != '\n'); p++) {
        if (*p == '"') {
            if (quoted && p[1] == '"')
                *store++ = *p++;
            else
                quoted = !quoted;
        } else if (*p == ',' && !quoted) {
            *store++ = '\0';
            if (n < 128)
                cells[n] = store;
            n++;
        } else {
            *store++ = *p;
        }
    }
    *store = '\0';
    *at = *p ? p + 1 : p;
    return n;
}

static int64_t cents(const char *text)
{
    return llround(strtod(text, NULL) * 100.0);
}

enum {
    O_NAME = 0,
    O_EMAIL = 1,
    O_STATUS = 2,
    O_SUBTOTAL = 8,
    O_SHIPPING = 9,
    O_TAX = 10,
    O_TOTAL = 11,
    O_DISCOUNT = 13,
    O_CREATED = 15,
    O_QUANTITY = 16,
    O_PRICE = 18,
    O_BILLING = 24,
    O_NOTES = 44,
    O_CANCELLED = 46,
    O_SOURCE = 58
};

enum { ORDERS_MAX = 4000 };

struct seen_order {
    int64_t number, total;
    char email[80];
    char day[11];
};

struct ledger {
    struct seen_order orders[ORDERS_MAX];
    int n;
    int rows, repeated, odd_width, unbalanced, capitals, without_email, cancelled, refunded;
    int notes, tests, counter;
};

/* Is this order's money in balance: lines less discount, plus shipping and tax? */
static bool balanced(char **first, int64_t lines)
{
    return lines - cents(first[O_DISCOUNT]) == cents(first[O_SUBTOTAL]) &&
           cents(first[O_SUBTOTAL]) + cents(first[O_SHIPPING]) + cents(first[O_TAX]) ==
               cents(first[O_TOTAL]);
}

static bool known_order(const struct ledger *l, int64_t number)
{
    for (int i = 0; i < l->n; i++)
        if (l->orders[i].number == number)
            return true;
    return false;
}

static void note_first_row(struct ledger *l, char **cells)
{
    struct seen_order *o = &l->orders[l->n];

    o->number = strtoll(cells[O_NAME] + 1, NULL, 10);
    if (known_order(l, o->number)) {
        l->repeated++;
        return;
    }
    o->total = cents(cells[O_TOTAL]);
    snprintf(o->day, sizeof(o->day), "%.10s", cells[O_CREATED]);
    snprintf(o->email, sizeof(o->email), "%s", cells[O_EMAIL]);
    for (char *c = o->email; *c; c++) {
        l->capitals += c == o->email && isupper((unsigned char)*c);
        *c = (char)tolower((unsigned char)*c);
    }
    l->n += l->n < ORDERS_MAX - 1;
    l->without_email += !*o->email;
    l->cancelled += *cells[O_CANCELLED] != '\0';
    l->refunded += strstr(cells[O_STATUS], "refunded") != NULL;
    l->notes += strchr(cells[O_NOTES], '\n') != NULL;
    l->tests += strcmp(cells[O_BILLING], "Test Test") == 0;
    l->counter += strcmp(cells[O_SOURCE], "pos") == 0;
}

static struct ledger *read_ledger(const char *dir, char *header, size_t header_cap)
{
    struct buf text = content(dir, "orders_export.csv");
    struct ledger *l = xcalloc(1, sizeof(*l));
    static char store[2][1 << 14];
    char *cells[128], *first[128] = {NULL};
    const char *at = buf_cstr(&text);
    int64_t lines = 0;
    bool open = false;

    snprintf(header, header_cap, "%.*s", (int)strcspn(at, "\n"), at);
    at += strcspn(at, "\n") + 1;
    while (*at) {
        const char *row = at;
        int width = cells_of(&at, store[0], cells);

        l->rows++;
        l->odd_width += width != 79;
        if (width != 79)
            continue;
        if (*cells[O_TOTAL]) {
            l->unbalanced += open && !balanced(first, lines);
            cells_of(&row, store[1], first);
            note_first_row(l, first);
            lines = 0;
            open = true;
        }
        lines += cents(cells[O_PRICE]) * strtoll(cells[O_QUANTITY], NULL, 10);
    }
    l->unbalanced += !balanced(first, lines);
    buf_release(&text);
    return l;
}

static void same_bytes_again(void)
{
    static const char *const files[] = {
        "orders_export.csv", "customers_export.csv", "products_export.csv", "ga4_events.ndjson",
        "messages.csv",      "klaviyo_flows.csv",    "meta_ads.csv",        "google_ads.csv",
        "activity.csv",      "answers.yaml",         "marketing_spend.csv", "ga4_devices.csv"};
    int differ = 0;

    run("a", 3, 7, 200, false);
    run("b", 3, 7, 200, false);
    run("c", 3, 8, 200, false);
    for (size_t i = 0; i < TM_COUNT(files); i++) {
        struct buf a = content("a", files[i]), b = content("b", files[i]);
        struct buf c = content("c", files[i]);

        CHECK_MSG(a.n > 0 && str_eq(buf_str(&a), buf_str(&b)), "%s: same seed, same bytes",
                  files[i]);
        differ += !str_eq(buf_str(&a), buf_str(&c));
        buf_release(&a);
        buf_release(&b);
        buf_release(&c);
    }
    CHECK(differ == TM_COUNT(files));
    CHECK_INT(remove_dir("b"), 15);
    remove_dir("c");
}

static void packed_is_the_same(void)
{
    struct buf plain, packed;

    run("z", 3, 7, 200, true);
    plain = content("a", "ga4_events.ndjson");
    packed = content("z", "ga4_events.ndjson.gz");
    CHECK(packed.n > 0 && str_eq(buf_str(&plain), buf_str(&packed)));
    buf_release(&plain);
    buf_release(&packed);
    plain = content("a", "messages.csv");
    packed = content("z", "messages.csv.gz");
    CHECK(packed.n > 0 && str_eq(buf_str(&plain), buf_str(&packed)));
    buf_release(&plain);
    buf_release(&packed);
    remove_dir("z");
    remove_dir("a");
}

/* The purchase's order is in the ledger, with the same total. */
static bool in_ledger(const struct ledger *l, struct json_value purchase)
{
    struct json_value told = json_get(purchase, "ecommerce");
    struct str number = json_text(json_get(told, "transaction_id"), STR_NONE);
    char text[24] = "";

    if (number.n < 2 || number.n >= sizeof(text) || *number.p != '#')
        return false;
    memcpy(text, number.p + 1, number.n - 1);
    for (int i = 0; i < l->n; i++)
        if (l->orders[i].number == strtoll(text, NULL, 10))
            return l->orders[i].total ==
                   llround(json_real(json_get(told, "purchase_revenue"), 0.0) * 100.0);
    return false;
}

static void events_match_orders(const char *dir, const struct ledger *l, int64_t events)
{
    struct buf text = content(dir, "ga4_events.ndjson");
    struct json_parser *parser = json_parser_new(1 << 16);
    int64_t lines = 0, broken = 0, purchases = 0, strange = 0;

    for (const char *at = buf_cstr(&text), *end = at + text.n; at < end; lines++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        struct str line = {at, (size_t)((stop ? stop : end) - at)};
        struct json_value event;
        struct err err = ERR_INIT;

        at += line.n + 1;
        if (json_parse(parser, line, &event, &err) != ERR_OK) {
            broken++;
            continue;
        }
        broken += json_integer(json_get(event, "event_timestamp"), 0) <= 0 ||
                  json_text(json_get(event, "user_pseudo_id"), STR_NONE).n == 0;
        if (str_eqz(json_text(json_get(event, "event_name"), STR_NONE), "purchase")) {
            purchases++;
            strange += !in_ledger(l, event);
        }
    }
    CHECK_INT(lines, events);
    CHECK_INT(broken, 0);
    CHECK(purchases > l->n / 2);
    CHECK_INT(strange, 0);
    json_parser_free(parser);
    buf_release(&text);
}

static const char orders_header[] =
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts "
    "Marketing,Currency,"
    "Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,"
    "Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,"
    "Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,"
    "Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,"
    "Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,"
    "Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,"
    "Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,"
    "Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,"
    "Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,"
    "Payment Terms Name,Next Payment Due At,Payment References";

static void orders_are_sound(void)
{
    struct simulate_result result = run("o", 2, 11, 1200, false);
    char header[4096];
    struct ledger *l = read_ledger("o", header, sizeof(header));

    CHECK_STR(header, orders_header);
    CHECK_INT(l->n, result.orders);
    CHECK_INT(l->odd_width, 0);
    CHECK_INT(l->unbalanced, 0);
    CHECK_REL(l->n, 1200, 0.05);
    CHECK(strncmp(l->orders[0].day, "2024-10-", 8) == 0);
    CHECK(strncmp(l->orders[l->n - 1].day, "2026-09-", 8) == 0);
    CHECK_MSG(l->repeated > 0 && l->repeated < 20, "%d orders come twice", l->repeated);
    CHECK_MSG(l->capitals > 5, "%d addresses in capitals", l->capitals);
    CHECK_MSG(l->notes > 5 && l->tests > 0, "%d notes with line ends, %d tests", l->notes,
              l->tests);
    CHECK(l->without_email > l->counter && l->counter > 200);
    CHECK(l->cancelled > 5 && l->refunded > l->cancelled);
    events_match_orders("o", l, result.events);
    free(l);
    remove_dir("o");
}

/* Every row of the messages' log has the header's cells; consent tells how it was given. */
static void messages_are_whole(void)
{
    struct buf text;
    static char store[1 << 12];
    char *cells[128];
    const char *at;
    int rows = 0, odd = 0, machine = 0, granted = 0, unproven = 0, plans = 0;

    run("m", 4, 3, 200, false);
    text = content("m", "messages.csv");
    at = buf_cstr(&text);
    CHECK_INT(cells_of(&at, store, cells), 15);
    while (*at) {
        odd += cells_of(&at, store, cells) != 15;
        rows++;
        if (strcmp(cells[0], "consent_granted") == 0) {
            granted++;
            unproven += !*cells[13] || !*cells[14];
        } else if (strncmp(cells[0], "message_", 8) == 0) {
            machine += strcmp(cells[11], "1") == 0;
            plans += *cells[7] && strcmp(cells[3], "sms") == 0;
            odd += !*cells[2];
        }
    }
    CHECK(rows > 5000 && machine > 100 && plans > 100 && granted > 100);
    CHECK_INT(odd, 0);
    CHECK_INT(unproven, 0);
    buf_release(&text);
    remove_dir("m");
}

/* Of those whose first order is in the first year, the share that ordered again at all. */
static double repeat_rate(const struct ledger *l)
{
    int first = 0, again = 0;

    for (int i = 0; i < l->n; i++) {
        bool is_first = *l->orders[i].email && strcmp(l->orders[i].day, "2025-10-01") < 0;

        for (int k = 0; k < i && is_first; k++)
            is_first = strcmp(l->orders[k].email, l->orders[i].email) != 0;
        if (!is_first)
            continue;
        first++;
        for (int k = i + 1; k < l->n; k++)
            if (strcmp(l->orders[k].email, l->orders[i].email) == 0) {
                again++;
                break;
            }
    }
    return first ? (double)again / first : 0.0;
}

static void stages_differ(void)
{
    double rates[5] = {0};

    for (int stage = 1; stage <= 4; stage++) {
        struct simulate_result result = run("s", stage, 5, 900, false);
        char header[4096];
        struct ledger *l = read_ledger("s", header, sizeof(header));
        struct buf ledger = content("s", "marketing_spend.csv");

        CHECK_REL((double)result.orders, 900, 0.05);
        CHECK_INT(l->n, result.orders);
        rates[stage] = repeat_rate(l);
        CHECK_MSG(stage == 1 || rates[stage] > rates[stage - 1] + 0.03,
                  "stage %d: %.3f of first buyers return", stage, rates[stage]);
        CHECK((result.events > 0) == (stage > 1));
        CHECK((ledger.n > 0) == (stage > 1));
        buf_release(&ledger);
        free(l);
        remove_dir("s");
    }
}

static bool stop_half_way(void *ctx, double done)
{
    *(double *)ctx = done;
    return done < 0.5;
}

static void nothing_is_left_behind(void)
{
    struct simulate_result result;
    struct err err = ERR_INIT;
    double reached = 0.0;
    char path[512], keep[600];
    struct simulate_options options = {.stage = 4, .orders = 200, .dir = path};
    struct stat st;
    FILE *f;

    path_of("x", NULL, path);
    options.progress = stop_half_way;
    options.ctx = &reached;
    CHECK_INT(simulate(&options, &result, &err), ERR_CANCELLED);
    CHECK(reached >= 0.5 && reached < 0.51);
    CHECK(stat(path, &st) != 0);

    options.progress = NULL;
    mkdir(path, 0777);
    snprintf(keep, sizeof(keep), "%s/notes.txt", path);
    f = fopen(keep, "w");
    if (f)
        fclose(f);
    CHECK_INT(simulate(&options, &result, &err), ERR_EXISTS);
    CHECK(strstr(err.msg, "is not empty") && *err.hint);
    CHECK_INT(remove_dir("x"), 1);
}

/* No file may grow beyond 64 KiB: what a full disk does, without one. */
static void failed_write_leaves_nothing(void)
{
    struct simulate_result result;
    struct err err = ERR_INIT;
    char path[512];
    struct simulate_options options = {.stage = 3, .orders = 200, .dir = path};
    struct rlimit was, low;
    struct stat st;

    path_of("w", NULL, path);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    low = was;
    low.rlim_cur = 1 << 16;
    setrlimit(RLIMIT_FSIZE, &low);
    CHECK_INT(simulate(&options, &result, &err), ERR_IO);
    setrlimit(RLIMIT_FSIZE, &was);
    CHECK(strstr(err.msg, "could not write"));
    CHECK(stat(path, &st) != 0);
}

static void bad_options(void)
{
    struct simulate_result result;
    struct err err;
    char path[512];
    struct simulate_options options = {.stage = 5, .orders = 200, .dir = path};

    path_of("n", NULL, path);
    CHECK_INT(simulate(&options, &result, &err), ERR_INVALID);
    CHECK(strstr(err.msg, "5 is not a stage"));
    options.stage = 1;
    options.orders = 5;
    CHECK_INT(simulate(&options, &result, &err), ERR_INVALID);
    options.orders = 200;
    options.end = "2026-02-30";
    CHECK_INT(simulate(&options, &result, &err), ERR_INVALID);
    CHECK(strstr(err.msg, "2026-02-30"));
    CHECK_INT(remove_dir("n"), -1);
}

int main(void)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(root, sizeof(root), "%.100s/tm-simulate-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(root))
        return 1;
    same_bytes_again();
    packed_is_the_same();
    orders_are_sound();
    messages_are_whole();
    stages_differ();
    nothing_is_left_behind();
    failed_write_leaves_nothing();
    bad_options();
    rmdir(root);
    return tap_done();
}
