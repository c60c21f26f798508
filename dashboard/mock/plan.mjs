// SPDX-License-Identifier: AGPL-3.0-or-later
/* What the pages of gaps, road map and settings ask beside the assessment, made up from it. */
const three = ['owner', 'marketer', 'developer'];
const route = (method, path, run) => ({ method, path: new RegExp(`^${path}$`), run });

export const planPaths = ['/roadmap', '/plan', '/plan/steps/{practice}', '/whatif', '/history'];

const day = (iso) => iso.slice(0, 10);

function planOf(state) {
  return (state.plan ??= {
    plan: '', start: null, quarters: 4, target: null, currency: null, dollar: null, budget: [null, null, null, null], steps: [],
    roles: three.map((role) => ({ role, title: role[0].toUpperCase() + role.slice(1), name: '', hours: [60, 60, 60, 60] })),
  });
}

function roadOf(state, a) {
  const wish = (id) => planOf(state).steps.find((s) => s.practice === id);
  const quarters = [0, 1, 2, 3].map((q) => ({ first: day(new Date(Date.UTC(2026, 9 + 3 * q, 1)).toISOString()), last: day(new Date(Date.UTC(2026, 12 + 3 * q, 0)).toISOString()) }));
  const steps = a.roadmap.steps.filter((s) => !wish(s.practice)?.forbidden).map((s, i) => ({
    number: i + 1, practice: s.practice, title: a.practices.find((p) => p.id === s.practice).title, from: s.from, to: s.to, unknown: false,
    quarter: wish(s.practice)?.pin_quarter ?? s.quarter + 1, last_quarter: s.quarter + 1, role: 'marketer', owner: wish(s.practice)?.owner ?? '', who: 'Marketer',
    start: day(s.start), end: day(s.end), hours: s.hours, cost: 0, gain_minor_a_year: s.gain.median == null ? null : s.gain, p_success: s.p_success, quick_win: s.hours <= 16,
    pinned: wish(s.practice)?.pin_quarter != null, begun: wish(s.practice)?.begun ?? false, reason: 'Stage 3 cannot be reached without it.', check: { text: 'Check from 3 Jan 2027 on.' },
  }));
  const load = quarters.map((_, q) => ({ used: steps.filter((s) => s.quarter === q + 1).reduce((n, s) => n + s.hours, 0), have: 120 }));
  const left = planOf(state).steps.filter((s) => s.forbidden).map((s) => ({ practice: s.practice, title: a.practices.find((p) => p.id === s.practice).title, from: 1, to: 2, hours: 8, why: 'forbidden', reason: 'you ruled it out' }));
  return { target: 3, quarters, already: false, reached_quarter: 2, verdict: 'Stage 3 can be reached by the end of quarter 2.', feasible: true, can_fit: true, currency: 'USD', gain_currency: 'THB', steps, roles: { owner: [], marketer: load, developer: [] }, tools: [], to_reach: [], to_fit: [], dropped: [], left_out: left };
}

export const planRoutes = (a) => [
  route('GET', '/roadmap', ({ state }) => (state.empty ? { status: 404, body: { title: 'No assessment yet' } } : { body: roadOf(state, a) })),
  route('GET', '/plan', ({ state }) => ({ body: planOf(state) })),
  route('PATCH', '/plan', ({ state, body }) => {
    const plan = planOf(state);
    for (const [role, change] of Object.entries(body.roles ?? {})) Object.assign(plan.roles.find((r) => r.role === role), change);
    return { body: plan };
  }),
  route('PATCH', '/plan/steps/([A-Z]+-\\d+)', ({ state, match, body }) => {
    const plan = planOf(state);
    const none = { practice: match[1], pin_quarter: null, first: false, forbidden: false, begun: false, hours_left: null, done: 0, owner: null, not_before: null };
    const wish = plan.steps.find((s) => s.practice === match[1]) ?? none;
    if (wish === none) plan.steps.push(wish);
    if ('pin' in body) Object.assign(wish, { pin_quarter: body.pin === 'first' ? 1 : body.pin, first: body.pin === 'first' });
    if ('forbid' in body) wish.forbidden = body.forbid;
    for (const key of ['begun', 'done', 'owner', 'not_before']) if (key in body) wish[key] = body[key];
    return { body: plan };
  }),
  route('POST', '/whatif', ({ body }) => {
    const n = Object.keys(body.levels).length;
    return { body: { target: 3, stage: { best: 2, confirmed: 2, probabilities: [0, 1 - n / 20, n / 20, 0] }, index: { value: a.index.value + n, low: a.index.value, high: a.index.value + n }, quorum_share: 0.5 + n / 50, quorum_needed: 0.7, open: [], money: n ? { currency: 'THB', decimals: 2, low: 100000 * n, median: 200000 * n, high: 400000 * n } : null } };
  }),
  route('GET', '/history', () => ({ body: { assessments: a.history } })),
];
