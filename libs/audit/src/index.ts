export * from './chain.js';
export { verifyAudit, type Query } from './verify-audit.store.js';
