export * from './errors.js';
export * from './port.js';
export * from './profile.js';
export * from './secret.store.js';
