import { disconnect, NOTHING_CARRIED, type RadiusModel } from './model.js';

/**
 * Juniper EX. Junos 15 knows a session by its id, Junos 18 by the MAC. A session ends when its MAC ages out of the table,
 * unless `no-mac-table-binding` is set: a silent device is then cut off until it speaks.
 */
export const juniperEx: RadiusModel = {
  title: 'Juniper EX',
  mac: 'upper-dashes',
  identify: [['Calling-Station-Id', 'Acct-Session-Id'], ['Acct-Session-Id'], ['Calling-Station-Id']],
  renew: {
    reauthenticate: null,
    disconnect: disconnect(5000),
    bounce: {
      request: 'coa',
      attributes: [
        ['Juniper-AV-Pair', 'Port-Bounce'],
        // Admin-Reset
        ['Acct-Terminate-Cause', 6],
      ],
      gap: 'link',
    },
  },
  usual: 'disconnect',
  carries: NOTHING_CARRIED,
  messageAuthenticatorMayBeOff: true,
};
