export { ConfigError, fromEnvironment, loadConfig, parseConfig, type ConfigProblem, type Connections } from './load.js';
