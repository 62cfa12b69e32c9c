import { createImtSandbox, type ImtSandbox } from '@causeway/sandbox/imt';
import { sql } from 'kysely';
import {
  type Biller,
  type Billers,
  createBiller,
  createBillers,
  defaultConfiguration,
  settingsFromTexts,
} from '../features/billers/index.ts';
import { createMaintenance, type Maintenance } from '../features/maintenance/index.ts';
import { createPartners } from '../partners/registry.ts';
import type { Principal } from '../platform/access.ts';
import { type App, buildHttp } from '../platform/http.ts';
import type { Platform } from '../platform/platform.ts';
import { withTestPlatform } from './platform.ts';

const BY = { kind: 'staff', name: 'test' } as const;
/** The numbers of the settings that hold URLs, and of those that hold logins. */
const URLS = [8, 11, 14, 17, 20];
const USERS = [9, 12, 15, 18, 21];
const PASSWORDS = [10, 13, 16, 19, 22];

/** A platform, a partner's stand-in, and billers that are connected to it; `close` in `afterAll`. */
export async function withSandboxBillers(environment: Record<string, string> = {}): Promise<{
  deps: Platform & { billers: Billers; maintenance: Maintenance };
  clock: Awaited<ReturnType<typeof withTestPlatform>>['clock'];
  sandbox: ImtSandbox;
  /** Makes a biller whose every endpoint is the sandbox; the texts are Advanced Settings that differ. */
  addBiller(
    bid: number,
    of?: { texts?: Record<number, string>; configuration?: Partial<ReturnType<typeof defaultConfiguration>> },
  ): Promise<Biller>;
  addAccount(
    bid: number,
    accountNumber: string,
    invoices?: readonly { date: string; typeId?: string }[],
  ): Promise<void>;
  close(): Promise<void>;
}> {
  const opened = await withTestPlatform({ environment });
  const { platform } = opened;
  const sandbox = await createImtSandbox({ instances: { '3401': {}, '3402': {} } });
  const partners = createPartners(platform);
  const billers = createBillers(platform, partners);
  const maintenance = createMaintenance(platform);
  const deps = { ...platform, billers, partners, maintenance };
  return {
    deps,
    clock: opened.clock,
    sandbox,
    addBiller: (bid, { texts = {}, configuration = {} } = {}) => {
      const each = (numbers: readonly number[], text: string) => numbers.map((number) => [number, text] as const);
      const settings = Object.fromEntries([
        ...each(URLS, sandbox.url),
        ...each(USERS, 'causeway'),
        ...each(PASSWORDS, 'sandbox-password'),
        [88, sandbox.authUrl] as const,
      ]);
      const base = defaultConfiguration({
        name: `Biller ${bid}`,
        integrationPartner: 'IMT Computer Services',
        invoiceFormatGuid: platform.random.uuid(),
      });
      return createBiller(deps, {
        bid,
        name: `Biller ${bid}`,
        by: BY,
        configuration: {
          ...base,
          invoicing: { ...base.invoicing, realTimeDataRefresh: true },
          ...configuration,
          advancedSettings: settingsFromTexts({ ...settings, ...texts }),
        },
      });
    },
    addAccount: (bid, accountNumber, invoices = [{ date: '2026-10-01' }]) =>
      platform.database.withBiller(bid, async (tx) => {
        await sql`insert into account (bid, account_number, customer_name) values (${bid}, ${accountNumber}, 'SANDY SENTINEL')`.execute(
          tx,
        );
        for (const { date, typeId = '1' } of invoices) {
          await tx
            .insertInto('invoice')
            .values({
              bid,
              invoice_number: `${accountNumber}-${date}`,
              account_number: accountNumber,
              invoice_date: date,
              due_date: date,
              total_cents: 12_840,
              balance_forward: true,
              invoice_type_id: typeId,
              format_guid: platform.random.uuid(),
              details: '[]',
              extras: '{}',
              derived: '{}',
              made_on: date,
            })
            .execute();
        }
      }),
    close: async () => {
      await Promise.all([...partners.values()].map((partner) => partner.close()));
      await billers.close();
      await maintenance.close();
      await opened.close();
      await sandbox.close();
    },
  };
}

/** The front door with the given routes, where everybody is `principal`. */
export async function withFrontDoor(
  platform: Platform,
  principal: Principal | undefined,
  register: (app: App) => void,
): Promise<App> {
  const { log, database, random, clock } = platform;
  const app = await buildHttp({
    log,
    database,
    random,
    clock,
    authenticate: async () => principal,
    version: '0.0.0-test',
    isSecure: false,
  });
  register(app);
  await app.ready();
  return app;
}
