// Builds the web: payer pages for the server, the staff application for the browser. Does nothing when no source changed.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig } from 'vite';

const WEB = import.meta.dirname;
const DIST = path.join(WEB, 'dist');
const STAMP = path.join(DIST, 'sources.sha256');

/** The payer pages with everything in one file: the server imports it, and nothing of it goes to the browser. */
const payer: InlineConfig = {
  root: WEB,
  logLevel: 'warn',
  configFile: false,
  plugins: [react()],
  // A build for the server keeps the question in the code, and would carry React twice and run the slow one.
  define: { 'process.env.NODE_ENV': JSON.stringify('production') },
  ssr: { noExternal: true },
  build: {
    ssr: path.join(WEB, 'payer', 'index.tsx'),
    outDir: path.join(DIST, 'payer'),
    emptyOutDir: true,
    target: 'node26',
    minify: true,
  },
};

const staff: InlineConfig = {
  root: path.join(WEB, 'staff'),
  base: '/staff/',
  logLevel: 'warn',
  configFile: false,
  plugins: [react()],
  build: { outDir: path.join(DIST, 'staff'), emptyOutDir: true, target: 'es2023', reportCompressedSize: false },
};

const stamp = hashSources();
if (!process.argv.includes('--force') && fs.existsSync(STAMP) && fs.readFileSync(STAMP, 'utf8') === stamp)
  process.exit(0);
process.env.NODE_ENV = 'production';
await build(payer);
if (fs.existsSync(path.join(WEB, 'staff', 'index.html'))) await build(staff);
fs.writeFileSync(STAMP, stamp);

/** What the build is made from: our sources, and the lock file for everything else. */
function hashSources(): string {
  const hash = createHash('sha256');
  const folders = ['payer', 'staff', 'ui', 'api', '../formats/ftp-path']
    .map((name) => path.join(WEB, name))
    .filter((folder) => fs.existsSync(folder));
  const files = folders.flatMap((folder) =>
    fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name)),
  );
  for (const file of [...files.sort(), path.join(WEB, 'build.ts'), path.join(WEB, '..', 'package-lock.json')]) {
    hash.update(file).update(fs.readFileSync(file));
  }
  return hash.digest('hex');
}
