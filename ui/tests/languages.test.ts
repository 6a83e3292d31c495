import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse, Visitor, type Entry, type Message, type VariableReference } from '@fluent/syntax';
import { describe, expect, it } from 'vitest';

import { LANGUAGES } from '../src/text/language';

const LOCALES = join(import.meta.dirname, '../locales');
const SOURCES = join(import.meta.dirname, '../src');
/** The tray, the notifications and the dialogs are no part of the page. */
const PROGRAM = join(import.meta.dirname, '../../src-tauri/src');

class Variables extends Visitor {
  readonly found = new Set<string>();

  override visitVariableReference(reference: VariableReference) {
    this.found.add(reference.id.name);
  }
}

/** Each message of a language with the variables that it uses. */
function messagesOf(language: string): Map<string, string[]> {
  const messages = new Map<string, string[]>();
  for (const file of readdirSync(join(LOCALES, language))) {
    const text = readFileSync(join(LOCALES, language, file), 'utf8');
    for (const entry of parse(text, { withSpans: false }).body) {
      expect(entry.type, `${language}/${file}: ${JSON.stringify(entry)}`).not.toBe('Junk');
      if (!isMessage(entry)) continue;
      const id = entry.id.name;
      expect(messages.has(id), `${id} is there twice in ${language}`).toBe(false);
      const variables = new Variables();
      variables.visit(entry);
      messages.set(id, [...variables.found].sort());
    }
  }
  return messages;
}

const isMessage = (entry: Entry): entry is Message => entry.type === 'Message';

/** The messages that the files of a folder ask for, by their names as they stand there. */
function askedIn(folder: string, files: RegExp, call: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => files.test(file) && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8').split('#[cfg(test)]')[0] ?? '')
    .flatMap((source) => [...source.matchAll(call)].map(([, id]) => id ?? ''));
}

/** What the page asks for with `t('…')`, and the program with `words.get("…")` and `words.with("…", …)`. */
function asked(): Set<string> {
  return new Set([
    ...askedIn(SOURCES, /\.(ts|svelte)$/, /\bt\(\s*'([a-z0-9-]+)'/g),
    ...askedIn(PROGRAM, /\.rs$/, /\bwords\s*\.(?:get|with)\(\s*"([a-z0-9-]+)"/g),
  ]);
}

describe('the languages', () => {
  const english = messagesOf('en');

  it.each(LANGUAGES)('%s has every message, with the same variables', (language) => {
    const messages = messagesOf(language);
    expect([...messages.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [id, variables] of messages) expect([id, variables]).toEqual([id, english.get(id)]);
  });

  it('have what the sources ask for, and nothing that nobody asks for', () => {
    expect([...asked()].sort()).toEqual([...english.keys()].sort());
  });
});
