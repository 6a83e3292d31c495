/** Words of an application's page. */
import type { AppTab } from '../state/route.svelte';
import { plain } from './format';

export const APP = {
  loading: 'Looking…',
  pages: 'Pages of this application',
  tabs: {
    backups: 'Backups',
    databases: 'Databases',
    updates: 'Updates',
    activity: 'Activity',
    settings: 'Settings',
  } satisfies Record<AppTab, string>,
  refresh: 'Refresh',
  recover: 'Finish it',
  restoreNewest: 'Restore newest proven backup',
  unfinished: 'A restore or update was interrupted',
  unfinishedMore:
    'Your data from before is kept. Finished, it is as it was before, or as it was meant to be; never half of each.',
  orphan: 'This application is not on the engine any more, but its vault is',
  orphanMore:
    'Restoring makes its volumes again and fills them. Then start the application as before; it adopts them.',
  findings: 'Things to know',
  leave: 'Stop protecting…',
  unknown: (name: string) => `There is no application called ${plain(name)}`,
  unknownMore: 'Nothing of that name is on this engine, and there is no vault of it.',
};
