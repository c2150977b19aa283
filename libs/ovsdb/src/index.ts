export { OVSDB_ERROR, OvsdbError, type OvsdbErrorCode, type OvsdbRetry } from './errors.js';
export type { Condition, MonitoredTables, Mutation, Operation, OperationResult, TableUpdates } from './messages.js';
export { OvsdbClient, type OvsdbMonitor, type OvsdbOptions } from './ovsdb.client.js';
export { parseRemote } from './remote.js';
export * from './values.js';
