import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import type { Program } from './processes.ts';

const ROOMY = '2g';
/** Room left on the full disk: less than the next piece of the write-ahead log (16 MB) takes. */
const LEFT_BYTES = 1_000_000;

/** A small disk of its own under a folder, which can be filled and given room again. */
export interface SmallDisk {
  fill(): void;
  free(): void;
  unmount(): void;
}

/**
 * Mounts a small disk in memory on an empty folder; undefined where this user may not mount (then `limitFiles` makes the
 * same writes fail in another way).
 */
export function mountSmallDisk(folder: string): SmallDisk | undefined {
  const mount = (options: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  if (process.platform !== 'linux' || mount(`size=${ROOMY},mode=755`).status !== 0) return undefined;
  const resize = (size: string | number) => {
    const done = mount(`remount,size=${size},mode=755`);
    if (done.status !== 0) throw new Error(`the small disk keeps its size: ${done.stderr.toString()}`);
  };
  return {
    fill: () => {
      const { blocks, bfree, bsize } = fs.statfsSync(folder);
      resize((blocks - bfree) * bsize + LEFT_BYTES);
    },
    free: () => resize(ROOMY),
    // Lazily: whoever still has a file open there keeps it until its end.
    unmount: () => void spawnSync('umount', ['--lazy', folder]),
  };
}

/**
 * Lets no file of these processes, or of those they start from now on, grow past `bytes`; `undefined` lifts it. Works
 * without root for processes of the same user.
 */
export function limitFiles(pids: readonly number[], bytes: number | undefined): void {
  for (const pid of pids) {
    const found = fs.statSync(`/proc/${pid}`, { throwIfNoEntry: false });
    if (!found) continue;
    // As the process's own user: root without all its rights may limit no one else's.
    const { uid, gid } = found;
    const as = process.getuid?.() === 0 ? { uid, gid } : {};
    const done = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes ?? 'unlimited'}:`], as);
    if (done.status !== 0 && fs.existsSync(`/proc/${pid}`))
      throw new Error(`process ${pid} can't be limited: ${done.stderr.toString()}`);
  }
}

/** A postmaster and all its processes. */
export function postgresPids(postmaster: number | undefined): readonly number[] {
  if (postmaster === undefined) return [];
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(postmaster)], { encoding: 'utf8' });
  return [postmaster, ...stdout.split('\n').map(Number).filter(Boolean)];
}

export function pidsOf(programs: readonly Program[]): readonly number[] {
  return programs.map((each) => each.pid()).filter((pid) => pid !== undefined);
}
