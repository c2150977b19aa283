import { z } from 'zod';
import { parsed } from '../../http/parsed.js';

/** GET /api/v1/config/switch/NAME → { item: { mode, ROLEVlan: "66", VlanMapping: [{ role, vlan }], … } } */
const mapping = z.array(z.object({ role: z.string(), vlan: z.union([z.string(), z.int()]) })).nullish();
const config = z.object({ item: z.looseObject({ mode: z.string().nullish(), VlanMapping: mapping }) });

export interface SwitchConfig {
  /** Anything but `production` logs what it would do, says that it is done, and does nothing. */
  mode: string;
  vlanOf(role: string): string | null;
}

export function parseSwitch(json: unknown): SwitchConfig {
  const { item } = parsed(config, json, "a switch's configuration");
  return {
    mode: item.mode ?? 'production',
    vlanOf: (role) => {
      const own = item[`${role}Vlan`] ?? item.VlanMapping?.find((one) => one.role === role)?.vlan;
      return typeof own === 'string' || typeof own === 'number' ? `${own}` : null;
    },
  };
}
