import type { Uplink } from './port-flows.js';

/** What the port agent is told: one port of the switch, and where to find the switch's parts. */
export interface PortAgentPlan {
  link: string;
  ofport: number;
  /** The switch's own address, by which the RADIUS server knows it. */
  address: string;
  /** NAS-Identifier. */
  identifier: string;
  parkVlan: number;
  uplink: Uplink;
  /** hostapd's folder of control sockets. */
  hostapd: string;
  /** Program that hostapd_cli runs for each event. */
  actionFile: string;
  bridgeSocket: string;
  ovsdbSocket: string;
  /** `address:port` of the RADIUS server. */
  server: string;
  secretFile: string;
}

/** A line of the agent's journal. `at` in ms since 1970. */
export type PortAgentRecord = { at: number } & (
  | { event: 'ready' }
  | { event: 'authorized'; mac: string; vlan: number; user: string; id: string; rules: number }
  | { event: 'not-applied'; mac: string; vlan: number; user: string; id: string; reason: string }
  | { event: 'parked' | 'asked'; mac: string }
  | { event: 'fault'; reason: string }
);
