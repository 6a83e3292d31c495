/** The words of the preferences. */
import type { OnClose } from '../bindings/api';

export const PREFERENCES = {
  title: 'Preferences',
  text: 'How Lifeboat behaves on this computer. Schedules and rotation are settings of each application.',
  on: 'On',
  off: 'Off',
  background: 'In the background',
  watch: {
    label: 'Watch applications',
    hint: 'Backs up an application that was started, takes in edited .env files, and notices what is wrong. Switch it off where “lifeboat watch” runs as a service.',
  },
  login: {
    label: 'Start at login',
    hint: 'Begins without a window, and watches.',
  },
  notifications: {
    label: 'Notifications',
    hint: 'A backup that failed, is overdue or damaged, a guardian that is gone, and a release that was rolled back.',
    needsWatch: 'Nothing is noticed while applications are not watched.',
  },
  scheduled: 'Scheduled backups are taken by the guardian on the engine, whatever is chosen here.',
  closing: 'Closing the window',
  noTray: 'This desktop shows no tray, so closing the window ends Lifeboat.',
  saved: 'Kept.',
  onClose: {
    ask: { title: 'Ask', hint: 'At the next time.' },
    'keep-running': {
      title: 'Keep running in the tray',
      hint: 'The icon there brings the window back.',
    },
    quit: { title: 'Quit', hint: 'Nothing is watched until it is started again.' },
  } satisfies Record<OnClose, { title: string; hint: string }>,
};

export const ABOUT = {
  title: 'About',
  product: 'Product',
  version: 'Version',
  licence: 'Licence',
  licenceName: 'Apache License 2.0',
  logs: 'Open the folder of the logs',
};
