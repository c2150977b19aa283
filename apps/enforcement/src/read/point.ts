import type { Driver, DriverError, PointReading } from '#driver';

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
  /** null: the point has no quarantine VLAN, so that only `filter` is possible there. */
  quarantineVlan: number | null;
  vlans: readonly HomeVlan[];
}

/** The pure half of a driver: all that planning may use. */
export type Compiler = Pick<Driver, 'profile' | 'compile' | 'undo'>;

/** An enforcement point as planning sees it. */
export interface PlanningPoint {
  facts: PointFacts;
  driver: Compiler;
}

/** An enforcement point as the loop uses it. */
export interface Point extends PlanningPoint {
  driver: Driver;
}

/** What came of reading each point of interest: a fresh reading, or why there is none. */
export type Readings = ReadonlyMap<string, PointReading | DriverError>;
