import { disconnect, type RadiusModel } from './model.js';

/**
 * FortiSwitch. The interface that hears us needs `set allowaccess radius-acct`. A bounce holds the port down for 10 s.
 * The VLAN in a CoA is taken from FortiSwitchOS 7.2 on.
 */
export const fortiswitch: RadiusModel = {
  title: 'FortiSwitch',
  mac: 'upper-dashes',
  identify: [['Calling-Station-Id', 'Acct-Session-Id'], ['Calling-Station-Id']],
  renew: {
    reauthenticate: { request: 'coa', attributes: [['Fortinet-Host-Port-AVPair', 'action=reauth-port']], gap: 1000 },
    disconnect: disconnect(5000),
    bounce: { request: 'coa', attributes: [['Fortinet-Host-Port-AVPair', 'action=bounce-port']], gap: 'link' },
  },
  usual: 'reauthenticate',
  carries: { vlan: true, filter: null, filterIsRole: false },
  messageAuthenticatorMayBeOff: false,
};
