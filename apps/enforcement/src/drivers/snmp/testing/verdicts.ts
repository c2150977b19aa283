/**
 * What the driver would do with each recorded switch, if the first device on each port were to be moved: how the switch
 * would be configured, whether its port lists can be understood, how many ports would be moved and by how many changes, and
 * why the others are refused.
 */
export const VERDICTS: Record<string, string> = {
  'arista-dcs-7150s-52-cl':
    'qbridge, lists standard: 3 infrastructure, 16 moved by 5, 4 no-vlan, 17 not-member, 14 silent',
  'arubaos-cx_6300m': 'no model, lists none: 38 no-vlan',
  'arubaos-cx_8360': 'qbridge-pvid-only, lists none: 3 infrastructure, 11 no-vlan',
  'arubaos-cx_nac': 'no model, lists none: no bridged port',
  boss_ers4950: 'qbridge-pvid-only, lists none: 3 infrastructure, 47 no-such-vlan',
  'brocade-icx6430-24': 'no model, lists neither: 28 unclear-lists',
  'cisco-c3560': 'cisco-vmvlan, lists none: 49 macs-unknown',
  'cisco-c3750': 'no model, lists none: 12 no-vlan',
  'cisco-n5000': 'cisco-vmvlan, lists none: 24 infrastructure, 20 macs-unknown',
  'cisco-unknown-01': 'cisco-vmvlan, lists none: 53 macs-unknown, 32 no-vlan',
  ciscosb_cbs350: 'no model, lists neither: 15 infrastructure, 21 unclear-lists',
  comware_a5500: 'qbridge, lists standard: 14 infrastructure, 8 moved by 5, 6 silent',
  'cumulus_edgecore-as4610-54p': 'qbridge-pvid-only, lists none: 48 infrastructure, 1 several-devices',
  'dcs-3726c': 'qbridge, lists standard: 1 infrastructure, 23 silent',
  'dell-sonic': 'no model, lists neither: 48 no-vlan, 5 unclear-lists',
  'dlink-des3038': 'qbridge, lists mirrored: 2 infrastructure, 5 moved by 5, 5 several-devices, 16 silent',
  'fortiswitch_148f-fpoe': 'qbridge-pvid-only, lists none: 5 infrastructure, 45 no-such-vlan',
  'h3c-comware-7-1-075': 'qbridge-pvid-only, lists none: 2 infrastructure, 76 no-vlan, 1 several-devices, 2 silent',
  'h3c-e528-2': 'qbridge, lists standard: 1 infrastructure, 27 silent',
  'hpe-procurve-516733-b21': 'qbridge, lists standard: 12 infrastructure, 2 moved by 5, 10 silent',
  'huawei-s5720': 'qbridge-pvid-only, lists none: 32 no-such-vlan',
  ios_2960x: 'cisco-vmvlan, lists none: 115 no-such-vlan, 16 no-vlan',
  ios_c3560: 'cisco-vmvlan, lists none: 1 infrastructure, 43 macs-unknown',
  ios_nac: 'cisco-vmvlan, lists none: 6 no-such-vlan',
  iosxe_c3850: 'cisco-vmvlan, lists none: 5 infrastructure, 11 no-vlan, 93 silent',
  iosxe_c9300: 'no model, lists none: 62 no-vlan',
  iosxe_c9400: 'cisco-vmvlan, lists none: 116 no-such-vlan',
  'juniper-mx960-12-3r6-6': 'qbridge-pvid-only, lists none: no bridged port',
  junos_ex4600mp: 'no model, lists neither: 369 no-vlan, 16 unclear-lists',
  'powerconnect_n2048-nac': 'no model, lists none: no bridged port',
  procurve_2520: 'qbridge-pvid-only, lists standard: 13 infrastructure, 3 moved by 1, 12 silent',
  procurve_nac: 'no model, lists none: no bridged port',
  'ruijie-s5750-24gt12sfp': 'qbridge, lists standard: 17 infrastructure, 4 no-vlan, 1 silent',
  voss_8404c: 'no model, lists neither: 42 no-vlan',
  vrp_5720: 'qbridge-pvid-only, lists standard: 47 infrastructure, 1 silent',
  vrp_nac: 'no model, lists none: no bridged port',
};
