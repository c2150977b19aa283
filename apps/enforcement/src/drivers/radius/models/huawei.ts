import { disconnect, type RadiusModel } from './model.js';

/**
 * Huawei S-series. HW-Ext-Specific commands: 1 authenticates again, 2 bounces the port (switched off there by
 * `radius-server authorization hw-ext-specific command bounce-port disable`). Filter-Id names a user group or list.
 */
export const huawei: RadiusModel = {
  title: 'Huawei S-series',
  mac: 'upper-dashes',
  identify: [['Calling-Station-Id', 'Acct-Session-Id'], ['Calling-Station-Id']],
  renew: {
    reauthenticate: { request: 'coa', attributes: [['Huawei-Ext-Specific', 'user-command=1']], gap: 1000 },
    disconnect: disconnect(5000),
    bounce: { request: 'coa', attributes: [['Huawei-Ext-Specific', 'user-command=2']], gap: 'link' },
  },
  usual: 'reauthenticate',
  carries: { vlan: false, filter: 'Filter-Id', filterIsRole: false },
  messageAuthenticatorMayBeOff: true,
};
