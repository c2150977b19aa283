import { disconnect, NOTHING_CARRIED, type RadiusModel } from './model.js';

/** HPE and H3C Comware. Disconnect only: no bounce and no reauthentication is published for it in RADIUS. */
export const comware: RadiusModel = {
  title: 'HPE and H3C Comware',
  mac: 'upper-dashes',
  identify: [['Calling-Station-Id', 'Acct-Session-Id'], ['Calling-Station-Id']],
  renew: { reauthenticate: null, disconnect: disconnect(5000), bounce: null },
  usual: 'disconnect',
  carries: NOTHING_CARRIED,
  messageAuthenticatorMayBeOff: true,
};
