import { formatMac } from '../../mac.js';

/**
 * What may be asked of MnT. Its API changes the network by GET (`/CoA/…`) and forgets sessions under
 * `/Session/Delete/…`, so a path that is not one of these is never sent.
 */
export const MNT_BASE = '/admin/API/mnt';

const READS = [/^\/Version$/, /^\/Session\/ActiveList$/, /^\/Session\/MACAddress\/[0-9A-F]{2}(:[0-9A-F]{2}){5}$/];
const CHANGES = [
  /^\/CoA\/Reauth\/[\w.-]+\/[0-9A-F]{2}(:[0-9A-F]{2}){5}\/[0-2]$/,
  /^\/CoA\/Disconnect\/[\w.-]+\/[0-9A-F]{2}(:[0-9A-F]{2}){5}\/[01]$/,
];

export const mayRead = (path: string): boolean => READS.some((one) => one.test(path));
export const mayChange = (path: string): boolean => CHANGES.some((one) => one.test(path));

export const VERSION_PATH = '/Version';
export const ACTIVE_LIST_PATH = '/Session/ActiveList';

export function sessionPath(mac: string): string {
  return `/Session/MACAddress/${formatMac(mac, 'upper-colons')}`;
}

/**
 * `node` is the policy node that has the session, as the session itself names it. Reauth: 1 is "the last method", so that
 * a device is not asked for 802.1X anew; Disconnect: 0 ends the session, 1 bounces the port. 2 would shut the port down.
 */
export function coaPath(kind: 'reauthenticate' | 'disconnect' | 'port-bounce', node: string, mac: string): string {
  switch (kind) {
    case 'reauthenticate':
      return `/CoA/Reauth/${node}/${formatMac(mac, 'upper-colons')}/1`;
    case 'disconnect':
      return `/CoA/Disconnect/${node}/${formatMac(mac, 'upper-colons')}/0`;
    case 'port-bounce':
      return `/CoA/Disconnect/${node}/${formatMac(mac, 'upper-colons')}/1`;
  }
}
