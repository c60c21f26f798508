/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/results/plans.h"

#include "base/arena.h"
#include "base/digest.h"
#include "outreach/campaign/campaign.h"
#include "outreach/flow/flow.h"
#include "outreach/message/kept.h"
#include "shop/event.h"
#include "store/named.h"

struct plans {
    struct plan *list; /* owned */
    size_t n, cap;
    struct arena arena;
    struct store *store; /* while they are read */
    struct kept_messages *messages;
};

/* ---- what a message is about -------------------------------------------------------------- */

/* Who it is for and who writes is no behaviour. */
static bool is_behaviour(const char *name)
{
    return !message_gives(name) && strcmp(name, "person") != 0 && strcmp(name, "shop") != 0;
}

static int is_personal(const struct message *message)
{
    const char *name;

    for (int part = 0; part < MESSAGE_PARTS; part++)
        for (size_t i = 0; message->parts[part] && (name = liquid_name(message->parts[part], i));
             i++)
            if (is_behaviour(name))
                return 1;
    return 0;
}

static int ask_message(struct plans *p, const char *name)
{
    const struct message *message = NULL;
    struct err unheard = ERR_INIT;
    int personal = -1;

    if (name && kept_message_get(p->messages, p->store, name, &message, &unheard) == ERR_OK)
        personal = is_personal(message);
    kept_message_put(p->messages, message);
    return personal;
}

/* ---- flows -------------------------------------------------------------------------------- */

/* By its name, else by what starts it. */
static const char *kind_of(const struct flow *flow)
{
    static const struct {
        const char *start, *kind;
    } kinds[] = {
        {"cart_add", "cart"},       {"cart_view", "cart"},  {"checkout_start", "cart"},
        {"product_view", "browse"}, {"sign_up", "welcome"}, {"order_complete", "post_purchase"},
    };
    const char *kind = flow_kind_of(str_of(flow->name));

    if (strcmp(kind, "other") != 0)
        return kind;
    for (size_t i = 0; i < TM_COUNT(kinds) && flow->start == FLOW_ON_EVENT; i++)
        if (strcmp(kinds[i].start, flow->start_name) == 0)
            return kinds[i].kind;
    return flow->start == FLOW_ON_EVENT ? kind : flow_kind_of(str_of(flow->start_name));
}

static void add_flow_steps(struct plans *p, const struct flow *flow, struct plan *plan)
{
    plan->steps = arena_alloc(&p->arena, flow->step_count * sizeof(*plan->steps));
    for (size_t i = 0; plan->steps && i < flow->step_count; i++) {
        const struct flow_step *step = &flow->steps[i];

        if (step->kind == FLOW_SEND)
            plan->steps[plan->step_count++] =
                (struct plan_step){.id = step->id,
                                   .name = arena_strdup(&p->arena, str_of(step->name)),
                                   .personal = ask_message(p, step->message)};
    }
}

static void add_flow(struct plans *p, const struct named *named, struct plan *plan)
{
    struct err broken = ERR_INIT;
    struct flow *flow = NULL;

    plan->flow_kind = flow_kind_of(str_of(named->name));
    if (flow_read(named->text, named->name, NULL, &flow, &broken) != ERR_OK)
        return;
    plan->flow_kind = kind_of(flow);
    if (flow->start == FLOW_ON_ENTERS)
        plan->audience = arena_strdup(&p->arena, str_of(flow->start_name));
    add_flow_steps(p, flow, plan);
    flow_free(flow);
}

/* ---- campaigns ---------------------------------------------------------------------------- */

/* Segments by name, those written out by their texts; a comma stands between two. */
static const char *audience_of(struct plans *p, const struct campaign *campaign)
{
    struct buf names = BUF_INIT(16384);
    const char *out;

    for (size_t i = 0; i < campaign->include.n; i++) {
        const struct campaign_group *group = &campaign->include.list[i];
        const char *name = group->segment ? group->segment : group->where ? group->where : "";

        buf_addz(&names, i ? ", " : "");
        for (; *name; name++)
            buf_addc(&names, *name == ',' ? ';' : *name == '\n' ? ' ' : *name);
    }
    out = arena_strdup(&p->arena, buf_str(&names));
    buf_release(&names);
    return out;
}

static const char *send_name(struct plans *p, const struct campaign_send *send, size_t variant)
{
    char name[2 * CAMPAIGN_NAME_MAX + 4];

    if (send->variant_count < 2)
        return arena_strdup(&p->arena, str_of(send->name));
    snprintf(name, sizeof(name), "%s: %s", send->name, send->variants[variant].name);
    return arena_strdup(&p->arena, str_of(name));
}

static void add_sends(struct plans *p, const struct campaign *campaign, struct plan *plan)
{
    size_t most = campaign->send_count * CAMPAIGN_VARIANTS_MAX;

    plan->steps = arena_alloc(&p->arena, most * sizeof(*plan->steps));
    for (size_t i = 0; plan->steps && i < campaign->send_count; i++)
        for (size_t v = 0; v < campaign->sends[i].variant_count; v++)
            plan->steps[plan->step_count++] = (struct plan_step){
                .id = campaign->sends[i].id,
                .variant = (int)v,
                .name = send_name(p, &campaign->sends[i], v),
                .personal = ask_message(p, campaign->sends[i].variants[v].message)};
}

static void add_campaign(struct plans *p, const struct named *named, struct plan *plan)
{
    struct err broken = ERR_INIT;
    struct campaign *campaign = NULL;

    if (campaign_read(named->text, named->name, NULL, &campaign, &broken) != ERR_OK)
        return;
    plan->audience = audience_of(p, campaign);
    add_sends(p, campaign, plan);
    campaign_free(campaign);
}

/* ---- all ---------------------------------------------------------------------------------- */

/* Copies: the store is not called while it lists. */
struct listed {
    struct named *list; /* owned, and the texts */
    size_t n;
};

static enum err_code list_one(void *ctx, const struct named *named, struct err *err)
{
    struct listed *listed = ctx;
    char *text = xmalloc(named->text.n + 1);

    (void)err;
    memcpy(text, named->text.p, named->text.n);
    text[named->text.n] = '\0';
    listed->list[listed->n] = *named;
    listed->list[listed->n++].text.p = text;
    return ERR_OK;
}

static void add_plan(struct plans *p, const struct named *named)
{
    struct plan *plan = &p->list[p->n++];

    *plan = (struct plan){.id = named->id,
                          .is_flow = named->kind == NAMED_FLOW,
                          .name = arena_strdup(&p->arena, str_of(named->name)),
                          .flow_kind = "",
                          .audience = ""};
    (plan->is_flow ? add_flow : add_campaign)(p, named, plan);
}

static enum err_code read_kind(struct plans *p, enum named_kind kind, struct err *err)
{
    struct listed listed = {.list = xcalloc(NAMED_MOST, sizeof(*listed.list))};
    enum err_code rc = store_named_each(p->store, kind, list_one, &listed, err);

    for (size_t i = 0; i < listed.n; i++) {
        if (rc == ERR_OK)
            add_plan(p, &listed.list[i]);
        free((char *)(uintptr_t)listed.list[i].text.p);
    }
    free(listed.list);
    return rc;
}

enum err_code plans_read(struct store *store, struct plans **out, struct err *err)
{
    TM_CLEANUP(plans_freep) struct plans *p = xcalloc(1, sizeof(*p));

    p->arena = (struct arena)ARENA_INIT(256 << 20);
    p->list = xcalloc((size_t)2 * NAMED_MOST, sizeof(*p->list));
    p->store = store;
    p->messages = kept_messages_new();
    TRY(read_kind(p, NAMED_FLOW, err));
    TRY(read_kind(p, NAMED_CAMPAIGN, err));
    TRY(arena_check(&p->arena, err));
    *out = p;
    p = NULL;
    return ERR_OK;
}

void plans_free(struct plans *plans)
{
    if (!plans)
        return;
    kept_messages_free(plans->messages);
    arena_release(&plans->arena);
    free(plans->list);
    free(plans);
}

void plans_freep(struct plans **plans)
{
    plans_free(*plans);
}

const struct plan *plans_find(const struct plans *plans, int64_t id)
{
    for (size_t i = 0; i < plans->n; i++)
        if (plans->list[i].id == id)
            return &plans->list[i];
    return NULL;
}

const struct plan_step *plan_step_find(const struct plan *plan, int64_t step, int variant)
{
    const struct plan_step *found = NULL;

    for (size_t i = 0; i < plan->step_count; i++)
        if (plan->steps[i].id == step && (!found || plan->steps[i].variant == variant))
            found = &plan->steps[i];
    return found;
}

void plans_mark(const struct plans *plans, char out[PLANS_MARK])
{
    struct buf told = BUF_INIT(64 << 20);
    char hex[DIGEST_HEX];

    for (size_t i = 0; i < plans->n; i++) {
        const struct plan *plan = &plans->list[i];

        buf_addf(&told, "%" PRId64 " %d\n%s\n%s\n%s\n", plan->id, plan->is_flow, plan->name,
                 plan->flow_kind, plan->audience);
        for (size_t k = 0; k < plan->step_count; k++)
            buf_addf(&told, " %" PRId64 " %d %d %s\n", plan->steps[k].id, plan->steps[k].variant,
                     plan->steps[k].personal, plan->steps[k].name);
    }
    digest_of(buf_str(&told), hex);
    buf_release(&told);
    snprintf(out, PLANS_MARK, "%.16s", hex);
}
