import { describeConfig } from '../http/testing/config-cases.js';
import { clearpassPointSchema } from './config.js';

describeConfig('clearpass', clearpassPointSchema, import.meta.url);
