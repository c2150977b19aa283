import { disconnect, NOTHING_CARRIED, type RadiusModel } from './model.js';

/**
 * Extreme EXOS 22.1 and later. Sessions are found by MAC, and by port beside it; Acct-Session-Id is not known there.
 * NAS-IP-Address must be the primary address of the default VLAN's interface. Event-Timestamp is wanted, within 300 s.
 */
export const extremeExos: RadiusModel = {
  title: 'Extreme EXOS',
  mac: 'upper-dashes',
  identify: [['Calling-Station-Id', 'NAS-Port'], ['Calling-Station-Id']],
  renew: { reauthenticate: null, disconnect: disconnect(5000), bounce: null },
  usual: 'disconnect',
  carries: NOTHING_CARRIED,
  messageAuthenticatorMayBeOff: true,
};
