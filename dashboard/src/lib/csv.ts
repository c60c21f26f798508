// SPDX-License-Identifier: AGPL-3.0-or-later
export interface Table {
  columns: string[];
  rows: (string | number | null)[][];
  show?: (((x: number) => string) | null)[]; /* how a column's figures are read on the page */
}

/* RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe. */
export function csvText(table: Table): string {
  const cell = (x: string | number | null): string => {
    if (x == null) return '';
    if (typeof x === 'number') return String(x);
    const safe = /^[=+\-@\t\r]/.test(x) ? `'${x}` : x;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [table.columns, ...table.rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

export function downloadCsv(name: string, table: Table): void {
  const blob = new Blob(['\ufeff', csvText(table)], { type: 'text/csv;charset=utf-8' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
