export { ConfigError, loadConfig, parseConfig, type ConfigProblem, type Connections } from './load.js';
