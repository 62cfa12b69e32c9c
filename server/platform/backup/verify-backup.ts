import fs from 'node:fs';
import path from 'node:path';
import { BackupFault, FILES, MANIFEST, type Manifest, readFiles, readManifest, sha256Of } from './backup-manifest.ts';
import { each, filesBelow } from './copy-files.ts';

const FAULTS_SHOWN = 5;
const NEEDED = ['postgres/PG_VERSION', 'postgres/global/pg_control', 'postgres/backup_label'];

/** Reads a whole backup and compares it with its manifest. Throws `BackupFault` with what is wrong; changes nothing. */
export async function verifyBackup(folder: string): Promise<Manifest> {
  const manifest = readManifest(folder);
  const list = await sha256Of(path.join(folder, FILES)).catch((cause: unknown) => {
    throw new BackupFault(`The list of files (${FILES}) is missing. Use another backup.`, { cause });
  });
  if (list.sha256 !== manifest.filesSha256)
    throw new BackupFault(`The list of files (${FILES}) is damaged. Use another backup.`);
  const faults: string[] = [];
  const known = new Set<string>([MANIFEST, FILES]);
  await each(readFiles(folder), async (file) => {
    known.add(file.path);
    const found = fs.lstatSync(path.join(folder, file.path), { throwIfNoEntry: false });
    if (!found?.isFile()) faults.push(`${file.path} is missing`);
    else if (found.size !== file.size) faults.push(`${file.path} has ${found.size} bytes instead of ${file.size}`);
    else if ((await sha256Of(path.join(folder, file.path))).sha256 !== file.sha256)
      faults.push(`${file.path} was changed`);
  });
  for await (const file of filesBelow(folder, () => false))
    if (!known.has(file)) faults.push(`${file} does not belong to it`);
  if (known.size - 2 !== manifest.files) faults.push(`it lists ${known.size - 2} files instead of ${manifest.files}`);
  faults.push(...NEEDED.filter((file) => !known.has(file)).map((file) => `${file} is not in it`));
  faults.push(...missingWal(manifest, known));
  if (faults.length > 0)
    throw new BackupFault(
      `The backup in ${folder} is damaged: ${faults.slice(0, FAULTS_SHOWN).join('; ')}${faults.length > FAULTS_SHOWN ? ` and ${faults.length - FAULTS_SHOWN} more` : ''}. Use another backup.`,
    );
  return manifest;
}

/** Every segment of the log from the first to the last: without one of them the copy can't be made whole. */
function missingWal({ startWal, stopWal, walSegmentBytes }: Manifest, known: ReadonlySet<string>): readonly string[] {
  const perFile = 0x1_0000_0000 / walSegmentBytes;
  const numberOf = (name: string) =>
    Number.parseInt(name.slice(8, 16), 16) * perFile + Number.parseInt(name.slice(16), 16);
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, '0');
  const missing: string[] = [];
  for (let at = numberOf(startWal); at <= numberOf(stopWal) && missing.length < FAULTS_SHOWN; at += 1) {
    const name = `${startWal.slice(0, 8)}${hex(Math.floor(at / perFile))}${hex(at % perFile)}`;
    if (!known.has(`postgres/pg_wal/${name}`)) missing.push(`the log ${name} is not in it`);
  }
  return missing;
}
