import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLACES = [
  ...NAMES.map((name) => `/usr/bin/${name}`),
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const LOOK_LIMIT_MS = 60_000;
const TRIES_MAX = 3;

/**
 * The Chromium the browser tests drive: `CHROMIUM` if set, else where systems keep it, else Debian's package, installed
 * when this user may. Without one `why` says what to do, and the browser tests count as failed; they are never skipped.
 */
export function findChromium(): { path: string; why?: never } | { path?: never; why: string } {
  const given = process.env.CHROMIUM;
  if (given) return runs(given) ? { path: given } : { why: `CHROMIUM is set to ${given}, which does not run.` };
  const found = look();
  if (found) return { path: found };
  const said = install();
  const installed = look();
  if (installed) return { path: installed };
  return {
    why: `The browser tests need Chromium and found none. Install it (Debian: sudo apt-get install chromium) or set CHROMIUM to its path.${said}`,
  };
}

function look(): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const onPath = folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  return [...PLACES, ...onPath].find(runs);
}

/** Some systems keep in its place a script that only says how to install it. */
function runs(place: string): boolean {
  if (!fs.existsSync(place)) return false;
  if (process.platform === 'win32') return true; // there the question opens a window
  return spawnSync(place, ['--version'], { stdio: 'ignore', timeout: LOOK_LIMIT_MS }).status === 0;
}

/** Gives what apt-get said last when it failed. */
function install(): string {
  if (!fs.existsSync('/usr/bin/apt-get')) return '';
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) return '';
  process.stdout.write('Installing Chromium for the browser tests (apt-get install chromium)…\n');
  const apt = (...args: readonly string[]) => {
    const all = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', '-o', 'Acquire::Retries=3', ...args];
    const [command = '', ...rest] = isRoot ? all : ['sudo', '-n', ...all];
    return spawnSync(command, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  };
  let said = '';
  for (let at = 0; at < TRIES_MAX; at += 1) {
    // A mirror that is away fails the update, though the package may be had all the same.
    apt('update');
    const done = apt('install', '-y', '--no-install-recommends', 'chromium');
    if (done.status === 0) return '';
    said = ` apt-get said: ${done.stderr.trim().split('\n').slice(-3).join(' ')}`;
  }
  return said;
}
