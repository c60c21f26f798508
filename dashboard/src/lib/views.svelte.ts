// SPDX-License-Identifier: AGPL-3.0-or-later
/* The shop's numbers (docs/views.md): one table a view, read anew when its parameters change, and
 * again every few seconds while the server is still bringing it up to date. */
import { get, Problem, root } from './api';

export interface Answer<Row> {
  view: string;
  currency: string | null;
  decimals: number;
  as_of: string | null;
  unconverted: { currency: string; orders: number; records: number }[]; /* no exchange rate */
  fresh?: boolean;
  rows: Row[];
  next_cursor: string | null;
  missing: string[];
}

export type Params = Record<string, string | number | null | undefined>;

/* What revenue is broken down by; "product" is a view of its own. */
export const breakdowns = ['channel', 'campaign', 'product', 'country', 'device'];

const again = 4000; /* ms; how soon a table that was not up to date is asked for again at first */

export function viewPath(name: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params))
    if (value != null && value !== '') query.set(key, String(value));
  return `/views/${name}${query.size ? `?${query}` : ''}`;
}

/* Where the browser fetches a table as a file. */
export function fileOf(name: string, params: Params = {}): (format: string) => string {
  return (format) => root + viewPath(name, { ...params, format });
}

export class View<Row> {
  data = $state.raw<Answer<Row> | null>(null);
  problem = $state.raw<Problem | null>(null);
  loading = $state(false);
  private running: AbortController | null = null;
  private timer = 0;
  private waits = 0; /* in a row; each is longer */

  constructor(readonly name: string) {}

  async load(params: Params): Promise<void> {
    this.stop();
    const mine = (this.running = new AbortController());
    this.loading = true;
    try {
      const answer = await get<Answer<Row>>(viewPath(this.name, params), mine.signal);
      this.data = answer;
      this.problem = null;
      this.waits = answer.fresh === false ? this.waits + 1 : 0;
      if (this.waits) this.timer = window.setTimeout(() => void this.load(params), again * 2 ** Math.min(this.waits - 1, 4));
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
      this.data = null;
    } finally {
      if (this.running === mine) this.loading = false;
    }
  }

  /* The next page after what is there. A cursor ends when the records change: then from the start. */
  async more(params: Params): Promise<void> {
    const before = this.data;
    if (!before?.next_cursor || this.loading) return;
    const mine = (this.running = new AbortController());
    this.loading = true;
    try {
      const next = await get<Answer<Row>>(viewPath(this.name, { ...params, cursor: before.next_cursor }), mine.signal);
      this.data = { ...next, rows: [...before.rows, ...next.rows] };
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      if (error.status === 400 || error.status === 409) await this.load(params);
      else this.problem = error;
    } finally {
      if (this.running === mine) this.loading = false;
    }
  }

  stop(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = null;
    this.loading = false;
  }
}

/* For components: follows its parameters; null waits. */
export function useView<Row>(name: string, params: () => Params | null): View<Row> {
  const view = new View<Row>(name);
  $effect(() => {
    const now = params();
    if (now) void view.load(now);
    return () => view.stop();
  });
  return view;
}

export interface LedgerRow {
  key: string;
  revenue: number;
  orders: number;
  aov: number | null;
  refunds: number;
  new_orders: number;
  new_revenue: number;
  returning_orders: number;
  returning_revenue: number;
  unknown_orders: number;
  unknown_revenue: number;
}
export interface ProductRow {
  key: string;
  title: string;
  category: string;
  revenue: number;
  orders: number;
  quantity: number;
}
export interface TouchRow {
  channel: string;
  last_orders: number;
  last_revenue: number;
  first_orders: number;
  first_revenue: number;
  spend: number | null;
  claimed_orders: number | null;
  claimed_revenue: number | null;
  difference: number | null;
}
export interface SpendRow {
  key: string;
  spend: number;
  revenue: number;
  mer: number | null;
  new_orders: number;
  cac: number | null;
  clicks: number;
  claimed_orders: number;
  claimed_revenue: number;
}
export interface SpendPartRow {
  key: string;
  spend: number;
  clicks: number;
  claimed_orders: number;
  claimed_revenue: number;
  claimed_roas: number | null;
}
export interface CellRow {
  recency: number;
  worth: number;
  segment: string;
  customers: number;
  orders: number;
  revenue: number;
}
export interface GroupRow {
  segment: string;
  customers: number;
  customers_share: number;
  orders: number;
  revenue: number;
  revenue_share: number;
  aov: number | null;
  last_day: string;
}
export interface CustomerRow {
  person: string;
  name: string;
  email: string;
  country: string;
  first_day: string;
  last_day: string;
  orders: number;
  revenue: number;
  aov: number | null;
  segment: string;
}
export interface FoundRow {
  person: string;
  name: string;
  email: string;
  matched: string;
  orders: number;
  revenue: number;
  last_day: string | null;
}
export interface CohortRow {
  cohort: string;
  size: number;
  month: number;
  customers: number;
  share: number;
  orders: number;
  revenue: number;
  complete: number;
}
export interface CurveRow {
  day: number;
  at_risk: number;
  share: number;
  low: number;
  high: number;
}
export interface StoryRow {
  at: string;
  kind: string;
  source: string;
  channel: string;
  device: string;
  detail: string;
  amount: number | null;
}
export interface LinkRow {
  record: string;
  source: string;
  email: string;
  phone: string;
  customer: string;
  login: string;
  device: string;
  first_at: string;
  records: number;
}
export interface ForecastRow {
  from_day: string;
  to_day: string;
  days_left: number;
  so_far: number;
  forecast: number | null;
  forecast_low: number | null;
  forecast_high: number | null;
  method: string | null;
  tries: number;
  goal: number | null;
  pace: number | null;
  goal_chance: number | null;
}
export interface AlertRow {
  measure: string;
  change_day: string;
  before: number;
  after: number;
  change: number | null;
  p_value: number;
  recent: number;
}
export interface ResultRow {
  kind: string;
  item: string;
  step: string;
  channel: string;
  sent: number;
  delivered: number;
  opened: number;
  clicked: number;
  unsubscribed: number;
  bounced: number;
  complained: number;
  orders: number;
  revenue: number;
  last_sent: string;
}
export interface LiftRow {
  kind: string;
  item: string;
  treated: number;
  held_out: number;
  waiting: number;
  per_treated: number | null;
  per_held_out: number | null;
  lift: number | null;
  lift_low: number | null;
  lift_high: number | null;
  incremental: number | null;
  incremental_low: number | null;
  incremental_high: number | null;
  verdict: string;
  bought_treated: number | null;
  bought_held_out: number | null;
  bought_lift: number | null;
  bought_low: number | null;
  bought_high: number | null;
}
