import type { Platform } from '../../platform/platform.ts';
import type { Billers, Partners } from '../billers/index.ts';
import type { Maintenance } from '../maintenance/index.ts';
import type { Processors } from './processor.ts';

/** What payments stand on: the platform, the billers' configurations, and the outside systems introduced by `introduce.ts`. */
export interface PaymentsDeps extends Platform {
  readonly billers: Billers;
  readonly maintenance: Pick<Maintenance, 'inForce'>;
  readonly partners: Partners;
  readonly processors: Processors;
}
