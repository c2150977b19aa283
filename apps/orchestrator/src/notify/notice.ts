import type { Condition } from '#events';
import type { Quarantine, Situation } from '../quarantine/situation.js';

/** Something that people are told: a device, its ward, what still works, where to decide and how to undo. */
export interface Notice {
  about: 'proposal' | 'isolated' | Extract<Condition, 'ReviewDue' | 'ClinicalBroken' | 'Conflict'>;
  quarantineId: string;
  deviceId: string;
  name: string;
  site: string;
  ward: string;
  sentence: string;
  stillWorks: string[];
  link: string;
  undo: string;
}

/** Where notices go. Called after the commit of what they tell. */
export abstract class Notifier {
  abstract tell(notice: Notice): void;
}

export function noticeOf(
  about: Notice['about'],
  quarantine: Quarantine,
  device: Situation['device'],
  sentence: string,
): Notice {
  return {
    about,
    quarantineId: quarantine.id,
    deviceId: device.deviceId,
    name: device.name,
    site: device.site,
    ward: device.ward,
    sentence,
    stillWorks: [...new Set(quarantine.permits.map(({ service, peerAddress }) => `${service} ${peerAddress}`))],
    link: `/v1/quarantines/${quarantine.id}`,
    undo: `lazaret undo --offline ${device.asset ?? device.deviceId}`,
  };
}
