/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Prerequisites that go round in a circle. */
#include "maturity/model_read.h"

#include "base/buf.h"

enum { UNSEEN, OPEN, DONE };

/* Depth first; the depth is bounded by the number of practices. Returns true at a circle and
 * leaves its practices, in order, in trail[]. */
static bool find_circle(const struct model *m, size_t i, unsigned char *seen, size_t *trail,
                        size_t *depth)
{
    const struct practice *p = &m->practices[i];

    seen[i] = OPEN;
    trail[(*depth)++] = i;
    for (size_t k = 0; k < p->prerequisite_count; k++) {
        size_t next = p->prerequisites[k];

        if (seen[next] == OPEN) {
            trail[(*depth)++] = next;
            return true;
        }
        if (seen[next] == UNSEEN && find_circle(m, next, seen, trail, depth))
            return true;
    }
    seen[i] = DONE;
    (*depth)--;
    return false;
}

enum err_code model_check_circles(struct yaml_reader *r, yaml_node_t *node, const struct model *m)
{
    unsigned char seen[MODEL_PRACTICES_MAX] = {UNSEEN};
    size_t trail[MODEL_PRACTICES_MAX + 1], depth = 0;
    struct buf path = BUF_INIT(200);
    enum err_code code = ERR_OK;

    for (size_t i = 0; i < m->practice_count && code == ERR_OK; i++) {
        size_t from = 0, last;

        if (seen[i] != UNSEEN || !find_circle(m, i, seen, trail, &depth))
            continue;
        last = trail[depth - 1];
        while (trail[from] != last)
            from++;
        for (size_t k = from; k < depth; k++)
            buf_addf(&path, "%s%s", k > from ? " needs " : "", m->practices[trail[k]].id);
        yaml_enter(r, "[%zu] (%s).prerequisites", last, m->practices[last].id);
        code = yaml_fail(r, yaml_get(r, yaml_item(r, node, last), "prerequisites"),
                         "they go round in a circle: %s", buf_cstr(&path));
    }
    buf_release(&path);
    return code;
}
