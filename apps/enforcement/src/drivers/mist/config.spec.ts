import { describeConfig } from '../http/testing/config-cases.js';
import { mistPointSchema } from './config.js';

describeConfig('mist', mistPointSchema, import.meta.url);
