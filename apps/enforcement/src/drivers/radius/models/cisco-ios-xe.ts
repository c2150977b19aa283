import { disconnect, NOTHING_CARRIED, type RadiusModel } from './model.js';

/**
 * Cisco IOS 12.2(52)SE and later, and IOS-XE. A CoA means "ask again": `last` repeats the method by which the session was
 * authenticated. A bounce holds the port down for 10 s. `disable-host-port` is left out: the port would stay down.
 */
export const ciscoIosXe: RadiusModel = {
  title: 'Cisco Catalyst, IOS and IOS-XE',
  mac: 'upper-dashes',
  identify: [
    ['Calling-Station-Id', 'audit-session-id'],
    ['Calling-Station-Id', 'Acct-Session-Id'],
    ['Calling-Station-Id'],
  ],
  renew: {
    reauthenticate: {
      request: 'coa',
      attributes: [
        ['Cisco-AVPair', 'subscriber:command=reauthenticate'],
        ['Cisco-AVPair', 'subscriber:reauthenticate-type=last'],
      ],
      gap: 1000,
    },
    disconnect: disconnect(5000),
    bounce: { request: 'coa', attributes: [['Cisco-AVPair', 'subscriber:command=bounce-host-port']], gap: 'link' },
  },
  usual: 'reauthenticate',
  carries: NOTHING_CARRIED,
  messageAuthenticatorMayBeOff: true,
};
