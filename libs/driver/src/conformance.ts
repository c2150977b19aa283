export { describeDriver } from './conformance/describe-driver.js';
export { FaultProxy } from './conformance/fault-proxy.client.js';
export type {
  ConformanceFixture,
  Faults,
  Hands,
  JournalEntry,
  PointObserver,
  ProbeFrame,
} from './conformance/fixture.js';
