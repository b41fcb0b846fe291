import { percent as percentOf } from '../../lib/percent.ts';

/** Numbers as text for the page. */
const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export const count = (value: number): string => grouped.format(value);

export const plural = (value: number, one: string, many: string): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** A fraction as percent; a dash where it is not known. */
export const percent = (fraction: number | null | undefined, digits = 1): string =>
  fraction === null || fraction === undefined || !Number.isFinite(fraction)
    ? '—'
    : percentOf(fraction, digits);

export const decimal = (value: number | null | undefined, digits = 3): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '—' : value.toFixed(digits);

/** A loss, in three significant digits: `12.3`, `0.0412`, `8.31e-5`; a dash where it is not known. */
export function significant(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—';
  const size = Math.abs(value);
  if (size >= 1000) return value.toFixed(0);
  return size !== 0 && size < 1e-3 ? value.toExponential(2) : value.toPrecision(3);
}

/** Seconds as `0.3 s`, `8 s`, `2 min 5 s`, `1 h 12 min`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '—';
  if (seconds > 0 && seconds < 0.95) return `${Math.max(0.1, seconds).toFixed(1)} s`;
  const rounded = Math.max(0, Math.round(seconds));
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
  return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`;
}

export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  if (size < 1e6) return `${(size / 1e3).toFixed(1)} kB`;
  return `${(size / 1e6).toFixed(1)} MB`;
}

/** Learning rates span many orders of magnitude: three significant digits. */
export const rate = (value: number | null | undefined): string =>
  value === null || value === undefined
    ? '—'
    : value === 0 || value >= 1e-3
      ? String(Number(value.toPrecision(3)))
      : value.toExponential(2);
