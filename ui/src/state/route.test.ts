import { describe, expect, it } from 'vitest';

import { links, parseRoute, TABS } from './route.svelte';

describe('addresses', () => {
  it('lead to their page and back, whatever the name', () => {
    for (const app of ['bookshelf', 'a/b', 'ü 数', '50%', '#?&']) {
      expect(parseRoute(links.app(app))).toEqual({ view: 'app', app, tab: 'backups' });
      for (const tab of TABS)
        expect(parseRoute(links.app(app, tab))).toEqual({ view: 'app', app, tab });
      expect(parseRoute(links.backup(app, 'x'))).toEqual({ view: 'backup', app, backup: 'x' });
      expect(parseRoute(links.restore(app, 'x'))).toEqual({ view: 'restore', app, backup: 'x' });
      expect(parseRoute(links.update(app))).toEqual({ view: 'update', app, job: null });
      expect(parseRoute(links.update(app, 'x'))).toEqual({ view: 'update', app, job: 'x' });
      expect(parseRoute(links.undo(app))).toEqual({ view: 'undo', app });
    }
  });

  it('lead home when they are not known', () => {
    for (const hash of ['', '#', '#/', '#/nowhere', '#/app', '#/app/']) {
      expect(parseRoute(hash)).toEqual({ view: 'overview' });
    }
    expect(parseRoute('#/app/x/backups')).toEqual({ view: 'app', app: 'x', tab: 'backups' });
    expect(parseRoute('#/app/%E0%A4%A')).toMatchObject({ view: 'app' });
  });
});
