import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { needs, type Principal } from '../../../platform/access.ts';
import type { App } from '../../../platform/http.ts';
import { refuse } from '../../../platform/problems.ts';
import { actorOf } from '../actor.ts';
import { billerParams, savedAnswer } from '../contract.ts';
import { refuseBiller } from '../problems.ts';
import { differencesFor } from '../views.ts';
import * as contract from './contract.ts';
import { applyWorksheet, previewWorksheet, type WorksheetDeps } from './import-worksheet.ts';
import { WORKSHEET_BYTES_MAX } from './read-worksheet.ts';

const tags = ['Configuration'];
const FIELDS_MAX = 8;
/** Reading it tells nothing back, yet it is full of secrets: who may not write those has no business with it. */
const right = { access: needs({ permission: 'secrets:write', isProofRecent: true }) };
const consumes = ['multipart/form-data'];

/** The partner's implementation worksheet: looked at, then applied. The file is sent with each, so that none is kept between. */
export function registerWorksheetRoutes(app: App, deps: WorksheetDeps): void {
  app.post(
    '/api/v1/billers/:bid/worksheet-preview',
    {
      config: right,
      schema: {
        tags,
        summary: 'What a partner’s worksheet (CSV or .xlsx) would set; nothing is stored',
        description:
          'A form: `file`, and optionally `mapping` (JSON: by cell a setting such as `9` or `10.privateKey`, or `-`) and `system` (`uat` or `production`).',
        consumes,
        params: billerParams,
        response: { 200: contract.worksheetPreview },
      },
    },
    async (request) => {
      const { bytes, fields } = await formOf(request);
      const { system, mapping } = read(contract.worksheetFields, fields);
      const { bid } = request.params;
      const preview = await previewWorksheet(deps, { bid, bytes, answers: { system, mapping } });
      return { ...preview, differences: differencesFor(preview.differences as never, request.principal) };
    },
  );
  app.post(
    '/api/v1/billers/:bid/worksheet-apply',
    {
      config: right,
      schema: {
        tags,
        summary: 'Set what a worksheet says, as one version',
        description:
          'The same form as for the preview, with `expectedVersion` and `reason`. Refused while a value is still asked about.',
        consumes,
        params: billerParams,
        response: { 200: savedAnswer },
      },
    },
    async (request) => {
      const { principal } = request;
      refuseWithoutWriting(principal);
      const { bytes, fields } = await formOf(request);
      const { system, mapping, expectedVersion, reason } = read(contract.worksheetApplyFields, fields);
      const saved = await applyWorksheet(deps, {
        bid: request.params.bid,
        bytes,
        answers: { system, mapping },
        expectedVersion,
        reason,
        by: actorOf(principal),
      });
      return {
        ...saved,
        differences: differencesFor(saved.differences, principal),
        clearedSecrets: [...saved.clearedSecrets],
        warnings: [...saved.warnings],
      };
    },
  );
}

function refuseWithoutWriting(principal: Principal | undefined): void {
  const may = principal?.kind === 'staff' && principal.permissions.has('configuration:write');
  if (!may) throw refuse('not-allowed', { needed: 'configuration:write' });
}

async function formOf(request: FastifyRequest): Promise<{ bytes: Buffer; fields: Record<string, string> }> {
  if (!request.isMultipart()) throw refuseBiller('worksheet-missing');
  const fields: Record<string, string> = {};
  let bytes: Buffer | undefined;
  const limits = { files: 1, fileSize: WORKSHEET_BYTES_MAX + 1, fields: FIELDS_MAX, fieldSize: 4096 };
  for await (const part of request.parts({ limits })) {
    if (part.type === 'file') bytes = await part.toBuffer();
    else if (typeof part.value === 'string') fields[part.fieldname] = part.value;
  }
  if (bytes === undefined) throw refuseBiller('worksheet-missing');
  return { bytes, fields };
}

function read<Schema extends z.ZodType>(schema: Schema, fields: Record<string, string>): z.output<Schema> {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  throw refuse('invalid-request', {
    summary: parsed.error.issues
      .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
      .join('; ')
      .slice(0, 500),
  });
}
