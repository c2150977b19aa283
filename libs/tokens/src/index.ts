export * from './token.js';
export { TokenEntity } from './token.entity.js';
export * from './tokens.store.js';
