import { z } from 'zod';
import type { Driver } from '#driver';
import type { Logger } from '#observability';
import { GuardedDriver } from '../bulkhead/guarded.driver.js';
import type { Point, PointFacts } from '../read/point.js';
import { clearpassPointSchema } from './clearpass/config.js';
import { createClearPass } from './clearpass/clearpass.driver.js';
import { forescoutPointSchema } from './forescout/config.js';
import { createForescout } from './forescout/forescout.driver.js';
import { isePointSchema } from './ise/config.js';
import { IseDriver } from './ise/ise.driver.js';
import { mistPointSchema } from './mist/config.js';
import { createMist } from './mist/mist.driver.js';
import { ovsPointSchema } from './ovs/config.js';
import { OvsDriver } from './ovs/ovs.driver.js';
import { packetfencePointSchema } from './packetfence/config.js';
import { createPacketFence } from './packetfence/packetfence.driver.js';
import { radiusPointSchema } from './radius/config.js';
import { RadiusDriver } from './radius/radius.driver.js';
import { radiusPolicyPointSchema } from './radius-policy/config.js';
import { RadiusPolicyDriver } from './radius-policy/radius-policy.driver.js';
import { snmpPointSchema } from './snmp/config.js';
import { SnmpDriver } from './snmp/snmp.driver.js';

/** An enforcement point in the configuration, by the kind of its driver. */
export const pointSchema = z.discriminatedUnion('kind', [
  clearpassPointSchema,
  forescoutPointSchema,
  isePointSchema,
  mistPointSchema,
  ovsPointSchema,
  packetfencePointSchema,
  radiusPointSchema,
  radiusPolicyPointSchema,
  snmpPointSchema,
]);
export type PointConfig = z.infer<typeof pointSchema>;
type Config<K extends PointConfig['kind']> = Extract<PointConfig, { kind: K }>;

/** How a kind of point is made: its driver, and what planning must know of it that no driver tells. */
interface Kind<K extends PointConfig['kind']> {
  create(point: Config<K>, logger?: Logger): Driver;
  facts(point: Config<K>): PointFacts;
}

/** Every kind of driver. Registration is this map and nothing else. */
const kinds: { [K in PointConfig['kind']]: Kind<K> } = {
  clearpass: { create: createClearPass, facts: nacFacts },
  forescout: { create: createForescout, facts: nacFacts },
  ise: { create: (point, logger) => new IseDriver(point, logger), facts: nacFacts },
  mist: { create: createMist, facts: nacFacts },
  ovs: {
    create: (point, logger) => new OvsDriver(point, logger),
    facts: ({ id, quarantineVlan, vlans }) => ({ id, switches: [id], policyPoint: null, quarantineVlan, vlans }),
  },
  packetfence: { create: createPacketFence, facts: nacFacts },
  radius: {
    create: (point, logger) => new RadiusDriver(point, logger),
    facts: ({ id, policyPoint, quarantineVlan }) => ({ id, switches: [id], policyPoint, quarantineVlan, vlans: [] }),
  },
  'radius-policy': {
    create: (point, logger) => new RadiusPolicyDriver(point, logger),
    facts: ({ id, switches, quarantineVlan }) => ({
      id,
      switches: switches.map((one) => one.switch),
      policyPoint: null,
      quarantineVlan,
      vlans: [],
    }),
  },
  snmp: {
    create: (point, logger) => new SnmpDriver(point, logger),
    facts: ({ id, policyPoint, quarantineVlan, vlans }) => ({ id, switches: [id], policyPoint, quarantineVlan, vlans }),
  },
};

export function makePoint<K extends PointConfig['kind']>(point: Config<K>, logger?: Logger): Point {
  const kind: Kind<K> = kinds[point.kind];
  const driver = new GuardedDriver(kind.create(point, logger));
  return { facts: kind.facts(point), profile: driver.profile, driver };
}

/** A NAC holds its policies itself, and forwards nothing. */
function nacFacts({
  id,
  switches,
  quarantineVlan,
}: Pick<PointFacts, 'id' | 'switches' | 'quarantineVlan'>): PointFacts {
  return { id, switches, policyPoint: null, quarantineVlan, vlans: [] };
}
