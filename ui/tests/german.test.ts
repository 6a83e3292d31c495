import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** The window in German, loaded anew: whatever holds words took them in English before. */
async function germanWindow(hash: string) {
  vi.resetModules();
  const { useLanguage } = await import('../src/text/language');
  useLanguage('de');
  const { openWindow, expectAccessible } = await import('./helpers');
  const { cleanup, configure, screen, within } = await import('@testing-library/svelte');
  configure({ asyncUtilTimeout: 8000 });
  close = cleanup;
  openWindow(hash);
  return { screen, within, expectAccessible };
}

let close = () => {};

describe('the window in German', () => {
  beforeEach(() => {
    document.documentElement.lang = 'de';
  });

  afterEach(() => {
    close();
    document.documentElement.lang = 'en';
  });

  it('answers in the overview whether the data is safe', async () => {
    const { screen, within, expectAccessible } = await germanWindow('#/');
    await screen.findByRole('heading', { name: '4 Anwendungen brauchen Aufmerksamkeit.' });
    screen.getByText(
      '1 von 5 ist geschützt, mit einer letzten Sicherung, die durch Wiederherstellen bewiesen ist.',
    );
    const texts = Object.fromEntries(
      screen.getAllByTestId('app-row').map((row) => [row.dataset.app, row.textContent]),
    );
    expect(texts.bookshelf).toContain(
      'Geschützt. Letzte Sicherung vor 2 Stunden, durch Wiederherstellen bewiesen.',
    );
    expect(texts['kitchen-notes']).toContain(
      'Nie gesichert. Von 1 Datenbank (640 KiB) gibt es nirgends eine Kopie.',
    );
    expect(texts['kitchen-notes']).toMatch(/1 Datenbank, 640 KiB.*keine Sicherung/);
    expect(texts.photos).toContain('Gefährdet:');
    expect(texts.guestbook).toContain(
      '3 Sicherungen sind noch da; die neueste entstand vor 12 Tagen.',
    );
    expect(texts.guestbook).toContain('Nicht auf dieser Engine');
    screen.getByRole('button', { name: 'Jetzt sichern: bookshelf' });
    const side = within(screen.getByRole('navigation', { name: 'Hauptbereich' }));
    expect(side.getByRole('link', { name: /^photos/ }).textContent).toContain('Gefährdet:');
    await expectAccessible();
  });

  it('shows an application, its health and its pages', async () => {
    const { screen, within, expectAccessible } = await germanWindow('#/app/bookshelf');
    await screen.findByRole('heading', {
      level: 1,
      name: 'Geschützt. Letzte Sicherung vor 2 Stunden, durch Wiederherstellen bewiesen.',
    });
    const pages = within(screen.getByRole('navigation', { name: 'Seiten dieser Anwendung' }));
    expect(pages.getAllByRole('link').map((link) => link.textContent?.trim())).toEqual([
      'Sicherungen',
      'Datenbanken',
      'Updates',
      'Aktivität',
      'Einstellungen',
    ]);
    const health = within(await screen.findByRole('region', { name: 'Zustand' }));
    await health.findByText('Unversehrt');
    const curve = await health.findByRole('img');
    expect(curve.getAttribute('aria-label')).toMatch(
      /^Größe im Lauf der Zeit: [\d,]+ MiB am \d\d\.\d\d\.\d{4}, \d\d:\d\d, [\d,]+ MiB am /,
    );
    // The day alone, without the hour.
    health.getByText(/^[\d,]+ MiB, \d\d\.\d\d\.\d{4}$/);
    screen.getByRole('link', { name: 'Schutz beenden …' });
    await expectAccessible();
  });
});
