import type { ImtControls } from './controls.ts';

type Answers<T> = T extends (...args: infer Args) => infer Result ? (...args: Args) => Promise<Awaited<Result>> : never;

/** The controls of a sandbox that runs as a program of its own: the same names, each giving a promise. */
export type RemoteImtControls = {
  [Name in Exclude<keyof ImtControls, 'faults'>]: Answers<ImtControls[Name]>;
} & { faults: { [Name in keyof ImtControls['faults']]: Answers<ImtControls['faults'][Name]> } };

/** Speaks to `controlUrl` of a running sandbox. A refusal rejects with the sandbox's words. */
export function connectImtControls(controlUrl: string): RemoteImtControls {
  const base = controlUrl.endsWith('/') ? controlUrl : `${controlUrl}/`;
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
    const response = await fetch(new URL(path, base), { method, redirect: 'error', ...init });
    const answer = (await response.json()) as T & { error?: string };
    if (!response.ok) throw new Error(answer.error ?? `The sandbox's control answered ${response.status}`);
    return answer;
  };
  const instance = (id: string): string => `instances/${encodeURIComponent(id)}`;
  const policy = (id: string, policyNumber: string): string =>
    `${instance(id)}/policies/${encodeURIComponent(policyNumber)}`;
  return {
    configure: (id, patch) => ask('PATCH', instance(id), patch),
    instance: (id) => ask('GET', instance(id)),
    load: async (id, policies) => (await ask<Loaded>('POST', `${instance(id)}/policies`, { policies })).loaded,
    generate: async (id, run) => (await ask<Loaded>('POST', `${instance(id)}/policies`, { generate: run })).loaded,
    policy: (id, policyNumber) => ask('GET', policy(id, policyNumber)),
    listPolicies: (id, limit) => ask('GET', `${instance(id)}/policies?limit=${limit}`),
    adjust: (id, policyNumber, cents) => ask('POST', `${policy(id, policyNumber)}/adjust`, { cents }),
    settlePending: async (id, policyNumber) => {
      await ask('POST', `${instance(id)}/settle-pending`, policyNumber === undefined ? {} : { policyNumber });
    },
    expireSessions: async (id, username) => {
      const only = username === undefined ? {} : { username };
      return (await ask<{ ended: number }>('POST', `${instance(id)}/expire-sessions`, only)).ended;
    },
    faults: {
      add: async (rule) => {
        const { faults } = await ask<{ faults: Awaited<ReturnType<RemoteImtControls['faults']['list']>> }>(
          'POST',
          'faults',
          rule,
        );
        const [added] = faults;
        if (!added) throw new Error('The sandbox kept no rule');
        return added;
      },
      clear: async (id) => {
        const path = id === undefined ? 'faults' : `faults/${encodeURIComponent(id)}`;
        return (await ask<{ cleared: number }>('DELETE', path)).cleared;
      },
      list: async () =>
        (await ask<{ faults: Awaited<ReturnType<RemoteImtControls['faults']['list']>> }>('GET', 'faults')).faults,
    },
    ledger: (filter = {}, page = {}) => ask('GET', `ledger?${queryOf({ ...filter, ...page })}`),
    settingChanges: async (filter = {}) => {
      type Changes = { changes: ReturnType<ImtControls['settingChanges']> };
      return (await ask<Changes>('GET', `settings?${queryOf(filter)}`)).changes;
    },
    requests: (filter = {}) => ask('GET', `requests?${queryOf(filter)}`),
    reset: async (parts) => {
      await ask('POST', 'reset', parts === undefined ? {} : { parts });
    },
    summary: () => ask('GET', ''),
  };
}

interface Loaded {
  loaded: number;
}

function queryOf(filter: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  return query.toString();
}
