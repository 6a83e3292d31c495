/**
 * Numbers, sizes, times and foreign names as people read them. Nothing here keeps state: the
 * present moment is always given.
 */

import { localeInUse, t } from './language';

/** Characters that turn the direction of text around, or are not shown at all. */
const INVISIBLE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

const BASE64_PREFIX = 'base64:';

/** A name that somebody else chose, safe to be shown: one line, no hidden or turning characters. */
export function plain(text: string): string {
  return text.replace(INVISIBLE, '\ufffd');
}

/** Several lines that somebody else wrote, safe to be shown. */
export function logText(text: string): string {
  return text.split(/\r?\n/).map(plain).join('\n');
}

/** A path in a volume; bytes that are no text travel as base64 and are shown as well as can be. */
export function pathText(path: string): string {
  if (!path.startsWith(BASE64_PREFIX)) return plain(path);
  try {
    const bytes = Uint8Array.from(atob(path.slice(BASE64_PREFIX.length)), (c) => c.charCodeAt(0));
    return plain(new TextDecoder().decode(bytes));
  } catch {
    return plain(path);
  }
}

/** The last part of a path. */
export function baseName(path: string): string {
  return pathText(path).split('/').at(-1) ?? '';
}

const LOCALE = localeInUse();

const numberFormat = new Intl.NumberFormat(LOCALE);
/** By the number of digits behind the point: one is slow to make. */
const sizeFormats = ([0, 1, 2] as const).map(
  (digits) => new Intl.NumberFormat(LOCALE, { maximumFractionDigits: digits }),
) as [Intl.NumberFormat, Intl.NumberFormat, Intl.NumberFormat];
const relativeFormat = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'always' });
const exactFormat = new Intl.DateTimeFormat(LOCALE, {
  dateStyle: 'full',
  timeStyle: 'medium',
});
const shortFormat = new Intl.DateTimeFormat(LOCALE, {
  dateStyle: 'medium',
  timeStyle: 'short',
});
const dateFormat = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium' });

/** A whole number with its thousands apart. */
export function count(value: number): string {
  return numberFormat.format(value);
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** A size in IEC units: three digits that mean something. */
export function size(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${sizeFormats[digits].format(value)} ${UNITS[unit]}`;
}

/** A size to the byte, for hover. */
export function exactSize(bytes: number): string {
  return t('size-exact', { bytes });
}

/** How much smaller `stored` is than `raw`, in whole per cent; `null` where it says nothing. */
export function savedPercent(raw: number, stored: number): number | null {
  if (raw <= 0 || stored >= raw) return null;
  return Math.round((1 - stored / raw) * 100);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `2 hours ago`; within a minute `just now`. */
export function ago(at: string, now: number): string {
  const past = now - Date.parse(at);
  if (Number.isNaN(past)) return '';
  const size = Math.abs(past);
  if (size < MINUTE) return t('time-just-now');
  if (size < HOUR) return relativeFormat.format(-Math.trunc(past / MINUTE), 'minute');
  if (size < DAY) return relativeFormat.format(-Math.trunc(past / HOUR), 'hour');
  if (size < 60 * DAY) return relativeFormat.format(-Math.trunc(past / DAY), 'day');
  if (size < 730 * DAY) return relativeFormat.format(-Math.trunc(past / (30.44 * DAY)), 'month');
  return relativeFormat.format(-Math.trunc(past / (365.25 * DAY)), 'year');
}

/** `3 days`, without `ago`. */
export function span(milliseconds: number): string {
  const value = Math.max(0, milliseconds);
  if (value < SECOND) return t('span-milliseconds', { number: Math.round(value) });
  if (value < MINUTE) return t('span-seconds', { number: Math.round(value / SECOND) });
  if (value < HOUR) return t('span-minutes', { number: Math.round(value / MINUTE) });
  if (value < DAY) return t('span-hours', { number: Math.round(value / HOUR) });
  return t('span-days', { number: Math.round(value / DAY) });
}

/** The moment to the second, for hover and for screen readers. */
export function exactTime(at: string): string {
  const moment = Date.parse(at);
  return Number.isNaN(moment) ? plain(at) : exactFormat.format(moment);
}

/** The moment, short. */
export function shortTime(at: string): string {
  const moment = Date.parse(at);
  return Number.isNaN(moment) ? plain(at) : shortFormat.format(moment);
}

/** The day, short. */
export function shortDate(at: string): string {
  const moment = Date.parse(at);
  return Number.isNaN(moment) ? plain(at) : dateFormat.format(moment);
}
