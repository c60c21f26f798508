// SPDX-License-Identifier: AGPL-3.0-or-later
/* What the server tells of campaigns, and what pages make of it. */
import { mailOf } from '../api';
import { change, Problem } from '../api';
import { moment, number, numberFormat } from '../format';
import { locale, t, word } from '../i18n/index.svelte';
import type { Fault } from '../kept/shelf.svelte';
import type { Me } from '../types';

export type Status = 'draft' | 'approved' | 'scheduled' | 'sending' | 'paused' | 'held' | 'cancelled' | 'finished';
export interface Campaign {
  id: number;
  name: string;
  about: string;
  status: Status;
  problem: string | null;
  needs_approval: boolean;
  changed_by: string;
  changed_at: string;
  people: number | null; /* null: as it stands nobody has counted them */
  counted_at: string | null;
  approved_by: string | null;
  approved_at: string | null;
  launched_by: string | null;
  launched_at: string | null;
  ended_at: string | null;
  held_why: string | null;
  held_people: number | null;
  waits_for: string | null; /* what keeps the server from planning it */
  resuming?: boolean; /* paused, and goes on when its messages have new times */
  version?: string;
  text?: string;
  campaign?: Plan | null;
}
export interface Send {
  name: string;
  line: number;
  channels: string[];
  when?: string;
  zone?: 'shop' | 'person';
  after_seconds?: number;
  only: 'everybody' | 'ordered' | 'not ordered';
  variants: { name: string; message: string; share_percent: number }[];
  winner?: { test_percent: number; after_seconds: number; by: string };
}
export interface Plan {
  name: string;
  holdout_percent: number;
  throttle: number;
  needs_approval: boolean;
  sends: Send[];
}
export type Checked = { ok: true; campaign: Plan } | { ok: false; problems: { problem: string; hint: string; line: number | null }[] };
export interface Starter {
  code: string;
  name: string;
  about: string;
  text: string;
}
export type Verdict = 'sent' | 'held' | 'refused';
/* Where only some were looked at: how many it may be of all. */
export interface About {
  people: number;
  low: number;
  high: number;
}
export interface Outcome extends About {
  channel: string | null; /* null: none reaches them */
  verdict: Verdict;
  reason: string;
  reason_text: string;
}
export interface Preview {
  people: number;
  excluded: number;
  held_out: number;
  sample: number | null; /* so many were looked at; null: all */
  sent: About;
  held: About;
  refused: About;
  outcomes: Outcome[];
  unreached: number;
  reached: number;
  channels: Record<string, number>;
  variants: { name: string; message: string; people: number }[];
  throttle: { per_hour: number; seconds: number; last_at: string } | null;
  sending: 'unset' | 'unarmed' | 'stopped' | 'ready'; /* whether what is planned leaves at all */
}
interface Count {
  state: string;
  reason: string;
  reason_text: string;
  count: number;
}
export interface SendNumbers {
  name: string;
  stage: string;
  people: number;
  planned: number;
  unreached: number;
  held_out: number;
  winner: string | null;
  as_divided: boolean;
  variants: { name: string | null; message: string | null; clicked: number; messages: Count[] }[];
}
export interface Numbers {
  sends: SendNumbers[];
}
export interface Entry {
  campaign: number;
  name: string;
  send: string;
  message: string;
  at: string;
  zone: 'shop' | 'person';
  status: Status;
}
export interface Month {
  dates: Entry[];
  flows: { id: number; name: string; on: boolean }[];
}

/* Its people counted anew, asked again while the server makes ready what it counts by. */
export async function countPeople(id: number, waits: () => void): Promise<Preview> {
  for (;;)
    try {
      return await change<Preview>('POST', `/campaigns/${id}/preview`, {});
    } catch (e) {
      if (!(e instanceof Problem) || e.status !== 503) throw e;
      waits();
      await new Promise((again) => setTimeout(again, 2000));
    }
}

/* What the server says of a line begins with where it is, which stands beside it already. */
export const faultsOf = (told: Checked): Fault[] =>
  told.ok ? [] : told.problems.map(({ line, problem, hint }) => ({ line, hint, text: line === null ? problem : problem.replace(/^[^:]*:\d+:(\d+:)?\s*/, '') }));

export const looks: Record<Status, string> = { draft: '', approved: 'accent', scheduled: 'accent', sending: 'good', paused: 'warn', held: 'bad', cancelled: '', finished: 'good' };
export const undoSeconds = 60;
export const isDraft = (c: Campaign): boolean => c.status === 'draft' || c.status === 'approved';
export const onItsWay = (c: Campaign): boolean => ['scheduled', 'sending', 'paused', 'held'].includes(c.status);

/* What a campaign waits for; more people than were counted are told in the reader's language. */
export function heldText(c: Campaign): string {
  return c.held_people === null ? (c.held_why ?? '') : t('camp.held_more', { n: number(c.held_people), was: number(c.people) });
}

/* Why this person may not approve it; '': may. */
export function whyNoApproval(c: Campaign, me: Me | null): string {
  if (me?.role !== 'owner') return t('camp.approve_owner');
  if (c.changed_by === mailOf(me)) return t('camp.approve_other');
  if (c.people === null) return t('camp.first_count');
  return c.people ? '' : t('camp.nobody');
}

/* What is missing before it can be launched; '': nothing. */
export function whyNoLaunch(c: Campaign): string {
  if (c.problem) return t('camp.first_mend');
  if (c.needs_approval && c.status !== 'approved') return t('camp.first_approve');
  return c.people === 0 ? t('camp.nobody') : '';
}

export interface Sum {
  waiting: number; /* planned, and not held back */
  delayed: number;
  sent: number;
  failed: number;
  unclear: number;
  skipped: number;
  heldOut: number;
  clicked: number;
  reasons: { text: string; count: number; delayed: boolean }[];
}
type Part = keyof Omit<Sum, 'heldOut' | 'clicked' | 'reasons'>;
const parts: Record<string, Part> = { planned: 'waiting', claimed: 'waiting', 'handed over': 'sent', accepted: 'sent', failed: 'failed', uncertain: 'unclear', skipped: 'skipped' };

function add(sum: Sum, c: Count): void {
  const delayed = c.state === 'planned' && c.reason !== '';
  sum[delayed ? 'delayed' : (parts[c.state] ?? 'unclear')] += c.count;
  if (!c.reason) return;
  const known = sum.reasons.find((r) => r.text === c.reason_text && r.delayed === delayed);
  if (known) known.count += c.count;
  else sum.reasons.push({ text: c.reason_text, count: c.count, delayed });
}
export function sumOf(sends: SendNumbers[], variant?: number): Sum {
  const sum: Sum = { waiting: 0, delayed: 0, sent: 0, failed: 0, unclear: 0, skipped: 0, heldOut: 0, clicked: 0, reasons: [] };
  for (const s of sends) {
    sum.heldOut = Math.max(sum.heldOut, s.held_out); /* the same people for each message */
    s.variants.forEach((v, i) => {
      if (variant !== undefined && i !== variant) return;
      sum.clicked += v.clicked;
      for (const c of v.messages) add(sum, c);
    });
  }
  return sum;
}

const unit = (n: number, name: string): string => numberFormat(locale(), { style: 'unit', unit: name, unitDisplay: 'long' }).format(n);
export function span(seconds: number): string {
  if (seconds % 86400 === 0) return unit(seconds / 86400, 'day');
  return seconds % 3600 === 0 ? unit(seconds / 3600, 'hour') : unit(Math.round(seconds / 60), 'minute');
}
/* How long something takes: begun hours, of less than one begun minutes. */
export function takes(seconds: number): string {
  const unit = seconds > 3600 ? 3600 : 60;
  return span(Math.max(1, Math.ceil(seconds / unit)) * unit);
}
export const channelsOf = (names: string[]): string => names.map((c) => word('campchannel', c)).join(t('camp.or'));

/* A time in a text is what a clock shows, wherever that hangs. */
export function whenOf(s: Send): string {
  if (s.after_seconds !== undefined) return t('camp.when_after', { span: span(s.after_seconds) });
  if (s.when === 'at once') return t('camp.when_launch');
  const at = moment(`${s.when?.replace(' ', 'T')}:00Z`);
  return s.zone === 'person' ? t('camp.when_person', { at }) : at;
}
