import type { Uplink } from './port-flows.js';

/** A port that the agent moves. */
export interface AgentPort {
  /** Who is behind it. */
  mac: string;
  link: string;
  ofport: number;
  /** Where hostapd listens for dynamic authorization of this port's sessions, on the loopback. */
  dynamicAuthorization: number;
  uplink: Uplink;
}

/** What the port agent is told: its ports, and where to find the switch's parts. */
export interface PortAgentPlan {
  ports: AgentPort[];
  /** The switch's own address, by which the RADIUS server knows it. */
  address: string;
  /** NAS-Identifier. */
  identifier: string;
  /** Where the switch takes Disconnect and CoA requests, and from whom. */
  dynamicAuthorization: { port: number; client: string };
  parkVlan: number;
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
export type PortAgentRecord = { at: number; link: string } & (
  | { event: 'ready' }
  | { event: 'authorized'; mac: string; vlan: number; user: string; id: string; rules: number }
  | { event: 'not-applied'; mac: string; vlan: number; user: string; id: string; reason: string }
  | { event: 'parked' | 'asked'; mac: string }
  | { event: 'fault'; reason: string }
);
