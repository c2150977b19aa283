export { createDataSource, dedicatedConnection } from './data-source.store.js';
export { findDrift } from './drift.store.js';
export { migrate, type MigrateRequest } from './migrate.command.js';
export { roleOf, type DataSourceRequest, type EntityClass, type MigrationClass, type Storage } from './options.js';
export { StorageModule, type StorageModuleOptions } from './storage.module.js';
export { inTransaction } from './transaction.store.js';
export { isConnectionLost, isTransient } from './transient.js';
