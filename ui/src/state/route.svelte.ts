/** Where we are: the hash of the address, so that every page can be reached directly. */

export type AppTab = 'backups' | 'databases' | 'updates' | 'activity' | 'settings';

/** All of them, in their order. */
export const TABS: AppTab[] = ['backups', 'databases', 'updates', 'activity', 'settings'];

export type Route =
  | { view: 'overview' }
  | { view: 'check-up' }
  | { view: 'preferences' }
  | { view: 'welcome' }
  | { view: 'app'; app: string; tab: AppTab }
  | { view: 'backup'; app: string; backup: string }
  | { view: 'restore'; app: string; backup: string }
  | { view: 'undo'; app: string }
  | { view: 'update'; app: string; job: string | null }
  | { view: 'leave'; app: string };

const decode = (part: string) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** Reads a hash; anything unknown leads to the overview. */
export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#\/?/, '').split('?')[0] ?? '';
  const [first, app, third, fourth] = path.split('/').map(decode);
  if (first === 'check-up') return { view: 'check-up' };
  if (first === 'preferences') return { view: 'preferences' };
  if (first === 'welcome') return { view: 'welcome' };
  if (first !== 'app' || !app) return { view: 'overview' };
  if (third === 'backups' && fourth) return { view: 'backup', app, backup: fourth };
  if (third === 'restore' && fourth) return { view: 'restore', app, backup: fourth };
  if (third === 'undo') return { view: 'undo', app };
  if (third === 'update') return { view: 'update', app, job: fourth ?? null };
  if (third === 'leave') return { view: 'leave', app };
  return { view: 'app', app, tab: TABS.find((tab) => tab === third) ?? 'backups' };
}

const part = encodeURIComponent;

/** The addresses of pages. */
export const links = {
  overview: () => '#/',
  checkUp: () => '#/check-up',
  preferences: () => '#/preferences',
  welcome: () => '#/welcome',
  app: (app: string, tab: AppTab = 'backups') =>
    `#/app/${part(app)}${tab === 'backups' ? '' : `/${tab}`}`,
  backup: (app: string, backup: string) => `#/app/${part(app)}/backups/${part(backup)}`,
  restore: (app: string, backup: string) => `#/app/${part(app)}/restore/${part(backup)}`,
  undo: (app: string) => `#/app/${part(app)}/undo`,
  /** The plan of an update, or the update that a job is. */
  update: (app: string, job: string | null = null) =>
    `#/app/${part(app)}/update${job === null ? '' : `/${part(job)}`}`,
  leave: (app: string) => `#/app/${part(app)}/leave`,
};

class Router {
  route = $state<Route>(parseRoute(globalThis.location?.hash ?? ''));

  /** Follows the address until the returned function is called. */
  start(): () => void {
    const follow = () => (this.route = parseRoute(location.hash));
    follow();
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }

  go(link: string): void {
    location.hash = link;
  }
}

export const router = new Router();
