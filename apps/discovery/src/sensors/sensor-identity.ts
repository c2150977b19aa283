/** What every observation says of the sensor that told it. */
export interface SensorIdentity {
  id: string;
  kind: string;
  trustDomain: string;
  /** How we know that it is the sensor that speaks; null: we don't. */
  authenticatedBy: string | null;
}
