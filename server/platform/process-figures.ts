import fs from 'node:fs/promises';
import os from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const LAG_RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1_000_000;

/** How this process and the disk under its data folder stand. */
export interface ProcessFigures {
  readonly memoryBytes: number;
  readonly heapBytes: number;
  /** The longest the event loop was kept from its work since the figures before. */
  readonly loopLagMs: number;
  /** Null where the system does not tell. */
  readonly diskFreeBytes: number | null;
  readonly diskBytes: number | null;
}

export interface ProcessWatch {
  read(): Promise<ProcessFigures>;
  stop(): void;
}

/** What this process is, and stays while it runs. */
export const thisProcess = {
  host: os.hostname().slice(0, 200),
  pid: process.pid,
  nodeVersion: process.versions.node,
};

/** Measures this process. `dataFolder` names the disk whose free space is told. */
export function watchProcess(dataFolder: string): ProcessWatch {
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  lag.enable();
  return {
    read: async () => {
      const { rss, heapUsed } = process.memoryUsage();
      const longestMs = lag.max / NANOSECONDS_PER_MS - LAG_RESOLUTION_MS;
      lag.reset();
      const disk = await fs.statfs(dataFolder).catch(() => null);
      return {
        memoryBytes: rss,
        heapBytes: heapUsed,
        loopLagMs: Math.max(0, Math.round(longestMs)),
        diskFreeBytes: disk === null ? null : disk.bavail * disk.bsize,
        diskBytes: disk === null ? null : disk.blocks * disk.bsize,
      };
    },
    stop: () => lag.disable(),
  };
}
