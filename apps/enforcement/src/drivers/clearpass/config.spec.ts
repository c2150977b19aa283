import { describeConfig, describePage } from '../testing/describe-config.js';
import { clearpassPointSchema } from './config.js';

describeConfig('clearpass', clearpassPointSchema, import.meta.url);
describePage('clearpass', clearpassPointSchema);
