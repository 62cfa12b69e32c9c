import { sql } from 'kysely';
import type { Tx } from '../../../platform/database.ts';
import type { Configuration } from '../configuration.ts';
import type { RuleFault } from '../rules/rule.ts';

const PAGE_MAX = 200;

/** An FTP user as the search over all billers shows it; its password and keys stay in the configuration. */
export interface FtpUser {
  readonly bid: number;
  readonly biller: string;
  readonly username: string;
  readonly hasPassword: boolean;
  readonly keyCount: number;
  readonly folderCount: number;
}

/**
 * Makes a biller's rows those of its configuration, in the caller's transaction. All billers share one SFTP server: a
 * username that another biller has is a fault at its field, and whose it is is not told.
 */
export async function keepFtpUsers(tx: Tx, bid: number, ftp: Configuration['ftp']): Promise<readonly RuleFault[]> {
  const users = new Map(ftp.users.map((user) => [user.username, user]));
  await tx.deleteFrom('ftp_user').where('bid', '=', bid).execute();
  if (users.size === 0) return [];
  const active = [...ftp.pdfSettings, ...ftp.zipSettings].filter((setting) => setting.isActive);
  const kept = await tx
    .insertInto('ftp_user')
    .values(
      [...users.values()].map((user) => ({
        bid,
        username: user.username,
        has_password: user.password !== null,
        key_count: user.publicKeys.length,
        folder_count: active.filter((setting) => setting.username === user.username).length,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('username')
    .execute();
  const names = new Set(kept.map((row) => row.username));
  return [...users.keys()]
    .filter((username) => !names.has(username))
    .map((username) => ({
      rule: 'ftp-user-of-another',
      severity: 'error',
      at: `ftp.users.${username}.username`,
      sentence: `The username ${username} is taken on the SFTP server, which all billers share. Choose another, such as ${username.slice(0, 34)}-${bid}.`,
    }));
}

/** The same question with nothing kept: what a save would find. */
export async function tryFtpUsers(tx: Tx, bid: number, ftp: Configuration['ftp']): Promise<readonly RuleFault[]> {
  await sql`savepoint try_ftp_users`.execute(tx);
  const faults = await keepFtpUsers(tx, bid, ftp);
  await sql`rollback to savepoint try_ftp_users`.execute(tx);
  return faults;
}

/** FTP users of all billers, by username, after `after`; `q` is a part of a username or of a biller's name, or a BID. Needs a transaction across billers. */
export async function searchFtpUsers(
  tx: Tx,
  from: { q: string; after?: string | undefined; limit: number },
): Promise<readonly FtpUser[]> {
  const like = `%${from.q.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const rows = await tx
    .selectFrom('ftp_user')
    .innerJoin('biller', 'biller.bid', 'ftp_user.bid')
    .select([
      'ftp_user.bid',
      'biller.name as biller',
      'ftp_user.username',
      'ftp_user.has_password',
      'ftp_user.key_count',
      'ftp_user.folder_count',
    ])
    .$if(from.after !== undefined, (query) => query.where('ftp_user.username', '>', from.after ?? ''))
    .$if(from.q !== '', (query) =>
      query.where((on) =>
        on.or([
          on('ftp_user.username', 'ilike', like),
          on('biller.name', 'ilike', like),
          on(sql<string>`ftp_user.bid::text`, '=', from.q),
        ]),
      ),
    )
    .orderBy('ftp_user.username')
    .limit(Math.min(from.limit, PAGE_MAX + 1))
    .execute();
  return rows.map((row) => ({
    bid: row.bid,
    biller: row.biller,
    username: row.username,
    hasPassword: row.has_password,
    keyCount: row.key_count,
    folderCount: row.folder_count,
  }));
}
