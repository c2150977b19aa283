import { describeConfig, describePage } from '../testing/describe-config.js';
import { mistPointSchema } from './config.js';

describeConfig('mist', mistPointSchema, import.meta.url);
describePage('mist', mistPointSchema);
