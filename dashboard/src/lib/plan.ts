// SPDX-License-Identifier: AGPL-3.0-or-later
/* The road map as the server works it out, and the plan that it follows. */
import { change, get } from './api';

export interface Demand {
  kind: string;
  text: string;
}

export interface Load {
  used: number;
  have: number | null;
}

export interface Step {
  number: number;
  practice: string;
  title: string;
  from: number;
  to: number;
  unknown: boolean;
  quarter: number; /* from 1 */
  last_quarter: number;
  role: string;
  owner: string;
  who: string;
  start: string;
  end: string;
  hours: number;
  cost: number;
  gain_minor_a_year: { low: number; median: number; high: number } | null;
  p_success: number | null;
  quick_win: boolean;
  pinned: boolean;
  begun: boolean;
  reason: string;
  check: { text: string };
}

export interface Road {
  target: number;
  quarters: { first: string; last: string }[];
  already: boolean;
  reached_quarter: number | null;
  verdict: string;
  feasible: boolean;
  can_fit: boolean;
  currency: string;
  gain_currency: string;
  steps: Step[];
  roles: Record<string, Load[]>;
  tools: Load[];
  to_reach: Demand[];
  to_fit: Demand[];
  dropped: Demand[];
  left_out: { practice: string; title: string; from: number; to: number; hours: number; why: string; reason: string }[];
}

export interface Wish {
  practice: string;
  pin_quarter: number | null;
  first: boolean;
  forbidden: boolean;
  begun: boolean;
  hours_left: number | null;
  done: number;
  owner: string | null;
  not_before: string | null;
}

export interface Plan {
  plan: string;
  version: string;
  start: string | null;
  quarters: number;
  target: number | null;
  currency: string | null;
  dollar: number | null;
  budget: (number | null)[];
  roles: { role: string; title: string; name: string; hours: number[] }[];
  steps: Wish[];
}

export interface Change {
  pin?: number | 'first' | null;
  forbid?: boolean;
  begun?: boolean | number;
  done?: number;
  owner?: string | null;
  not_before?: string | null;
}

export const getRoad = (): Promise<Road> => get<Road>('/roadmap');
export const getPlan = (): Promise<Plan> => get<Plan>('/plan');
/* `of`: the plan that was shown; refused (412) where it is another one by now. */
export const changeStep = (practice: string, wish: Change, of?: Plan | null): Promise<Plan> =>
  change<Plan>('PATCH', `/plan/steps/${encodeURIComponent(practice)}`, wish, of?.version);
export const changePlan = (wish: object, of: Plan): Promise<Plan> => change<Plan>('PATCH', '/plan', wish, of.version);
