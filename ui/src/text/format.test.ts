import { describe, expect, it } from 'vitest';

import { ago, exactTime, pathText, plain, savedPercent, shortDate, size, span } from './format';
const NOW = Date.parse('2026-06-15T12:00:00Z');
const before = (milliseconds: number) => new Date(NOW - milliseconds).toISOString();

describe('names of others', () => {
  it('lose what hides or turns text', () => {
    expect(plain('a\u202egnp.exe')).toBe('a\ufffdgnp.exe');
    expect(plain('line\nbreak\u200b')).toBe('line\ufffdbreak\ufffd');
    expect(plain('Müller & Söhne 数据')).toBe('Müller & Söhne 数据');
  });

  it('are shown though their bytes are no text', () => {
    expect(pathText(`base64:${btoa('a\xff.db')}`)).toBe('a\ufffd.db');
    expect(pathText('base64:%%%')).toBe('base64:%%%');
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1 KiB'],
    [1_048_576, '1 MiB'],
    [1_073_741_823, '1 GiB'],
    [13 * 1024 * 1024 + 400_000, '13.4 MiB'],
  ])('%d is %s', (bytes, text) => expect(size(bytes)).toBe(text));

  it('say what compression saved, where it did', () => {
    expect(savedPercent(1000, 270)).toBe(73);
    expect(savedPercent(1000, 1000)).toBeNull();
    expect(savedPercent(0, 0)).toBeNull();
  });
});

describe('times', () => {
  it('are a day without its hour where that is enough', () =>
    expect(shortDate('2026-06-15T12:00:00Z')).toBe('Jun 15, 2026'));

  it.each([
    [5_000, 'just now'],
    [3 * 60_000, '3 minutes ago'],
    [2 * 3_600_000, '2 hours ago'],
    [3 * 86_400_000, '3 days ago'],
    [400 * 86_400_000, '13 months ago'],
  ])('%d ms before is %s', (past, text) => expect(ago(before(past), NOW)).toBe(text));

  it('survive nonsense', () => {
    expect(ago('never', NOW)).toBe('');
    expect(exactTime('never\u202e')).toBe('never\ufffd');
    expect(shortDate('never\u202e')).toBe('never\ufffd');
    expect(span(90_000)).toBe('2 minutes');
    expect(span(1)).toBe('1 millisecond');
  });
});
