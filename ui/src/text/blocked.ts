/** Words of the pages that say why nothing can be done now. */
import type { Code } from '../bindings/api';
import { t } from './language';

/** What kind of computer this is. */
export type System = 'linux' | 'mac' | 'windows';

/** A page: is my data safe, what happened, why, what to do. */
export interface BlockedWords {
  /** First sentence: is my data safe? */
  safe: string;
  title: string;
  why: string;
  /** What to do, in a sentence; the commands follow. */
  mend: string;
  commands: string[];
  warning?: string;
  button: string;
}

/** The codes that block the whole window. */
export type BlockingCode = Extract<Code, `engine-${string}`> | 'helper-missing';

const INSIDE = t('blocked-safe-inside');
const RUNNING = t('blocked-safe-running');
const AGAIN = t('blocked-again');

type Commands = Record<System, string[]>;

const START: Commands = {
  linux: ['sudo systemctl start docker'],
  mac: ['open -a Docker'],
  windows: ['docker desktop start'],
};

const INSTALL: Commands = {
  linux: ['sudo apt install docker.io'],
  mac: ['brew install --cask docker'],
  windows: ['winget install Docker.DockerDesktop'],
};

const PERMISSION: Commands = {
  linux: ['sudo usermod -aG docker $USER'],
  mac: ['ls -l ~/.docker/run/docker.sock'],
  windows: ['net localgroup docker-users %USERNAME% /add'],
};

/** The page for a code on a kind of computer. */
export function blockedWords(code: BlockingCode, system: System): BlockedWords {
  const pages: Record<BlockingCode, BlockedWords> = {
    'engine-not-installed': {
      safe: t('blocked-safe-untouched'),
      title: t('blocked-not-installed-title'),
      why: t('blocked-not-installed-why'),
      mend: t('blocked-not-installed-mend'),
      commands: INSTALL[system],
      button: AGAIN,
    },
    'engine-stopped': {
      safe: INSIDE,
      title: t('blocked-stopped-title'),
      why: t('blocked-stopped-why'),
      mend: t('blocked-stopped-mend'),
      commands: START[system],
      button: AGAIN,
    },
    'engine-permission': {
      safe: INSIDE,
      title: t('blocked-permission-title'),
      why: t('blocked-permission-why'),
      mend: t('blocked-permission-mend'),
      commands: PERMISSION[system],
      warning: t('blocked-permission-warning'),
      button: AGAIN,
    },
    'engine-context': {
      safe: INSIDE,
      title: t('blocked-context-title'),
      why: t('blocked-context-why'),
      mend: t('blocked-context-mend'),
      commands: ['docker context ls'],
      button: AGAIN,
    },
    'engine-too-old': {
      safe: RUNNING,
      title: t('blocked-too-old-title'),
      why: t('blocked-too-old-why'),
      mend: t('blocked-too-old-mend'),
      commands:
        system === 'linux'
          ? ['docker version', 'sudo apt install --only-upgrade docker.io']
          : ['docker version'],
      button: AGAIN,
    },
    'engine-windows-containers': {
      safe: RUNNING,
      title: t('blocked-windows-containers-title'),
      why: t('blocked-windows-containers-why'),
      mend: t('blocked-windows-containers-mend'),
      commands: ['DockerCli.exe -SwitchLinuxEngine'],
      button: AGAIN,
    },
    'engine-failed': {
      safe: INSIDE,
      title: t('blocked-failed-title'),
      why: t('blocked-failed-why'),
      mend: t('blocked-failed-mend'),
      commands: ['docker info'],
      button: AGAIN,
    },
    'helper-missing': {
      safe: RUNNING,
      title: t('blocked-helper-missing-title'),
      why: t('blocked-helper-missing-why'),
      mend: t('blocked-helper-missing-mend'),
      commands: [],
      button: AGAIN,
    },
  };
  return pages[code];
}

/** The code blocks the whole window. */
export function isBlocking(code: Code): code is BlockingCode {
  return code.startsWith('engine-') || code === 'helper-missing';
}

/** The kind of computer, from what the web view says of it. */
export function systemOf(agent: string): System {
  if (/mac/i.test(agent)) return 'mac';
  return /win/i.test(agent) ? 'windows' : 'linux';
}

export const BLOCKED = {
  others: t('blocked-others'),
  known: t('blocked-known'),
  knownMore: (apps: number) => t('blocked-known-more', { apps }),
  checkUp: t('blocked-check-up'),
};
