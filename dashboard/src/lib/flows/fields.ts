// SPDX-License-Identifier: AGPL-3.0-or-later
/* Which values a step of each kind has, and a flow, and how each is asked for (docs/flows.md). */
import type { Kind } from './draft';

export interface Field {
  key: string;
  control: 'text' | 'url' | 'duration' | 'clock' | 'days' | 'number' | 'event' | 'events' | 'condition' | 'message' | 'channels' | 'flag' | 'segment' | 'date' | 'yearly' | 'again' | 'practice' | 'purpose';
  needed?: boolean;
  label?: string; /* where it is not the key's own */
  hint?: string;
  min?: number;
  max?: number;
}

export const stepFields: Record<Kind, Field[]> = {
  wait: [{ key: 'wait', control: 'duration', needed: true }],
  until: [{ key: 'until', control: 'clock', needed: true, hint: 'until' }, { key: 'on', control: 'days' }],
  wait_for: [{ key: 'wait_for', control: 'event', needed: true }, { key: 'at_most', control: 'duration', needed: true }],
  if: [{ key: 'if', control: 'condition', needed: true }],
  split: [],
  send: [
    { key: 'send', control: 'message', needed: true },
    { key: 'channels', control: 'channels', needed: true, hint: 'channels' },
    { key: 'not_after', control: 'duration', hint: 'send_not_after' },
    { key: 'purpose', control: 'purpose', hint: 'purpose' },
    { key: 'transactional', control: 'flag', hint: 'transactional' },
  ],
  ask: [{ key: 'ask', control: 'text', needed: true }, { key: 'due', control: 'duration', needed: true }, { key: 'assignee', control: 'text' }],
  webhook: [{ key: 'webhook', control: 'url', needed: true }, { key: 'not_after', control: 'duration', hint: 'webhook_not_after' }],
};

/* By the kind of start, what it names. */
export const startFields: Record<string, Field> = {
  event: { key: 'event', control: 'event', needed: true },
  enters: { key: 'enters', control: 'segment', needed: true },
  leaves: { key: 'leaves', control: 'segment', needed: true },
  every_year: { key: 'every_year', control: 'yearly', needed: true },
  date: { key: 'date', control: 'date', needed: true },
};
export const datedFields: Field[] = [
  { key: 'days', control: 'number', hint: 'days', min: -3650, max: 3650 },
  { key: 'at', control: 'clock', needed: true },
  { key: 'not_after', control: 'duration', label: 'start_not_after', hint: 'start_not_after' },
];
export const whereField: Field = { key: 'where', control: 'condition' };

export const nameFields: Field[] = [{ key: 'name', control: 'text', label: 'flow_name', needed: true }, { key: 'about', control: 'text' }, { key: 'practice', control: 'practice', hint: 'practice' }];
export const ruleFields: Field[] = [
  { key: 'again', control: 'again' },
  { key: 'holdout', control: 'number', hint: 'holdout', min: 0, max: 50 },
  { key: 'goal', control: 'event', hint: 'goal' },
  { key: 'leave', control: 'events', hint: 'leave' },
  { key: 'while', control: 'condition', hint: 'while' },
];
