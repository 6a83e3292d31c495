import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse, Visitor, type Entry, type Message, type VariableReference } from '@fluent/syntax';
import { describe, expect, it } from 'vitest';

import { LANGUAGES } from '../src/text/language';

const LOCALES = join(import.meta.dirname, '../locales');
const SOURCES = join(import.meta.dirname, '../src');

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

/** The messages that the sources ask for, by their names as they stand there. */
function asked(): Set<string> {
  const ids = new Set<string>();
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(ts|svelte)$/.test(file) || file.endsWith('.test.ts')) continue;
    const source = readFileSync(join(SOURCES, file), 'utf8');
    for (const [, id] of source.matchAll(/\bt\(\s*'([a-z0-9-]+)'/g)) if (id) ids.add(id);
  }
  return ids;
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
