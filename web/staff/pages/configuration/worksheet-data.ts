import type { paths } from '../../../api/schema.d.ts';
import { api, told } from '../../api.ts';

export type WorksheetPreview =
  paths['/api/v1/billers/{bid}/worksheet-preview']['post']['responses'][200]['content']['application/json'];
export type WorksheetRow = WorksheetPreview['rows'][number];
export type System = WorksheetPreview['systems'][number];

/** A worksheet in hand and what was said about it. The file is in the page’s memory alone and goes with it. */
export interface WorksheetAsked {
  readonly file: File;
  readonly system: System | undefined;
  /** By cell a target, several with commas, or `-` to leave the value out. */
  readonly mapping: Readonly<Record<string, string>>;
}

/** What the worksheet would set; the server keeps nothing of it. */
export const previewWorksheet = (bid: number, asked: WorksheetAsked) =>
  told(api.POST('/api/v1/billers/{bid}/worksheet-preview', { params: { path: { bid } }, ...formOf(asked) }));

/** Sets what the preview of that version showed. */
export const applyWorksheet = (bid: number, asked: WorksheetAsked, expectedVersion: number, reason: string) =>
  told(
    api.POST('/api/v1/billers/{bid}/worksheet-apply', {
      params: { path: { bid } },
      ...formOf(asked, { expectedVersion: String(expectedVersion), reason }),
    }),
  );

function formOf({ file, system, mapping }: WorksheetAsked, more: Readonly<Record<string, string>> = {}) {
  const form = new FormData();
  if (system) form.set('system', system);
  form.set('mapping', JSON.stringify(mapping));
  for (const [name, value] of Object.entries(more)) form.set(name, value);
  form.set('file', file);
  return { body: { file: '' }, bodySerializer: () => form };
}
