// End-to-end tests: the ward, the four services as processes, a real PostgreSQL and a real Kafka.
import base from './jest.config.js';
export default {
  ...base,
  testMatch: ['**/*.e2e.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  maxWorkers: 1,
  testTimeout: 180000,
};
