/** A spreadsheet takes text that begins like this for a formula, and would compute it. */
const FORMULA = /^[=+\-@\t\r]/;

function field(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",;\r\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A table as CSV (RFC 4180): commas, lines end in CRLF. Text that a spreadsheet would take for a formula gets an
 * apostrophe in front; numbers are written as they are. It begins with a byte-order mark, by which spreadsheets know
 * that it is UTF-8.
 */
export const toCsv = (rows: readonly (readonly (string | number)[])[]): string =>
  `\uFEFF${rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')}`;
