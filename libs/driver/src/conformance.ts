export { describeDriver } from './conformance/describe-driver.js';
export { describeEntries } from './conformance/describe-entries.js';
export { FaultProxy } from './conformance/fault-proxy.client.js';
export type {
  DriverFixture,
  EntryFixture,
  Faults,
  Hands,
  JournalEntry,
  Peer,
  PeerFaults,
  PointObserver,
  ProbeFrame,
} from './conformance/fixture.js';
