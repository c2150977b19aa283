// Objects that the driver reads and writes. Tables are named by their column, so that a cell is column.index.

/** SNMPv2-MIB. */
export const SYS_DESCR = '1.3.6.1.2.1.1.1.0';
/** Hundredths of a second since the agent started; begins again after 497 days. */
export const SYS_UP_TIME = '1.3.6.1.2.1.1.3.0';
/** SNMP-FRAMEWORK-MIB (RFC 3411): counts the agent's starts, and the seconds since the last. */
export const ENGINE_BOOTS = '1.3.6.1.6.3.10.2.1.2.0';
export const ENGINE_TIME = '1.3.6.1.6.3.10.2.1.3.0';

/** IF-MIB, by ifIndex. Administrative and operational state: 1 up, 2 down. */
export const IF_DESCR = '1.3.6.1.2.1.2.2.1.2';
export const IF_TYPE = '1.3.6.1.2.1.2.2.1.3';
export const IF_ADMIN_STATUS = '1.3.6.1.2.1.2.2.1.7';
export const IF_OPER_STATUS = '1.3.6.1.2.1.2.2.1.8';
export const IF_NAME = '1.3.6.1.2.1.31.1.1.1.1';

/** BRIDGE-MIB (RFC 4188). */
export const BASE_PORT_IF_INDEX = '1.3.6.1.2.1.17.1.4.1.2';
export const STP_ROOT_PORT = '1.3.6.1.2.1.17.2.7.0';
/** By six octets of the MAC: the bridge port, and 1 other, 2 invalid, 3 learned, 4 self, 5 management. */
export const FDB_PORT = '1.3.6.1.2.1.17.4.3.1.2';
export const FDB_STATUS = '1.3.6.1.2.1.17.4.3.1.3';

/** Q-BRIDGE-MIB (RFC 4363). Filtering table: by filtering database and MAC. */
export const Q_FDB_PORT = '1.3.6.1.2.1.17.7.1.2.2.1.2';
export const Q_FDB_STATUS = '1.3.6.1.2.1.17.7.1.2.2.1.3';
/** Current VLANs: by time mark and VLAN. */
export const CURRENT_FDB_ID = '1.3.6.1.2.1.17.7.1.4.2.1.3';
export const CURRENT_EGRESS = '1.3.6.1.2.1.17.7.1.4.2.1.4';
export const CURRENT_UNTAGGED = '1.3.6.1.2.1.17.7.1.4.2.1.5';
/** Configured VLANs: by VLAN. */
export const STATIC_NAME = '1.3.6.1.2.1.17.7.1.4.3.1.1';
export const STATIC_EGRESS = '1.3.6.1.2.1.17.7.1.4.3.1.2';
export const STATIC_UNTAGGED = '1.3.6.1.2.1.17.7.1.4.3.1.4';
/** By bridge port. */
export const PVID = '1.3.6.1.2.1.17.7.1.4.5.1.1';

/** IEEE8023-LAG-MIB, by ifIndex: the aggregate that a port is attached to, 0 or itself where to none. */
export const LAG_ATTACHED = '1.2.840.10006.300.43.1.2.1.1.13';

/** LLDP-MIB (IEEE 802.1AB-2005). Local ports by their LLDP number; neighbours by time mark, local port and a number. */
export const LLDP_LOCAL_ID = '1.0.8802.1.1.2.1.3.7.1.3';
export const LLDP_LOCAL_DESCR = '1.0.8802.1.1.2.1.3.7.1.4';
export const LLDP_REMOTE_CHASSIS = '1.0.8802.1.1.2.1.4.1.1.5';
export const LLDP_REMOTE_NAME = '1.0.8802.1.1.2.1.4.1.1.9';
/** BITS: other, repeater, bridge, access point, router, telephone, cable modem, station. */
export const LLDP_REMOTE_CAPABILITIES = '1.0.8802.1.1.2.1.4.1.1.12';

/** CISCO-CDP-MIB, by ifIndex and a number. Bits of the last octet: 1 router, 2 bridge, 8 switch, 128 telephone. */
export const CDP_NAME = '1.3.6.1.4.1.9.9.23.1.2.1.1.6';
export const CDP_CAPABILITIES = '1.3.6.1.4.1.9.9.23.1.2.1.1.9';
/** CISCO-VLAN-MEMBERSHIP-MIB, by ifIndex: the VLAN of an access port, and its voice VLAN (4096 where none). */
export const VM_VLAN = '1.3.6.1.4.1.9.9.68.1.2.2.1.2';
export const VM_VOICE_VLAN = '1.3.6.1.4.1.9.9.68.1.5.1.1.1';
/** CISCO-VTP-MIB: VLANs by domain and VLAN (1 operational), trunks by ifIndex (1 trunking, 2 not). */
export const VTP_VLAN_STATE = '1.3.6.1.4.1.9.9.46.1.3.1.1.2';
export const VTP_TRUNK_STATUS = '1.3.6.1.4.1.9.9.46.1.6.1.1.14';

/** HUAWEI-L2IF-MIB, by a number of its own: type (1 trunk, 2 access, 3 hybrid …) and the ifIndex. */
export const HUAWEI_L2_IF_INDEX = '1.3.6.1.4.1.2011.5.25.42.1.1.1.3.1.2';
export const HUAWEI_L2_TYPE = '1.3.6.1.4.1.2011.5.25.42.1.1.1.3.1.3';
/** HH3C-LswINF-MIB, by ifIndex: 1 trunk, 2 access, 3 hybrid. */
export const COMWARE_VLAN_TYPE = '1.3.6.1.4.1.25506.8.35.1.1.1.5';

/** IEEE8021-PAE-MIB: whether 802.1X is on (1), and by ifIndex whether it controls the port (2 auto). */
export const DOT1X_ENABLED = '1.0.8802.1.1.1.1.1.1.0';
export const DOT1X_PORT_CONTROL = '1.0.8802.1.1.1.1.2.1.1.6';
