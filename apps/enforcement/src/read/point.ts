import type { Driver, DriverError, DriverProfile, PointReading } from '#driver';

/** Who routes for a VLAN at a point, and the point's port that it is behind. */
export interface Gateway {
  address: string;
  mac: string;
  port: string;
}

export interface HomeVlan {
  vlan: number;
  /** CIDR, such as `10.10.0.0/24`. */
  subnet: string;
  gateway: Gateway;
}

/** What the configuration says of a point and its driver doesn't know. */
export interface PointFacts {
  id: string;
  /** The switches that it serves, as discovery names them; a switch's own point has the switch's id. */
  switches: readonly string[];
  /** The point that holds what is assigned to a MAC, where this one only makes sessions take it; null: none. */
  policyPoint: string | null;
  /** null: the point has no quarantine VLAN, so that only `filter` is possible there. */
  quarantineVlan: number | null;
  /** How devices leave each VLAN; none for a point that filters and does not forward. */
  vlans: readonly HomeVlan[];
}

/** The pure half of a driver: all that planning may use. */
export type Compiler = Pick<Driver, 'compile' | 'undo'>;

/** An enforcement point as planning sees it. */
export interface PlanningPoint {
  facts: PointFacts;
  /** The driver's, or what a drill of this point has shown. */
  profile: DriverProfile;
  driver: Compiler;
}

/** An enforcement point as the loop uses it. */
export interface Point extends PlanningPoint {
  driver: Driver;
}

/** What came of reading each point of interest: a fresh reading, or why there is none. */
export type Readings = ReadonlyMap<string, PointReading | DriverError>;
