/** Words of the pages that say why nothing can be done now. */
import type { Code } from '../bindings/api';

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

const INSIDE = 'Your data and your backups are where they were: inside the engine.';

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
      safe: 'Your data is where it was: Lifeboat has touched nothing.',
      title: 'No container engine was found',
      why: 'Lifeboat protects applications that run in Docker, Podman or a compatible engine. None is installed here, or its socket is somewhere unusual.',
      mend: 'Install an engine, then try again.',
      commands: INSTALL[system],
      button: 'Try again',
    },
    'engine-stopped': {
      safe: INSIDE,
      title: 'The engine is not running',
      why: 'An engine is installed, and nothing answers at its address.',
      mend: 'Start the engine, then try again.',
      commands: START[system],
      button: 'Try again',
    },
    'engine-permission': {
      safe: INSIDE,
      title: 'You may not use the engine',
      why: 'The engine is running, but your user is not allowed to open its socket.',
      mend: 'Add your user to the engine’s group, then log out and in again.',
      commands: PERMISSION[system],
      warning: 'Whoever may use the engine can do everything on this machine that root can.',
      button: 'Try again',
    },
    'engine-context': {
      safe: INSIDE,
      title: 'The chosen address leads to no engine',
      why: 'The Docker context or DOCKER_HOST that is set points to an engine that is not there.',
      mend: 'See which contexts there are, and choose one that works.',
      commands: ['docker context ls'],
      button: 'Try again',
    },
    'engine-too-old': {
      safe: 'Your applications keep running; only Lifeboat cannot work with this engine.',
      title: 'The engine is too old',
      why: 'Lifeboat needs an engine from 2020 or newer: Docker 20.10, API 1.41.',
      mend: 'Update the engine. Your containers and volumes are kept.',
      commands:
        system === 'linux'
          ? ['docker version', 'sudo apt install --only-upgrade docker.io']
          : ['docker version'],
      button: 'Try again',
    },
    'engine-windows-containers': {
      safe: 'Your applications keep running; only Lifeboat cannot work with this engine.',
      title: 'The engine runs Windows containers',
      why: 'Lifeboat works with Linux containers, which is where SQLite applications live.',
      mend: 'Switch Docker Desktop to Linux containers, then try again.',
      commands: ['DockerCli.exe -SwitchLinuxEngine'],
      button: 'Try again',
    },
    'engine-failed': {
      safe: INSIDE,
      title: 'The engine refused',
      why: 'The engine answered, but not with what was asked for.',
      mend: 'Look at what it said below, then try again.',
      commands: ['docker info'],
      button: 'Try again',
    },
    'helper-missing': {
      safe: 'Your applications keep running; only Lifeboat cannot work with this engine.',
      title: 'No helper for the engine’s processor',
      why: 'This package of Lifeboat does not bring its helper for the processor that the engine runs on.',
      mend: 'Install the package of Lifeboat that has it.',
      commands: [],
      button: 'Try again',
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
  answered: 'What was tried',
  commands: 'Commands to run in a terminal',
  others: 'Engines that answer at other addresses',
  known: 'Seen last time',
  knownMore: (apps: string) =>
    `${apps}. They are not looked at while the engine cannot be reached.`,
  checkUp: 'Open check-up',
};
