import { z } from 'zod';
import type { Driver } from '#driver';
import type { Logger } from '#observability';
import { ovsPointSchema } from './ovs/config.js';
import { OvsDriver } from './ovs/ovs.driver.js';

/** An enforcement point in the configuration, by the kind of its driver. */
export const pointSchema = z.discriminatedUnion('kind', [ovsPointSchema]);
export type PointConfig = z.infer<typeof pointSchema>;

/** Every kind of driver. Registration is this map and nothing else. */
const drivers: { [K in PointConfig['kind']]: (point: Extract<PointConfig, { kind: K }>, logger?: Logger) => Driver } = {
  ovs: (point, logger) => new OvsDriver(point, logger),
};

export function createDriver(point: PointConfig, logger?: Logger): Driver {
  return drivers[point.kind](point, logger);
}
