import { disconnect, NOTHING_CARRIED, type RadiusModel } from './model.js';

/**
 * What every implementation of RFC 5176 for IEEE 802.1X takes, such as hostapd: Disconnect by MAC and session. hostapd
 * 2.10 answers any other attribute with NAK 401, and keeps the ended session for 5 s before it takes the device again.
 */
export const ieee8021x: RadiusModel = {
  title: 'any IEEE 802.1X authenticator',
  mac: 'upper-dashes',
  identify: [['Calling-Station-Id', 'Acct-Session-Id'], ['Calling-Station-Id']],
  renew: { reauthenticate: null, disconnect: disconnect(5200), bounce: null },
  usual: 'disconnect',
  carries: NOTHING_CARRIED,
  messageAuthenticatorMayBeOff: false,
};
