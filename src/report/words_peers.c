/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/words_peers.h"

const char *const peer_group_names[] = {"same kind and size", "same kind", "all"};

bool peer_told(const struct peer_standing *standing)
{
    return standing->shops >= PEERS_MIN;
}

size_t peers_told(const struct peers *peers)
{
    size_t n = 0;

    for (size_t i = 0; i < peers->count; i++)
        n += peer_told(&peers->items[i]);
    return n;
}

const struct practice *peer_practice(const struct page *page, const struct peer_standing *s)
{
    return &page->model->practices[s->practice];
}

const struct indicator *peer_indicator(const struct page *page, const struct peer_standing *s)
{
    return &peer_practice(page, s)->indicators[s->indicator];
}

const char *words_peers(struct page *page)
{
    const struct peers *peers = page->options->peers;
    size_t told = peers_told(peers), better = 0, worse = 0;

    for (size_t i = 0; i < peers->count; i++) {
        better += peer_told(&peers->items[i]) && peers->items[i].worse.low > .5;
        worse += peer_told(&peers->items[i]) && peers->items[i].worse.high < .5;
    }
    if (!told)
        return page_printf(page,
                           _("No place among other shops is told: that takes %s of them, and %s "
                             "are known here. The marks of the levels stand in for them."),
                           page_int(page, PEERS_MIN), page_int(page, (int64_t)peers->shops));
    return page_printf(page,
                       P_("%s figure is compared with other shops: better than most of them in "
                          "%s, worse in %s; otherwise no difference is sure.",
                          "%s figures are compared with other shops: better than most of them in "
                          "%s, worse in %s; in the rest no difference is sure.",
                          told),
                       page_int(page, (int64_t)told), page_int(page, (int64_t)better),
                       page_int(page, (int64_t)worse));
}

const char *words_peer_title(struct page *page, const struct peer_standing *s)
{
    const struct practice *p = peer_practice(page, s);
    const char *title = page_text(page, &p->title);
    const char *figure = page_text(page, &peer_indicator(page, s)->title);

    if (p->indicator_count < 2 || !*figure)
        return title;
    return page_printf(page, "%s · %s", title, figure);
}

const char *words_peer_range(struct page *page, const struct peer_standing *s)
{
    return page_printf(page, _("%s to %s"), page_percent(page, s->worse.low),
                       page_percent(page, s->worse.high));
}

const char *words_peer_group(struct page *page, const struct peer_standing *s)
{
    return page_printf(page,
                       s->group == PEERS_LIKE       ? _("%s, of the same kind and size")
                       : s->group == PEERS_VERTICAL ? _("%s, of the same kind")
                                                    : _("%s, of any kind"),
                       page_int(page, (int64_t)s->shops));
}

const char *words_peer_place(struct page *page, const struct peer_standing *s)
{
    if (!peer_told(s))
        return "";
    return page_printf(
        page,
        s->group == PEERS_LIKE
            ? _("Better than %s to %s of %s shops of the same kind and size; their middle is %s.")
        : s->group == PEERS_VERTICAL
            ? _("Better than %s to %s of %s shops of the same kind; their middle is %s.")
            : _("Better than %s to %s of %s shops of any kind; their middle is %s."),
        page_percent(page, s->worse.low), page_percent(page, s->worse.high),
        page_int(page, (int64_t)s->shops), page_value(page, peer_indicator(page, s), s->median));
}

const char *words_peer_anchors(struct page *page, const struct peer_standing *s)
{
    const char *all = "";

    for (int level = 2; level <= 4; level++) {
        const char *cut = page_cut(page, peer_indicator(page, s), level);

        if (*cut)
            all = page_printf(
                page, "%s%s%s", all, *all ? " · " : "",
                page_printf(page, _("level %s asks for %s"), page_int(page, level), cut));
    }
    return page_printf(page, _("%s: %s"), all,
                       words_citation(page, &peer_practice(page, s)->citation));
}
