import { z } from 'zod';
import { configurationFileSchema, SECTION_NAMES, type SectionName } from '../configuration.ts';
import { checkAnswer } from '../contract.ts';

/** Configuration files between installations: written, looked at as a plan, applied. */

const VERSION_MAX = 2_147_483_647;
const version = z.int().min(1).max(VERSION_MAX);
const sectionNames = z.array(z.enum(SECTION_NAMES as [SectionName, ...SectionName[]])).min(1);
const publicKey = z
  .string()
  .max(200)
  .describe('`causeway-key:…`, as the other installation’s `causeway keys show` prints it');

export const exportSchema = z
  .strictObject({
    causeway: z.literal('configuration'),
    bid: z.int().min(1).max(2_147_483_647),
    version,
    exportedAt: z.string().max(40).optional(),
    issuer: z.string().max(60).optional().describe('The installation that wrote it'),
    sealedTo: z.string().max(20).optional().describe('The key its secrets are sealed to'),
    sections: configurationFileSchema.partial(),
  })
  .meta({ id: 'ConfigurationFile' });
/** A configuration as a file: secrets as fingerprints, or sealed to one installation. */
export type ConfigurationExport = z.infer<typeof exportSchema>;

export const installationKeyAnswer = z.object({
  publicKey,
  id: z.string().describe('Eight characters to tell keys apart'),
});
export const exportBody = z.strictObject({ sections: sectionNames.optional(), sealTo: publicKey.optional() });
export const planBody = z.strictObject({
  // Read by the use case, which says at which place a file does not fit.
  file: z.record(z.string(), z.json()),
  sections: sectionNames.optional(),
});
export const planAnswer = checkAnswer
  .extend({
    version: version.describe('The version this plan is of'),
    digest: z.string().describe('Names exactly this plan; to be sent with it'),
    sections: z.array(z.string()),
    missingSecrets: z
      .array(z.string())
      .describe('Secrets the file only names and this biller has none for: to be typed afterwards'),
    broughtSecrets: z.array(z.string()).describe('Secrets the file brings, sealed to this installation'),
    isWorking: z.boolean(),
  })
  .meta({ id: 'ConfigurationPlan' });
export const applyBody = planBody.extend({
  expectedVersion: version,
  digest: z.string().max(100),
  reason: z.string().trim().min(3, 'say why, in a few words').max(500),
});
