import { disconnect, type RadiusModel } from './model.js';

/**
 * Aruba AOS-CX. User-Name is always wanted, and the session's id or its port beside the MAC. A role can be changed for
 * another role, and a VLAN for another VLAN: a role for a session that was given attributes is NAKed, and the other way
 * round. HPE's own templates send NAS-Port; a bounce without it is NAK 402.
 */
export const arubaAosCx: RadiusModel = {
  title: 'Aruba AOS-CX',
  mac: 'upper-dashes',
  identify: [
    ['User-Name', 'Calling-Station-Id', 'Acct-Session-Id'],
    ['User-Name', 'Calling-Station-Id', 'NAS-Port'],
    ['User-Name', 'Calling-Station-Id', 'NAS-Port-Id'],
  ],
  renew: {
    reauthenticate: null,
    disconnect: disconnect(5000),
    bounce: {
      request: 'coa',
      attributes: [['Aruba-Port-Bounce-Host', 12]],
      gap: 'link',
      identify: [['User-Name', 'Calling-Station-Id', 'NAS-Port']],
    },
  },
  usual: 'disconnect',
  carries: { vlan: false, filter: 'Aruba-User-Role', filterIsRole: true },
  messageAuthenticatorMayBeOff: false,
};

/**
 * ArubaOS-Switch and ProCurve. NAS-Port and not NAS-Port-Id on a 2930. A session is authenticated again by the end of its
 * Session-Timeout, with Termination-Action RADIUS-Request (1).
 */
export const arubaAosS: RadiusModel = {
  title: 'ArubaOS-Switch and HP ProCurve',
  mac: 'lower-dashes',
  identify: [
    ['User-Name', 'Calling-Station-Id', 'Acct-Session-Id'],
    ['User-Name', 'Calling-Station-Id', 'NAS-Port'],
  ],
  renew: {
    reauthenticate: {
      request: 'coa',
      attributes: [
        ['Session-Timeout', 2],
        ['Termination-Action', 1],
      ],
      gap: 3000,
    },
    disconnect: disconnect(5000),
    bounce: { request: 'coa', attributes: [['HP-Port-Bounce-Host', 12]], gap: 'link' },
  },
  usual: 'reauthenticate',
  carries: { vlan: false, filter: 'HP-User-Role', filterIsRole: true },
  messageAuthenticatorMayBeOff: true,
};
