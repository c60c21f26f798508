// SPDX-License-Identifier: AGPL-3.0-or-later
/* What the forms of a flow offer: the shop's messages and segments, dates of people and events. */
import { get } from '../api';
import type { MessageRow, Starter } from '../messages/messages';
import type { Segment } from '../segments/segments';
import type { Words } from '../segments/tree';

/* docs/flows.md: each source's own names for these are known; any other name may be written too. */
export const events = [
  'sign_up', 'product_view', 'search', 'cart_add', 'cart_view', 'checkout_start', 'order_complete', 'order_paid', 'order_shipped', 'order_delivered', 'order_cancelled',
  'order_refund', 'email_subscribed', 'sms_subscribed', 'session_start', 'page_view', 'app_open',
];
export const channels = ['email', 'sms', 'whatsapp', 'push'];
export const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

export class Choices {
  messages = $state.raw<MessageRow[]>([]);
  starters = $state.raw<string[]>([]);
  segments = $state.raw<string[]>([]);
  words = $state.raw<Words | null>(null);

  async load(): Promise<void> {
    [this.messages, this.starters, this.segments, this.words] = await Promise.all([
      get<{ messages: MessageRow[] }>('/messages').then((m) => m.messages),
      get<{ starters: Starter[] }>('/messages/starters').then((m) => m.starters.map((s) => s.name)),
      get<{ segments: Segment[] }>('/segments').then((m) => m.segments.map((s) => s.name)),
      get<Words>('/segments/words'),
    ]);
  }
  /* Those to begin with that the shop has no own one of. */
  get begun(): string[] {
    return this.starters.filter((s) => !this.messages.some((m) => m.name === s));
  }
  dates(everyYear: boolean): { name: string; summary: string }[] {
    return this.words?.attributes.filter((a) => a.type === 'day' && !a.later && (everyYear || a.name !== 'birthday')) ?? [];
  }
}
