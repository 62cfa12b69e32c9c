import type { SendContext } from './send-delivery.ts';

/** What the requests of one run say of their endpoint: five unanswered in a row, or one "wait", end the run. */
export interface EndpointHealth {
  readonly hear: SendContext['onEndpoint'];
  /** Why the lane rests as a whole. */
  readonly trouble: string | undefined;
  readonly waitUntilMs: number | undefined;
}

export function endpointHealth(from: { silentMax: () => number; onAnswered: () => void }): EndpointHealth {
  let silent = 0;
  let trouble: string | undefined;
  let waitUntilMs: number | undefined;
  return {
    hear: (news, sentence) => {
      if (news === 'answered') {
        silent = 0;
        from.onAnswered();
      } else if (news === 'silent') {
        silent += 1;
        if (silent >= from.silentMax()) trouble = sentence;
      } else {
        waitUntilMs = Math.max(waitUntilMs ?? 0, news.waitUntilMs);
      }
    },
    get trouble() {
      return trouble;
    },
    get waitUntilMs() {
      return waitUntilMs;
    },
  };
}
