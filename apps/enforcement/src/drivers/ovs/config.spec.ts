import { describeConfig } from '../testing/describe-config.js';
import { ovsPointSchema } from './config.js';

describeConfig('ovs', ovsPointSchema, import.meta.url);
