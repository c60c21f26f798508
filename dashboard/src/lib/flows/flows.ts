// SPDX-License-Identifier: AGPL-3.0-or-later
/* What the server tells of flows, of the tasks that they make, and of sending. */
import { numberFormat } from '../format';
import { locale } from '../i18n/index.svelte';

export interface FlowRow {
  id: number;
  name: string;
  about: string;
  state: 'off' | 'on' | 'stopped';
  switched_at: string | null;
  switched_by: string;
  changed_at: string;
  changed_by: string;
  practice: string;
  problem: string | null;
  started: number;
  going: number;
  goal: number;
  held_out: number;
  sent: number;
}
export interface Live {
  waiting: number;
  held_by: string | null;
}
export interface Flow extends Omit<FlowRow, 'practice' | 'started' | 'going' | 'goal' | 'held_out' | 'sent'> {
  version: string;
  text: string;
}
export interface Checked {
  faults: { line: number; detail: string; hint: string }[];
  lacks: string | null;
}
export interface Counts {
  started: number;
  going: number;
  done: number;
  goal: number;
  left: number;
  changed: number;
  stopped: number;
}
export interface Numbers extends Counts {
  held_out: Counts;
  steps: { name: string; passed: number; held_out: number; unreached: number }[];
  messages: Record<string, number>;
}
export interface Starter {
  code: string;
  name: string;
  about: string;
  practice: string;
  text: string;
  kept: number; /* the flow that was begun with it, in whatever language; 0: there is none */
}
export interface Task {
  id: number;
  flow: number;
  person: string;
  text: string;
  assignee: string;
  due_at: string;
}
export interface Sent {
  state: string;
  problem: string | null;
  armed: boolean;
  stopped: boolean;
  per_minute: number;
  messages: { state: string; reason: string | null; text: string | null; n: number }[];
  campaigns: { campaign: number; state: string; why: string | null }[];
}

/* "4 hours", in the largest unit that makes a whole number of it. */
export function lasting(seconds: number): string {
  const units: [string, number][] = [['week', 604800], ['day', 86400], ['hour', 3600], ['minute', 60]];
  const [unit, size] = units.find(([u, s]) => seconds % s === 0 && (u !== 'week' || seconds >= 2 * s)) ?? ['minute', 60];
  return numberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / size);
}

export function clock(minute: number): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'short', timeZone: 'UTC' }).format(minute * 60_000);
}

/* 1 is Monday. */
export function weekday(n: number): string {
  return new Intl.DateTimeFormat(locale(), { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(2024, 0, n));
}
