/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/practice_named.h"

#include "base/nearest.h"

enum err_code practice_named(struct yaml_reader *r, yaml_node_t *node, const struct model *m,
                             size_t *out)
{
    struct str id = yaml_scalar(node);
    struct nearest near = nearest_to(id);
    enum err_code rc;

    for (*out = 0; *out < m->practice_count; ++*out)
        if (str_eqz(id, m->practices[*out].id))
            return ERR_OK;
    for (size_t i = 0; i < m->practice_count; i++)
        nearest_consider(&near, m->practices[i].id);
    rc = yaml_fail(r, node, "there is no practice \"%.*s\"", (int)(id.n < 60 ? id.n : 60), id.p);
    if (near.best)
        err_hint(r->err, "perhaps %s was meant", near.best);
    return rc;
}
