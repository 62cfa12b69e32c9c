import fs from 'node:fs';

const FILE_BYTES_MAX = 8 * 1024 * 1024;

/** A JSON file named on the command line; an error says which file and what is wrong, and quotes nothing of it. */
export function readJsonFile(file: string): unknown {
  let text: string;
  try {
    if (fs.statSync(file).size > FILE_BYTES_MAX) throw new Error('it is larger than 8 MB');
    text = fs.readFileSync(file, 'utf8');
  } catch (cause) {
    if (!fs.existsSync(file)) throw new Error(`There is no file ${file}.`, { cause });
    throw new Error(`${file} can’t be read: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON.`);
  }
}
