import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The Chromium the browser tests drive: `CHROMIUM` if set, else where systems keep it, else Debian's package, installed
 * when this user is root. Without one the run fails with a line that says what to do; it never skips.
 */
export async function findChromium(): Promise<string> {
  const found = [process.env.CHROMIUM ?? '', ...PLACES].find((place) => place !== '' && fs.existsSync(place));
  if (found) return found;
  if (process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get')) {
    process.stdout.write('Installing Chromium for the browser tests (apt-get install chromium)…\n');
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env: environment });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      stdio: 'ignore',
      env: environment,
    });
    if (fs.existsSync('/usr/bin/chromium')) return '/usr/bin/chromium';
  }
  process.stderr.write(
    'The browser tests need Chromium and found none. Install it (Debian: sudo apt-get install chromium) or set CHROMIUM to its path.\n',
  );
  process.exit(1);
}
