import type { Processors } from '../features/payments/processor.ts';
import type { Platform } from '../platform/platform.ts';
import { createSandboxProcessor } from './sandbox/index.ts';

/** The processors this installation can use; one line each. Empty where none is configured: then no payment can be taken. */
export function createProcessors(platform: Platform): Processors {
  const sandbox = createSandboxProcessor(platform);
  return new Map([...(sandbox ? [['sandbox', sandbox] as const] : [])]);
}
