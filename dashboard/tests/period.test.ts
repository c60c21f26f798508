// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { addDays, addMonths, before, buckets, dayIn, daysOf, firstOfQuarter, grainOf, isDay, spanOf } from '../src/lib/period';

describe('days', () => {
  it('are the shop’s, not the browser’s', () => {
    expect(dayIn('Asia/Bangkok', '2026-09-30T22:29:54Z')).toBe('2026-10-01');
    expect(dayIn('America/Lima', '2026-10-01T03:00:00Z')).toBe('2026-09-30');
    expect(dayIn('No/Where', '2026-10-01T03:00:00Z')).toBe('2026-10-01');
    expect(dayIn('UTC', null)).toBeNull();
  });

  it('are counted over the ends of months, years and summer time', () => {
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28');
    expect(addMonths('2024-02-29', 12)).toBe('2025-02-28');
    expect(daysOf({ from: '2026-08-20', to: '2026-08-20' })).toBe(1);
    expect(firstOfQuarter('2026-12-31')).toBe('2026-10-01');
  });

  it('are days at all', () => {
    expect(isDay('2026-02-29')).toBe(false);
    expect(isDay('2026-2-9')).toBe(false);
    expect(isDay(null)).toBe(false);
    expect(isDay('2024-02-29')).toBe(true);
  });
});

describe('periods', () => {
  const today = '2026-08-20';

  it('end with the newest record', () => {
    expect(spanOf('d30', today)).toEqual({ from: '2026-07-22', to: today });
    expect(spanOf('month', today)).toEqual({ from: '2026-08-01', to: today });
    expect(spanOf('quarter', today)).toEqual({ from: '2026-07-01', to: today });
    expect(spanOf('months12', today)).toEqual({ from: '2025-08-21', to: today });
  });

  it('of twelve months hold twelve months on any day of a month', () => {
    expect(spanOf('months12', '2026-09-01')).toEqual({ from: '2025-09-02', to: '2026-09-01' });
    expect(spanOf('months12', '2026-09-30')).toEqual({ from: '2025-10-01', to: '2026-09-30' });
    expect(spanOf('months12', '2028-02-29')).toEqual({ from: '2027-03-01', to: '2028-02-29' });
    for (const day of ['2026-01-01', '2026-03-01', '2026-07-15', '2026-12-31']) expect(daysOf(spanOf('months12', day))).toBe(365);
  });

  it('are compared with as much as they hold', () => {
    expect(before(spanOf('d30', today), 'd30')).toEqual({ from: '2026-06-22', to: '2026-07-21' });
    expect(before(spanOf('month', today), 'month')).toEqual({ from: '2026-07-01', to: '2026-07-20' });
    expect(before(spanOf('quarter', today), 'quarter')).toEqual({ from: '2026-04-01', to: '2026-05-20' });
    expect(before(spanOf('months12', today), 'months12')).toEqual({ from: '2024-08-21', to: '2025-08-20' });
    expect(before({ from: '2026-03-01', to: '2026-03-31' }, null)).toEqual({ from: '2026-01-29', to: '2026-02-28' });
  });

  it('are drawn in buckets as views name them', () => {
    expect(buckets({ from: '2026-07-30', to: '2026-08-02' }, 'day')).toEqual(['2026-07-30', '2026-07-31', '2026-08-01', '2026-08-02']);
    expect(buckets({ from: '2026-08-20', to: '2026-08-31' }, 'week', 1)).toEqual(['2026-08-17', '2026-08-24', '2026-08-31']);
    expect(buckets({ from: '2026-08-20', to: '2026-08-31' }, 'week', 0)).toEqual(['2026-08-16', '2026-08-23', '2026-08-30']);
    expect(buckets({ from: '2025-11-30', to: '2026-01-01' }, 'month')).toEqual(['2025-11-01', '2025-12-01', '2026-01-01']);
    expect([grainOf({ from: '2026-08-01', to: today }), grainOf({ from: '2026-05-01', to: today }), grainOf({ from: '2025-09-01', to: today })]).toEqual(['day', 'week', 'month']);
  });
});
