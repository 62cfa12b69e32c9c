// npm drops packages for other platforms from the lock file when the registry in reach lacks them, and `npm ci`
// then refuses the lock. Run this after every change of dependencies: it adds a stub for each one that is missing.
import fs from 'node:fs';

const FILE = 'package-lock.json';
const OS = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'win32',
  android: 'android',
  freebsd: 'freebsd',
  openharmony: 'openharmony',
  wasm32: 'wasi',
};
const CPU = {
  x64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  wasm32: 'wasm32',
};

const lock = JSON.parse(fs.readFileSync(FILE, 'utf8'));
for (const [where, meta] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(meta.optionalDependencies ?? {})) {
    if (isLocked(where, name)) continue;
    const words = name.split('/').pop().split('-');
    const os = words.map((word) => OS[word]).find(Boolean);
    const cpu = words.map((word) => CPU[word]).find(Boolean);
    if (!os && !cpu) continue;
    lock.packages[`node_modules/${name}`] = {
      version: range.replace(/^[\^~]/, ''),
      ...(cpu && { cpu: [cpu] }),
      ...(meta.dev && { dev: true }),
      ...(words.some((word) => word.startsWith('musl')) && { libc: ['musl'] }),
      optional: true,
      ...(os && { os: [os] }),
    };
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
fs.writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);

function isLocked(where, name) {
  let dir = where;
  for (;;) {
    if (lock.packages[`${dir ? `${dir}/` : ''}node_modules/${name}`]) return true;
    if (!dir) return false;
    const at = dir.lastIndexOf('/node_modules/');
    dir = at < 0 ? '' : dir.slice(0, at);
  }
}
