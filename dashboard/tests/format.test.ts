// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { csvText } from '../src/lib/csv';
import { day, money, number, percent } from '../src/lib/format';

describe('figures', () => {
  it('never show what is not known as 0', () => {
    expect(number(null)).toBe('–');
    expect(percent(Number.NaN)).toBe('–');
    expect(money(undefined, { currency: 'EUR', decimals: 2 })).toBe('–');
    expect(day(null)).toBe('–');
    expect(day('no day')).toBe('–');
  });

  it('never round to certain or to impossible', () => {
    expect(percent(0.9999)).toBe('> 99%');
    expect(percent(0.0001)).toBe('< 1%');
    expect(percent(1)).toBe('100%');
    expect(percent(0)).toBe('0%');
    expect(percent(0.314)).toBe('31%');
  });

  it('take money from minor units with its own decimals', () => {
    expect(money(123456, { currency: 'EUR', decimals: 2 }, false, 'en')).toBe('€1,234.56');
    expect(money(123456, { currency: 'GBP', decimals: 2 }, false, 'ar-u-nu-latn').replace(/[\s\u200f]/g, ' ').trim()).toBe('1,234.56 £');
    expect(money(1234, { currency: 'JPY', decimals: 0 }, false, 'en')).toBe('¥1,234');
    expect(money(-1234567, { currency: 'KWD', decimals: 3 }, false, 'en').replace(/\s/g, ' ')).toBe('-KWD 1,234.567');
  });
});

describe('CSV', () => {
  it('quotes, and disarms formulas', () => {
    const text = csvText({ columns: ['a', 'b'], rows: [['x,"y"', -1], ['=1+1', null], ['-2', 0]] });
    expect(text).toBe('a,b\r\n"x,""y""",-1\r\n\'=1+1,\r\n\'-2,0\r\n');
  });
});
