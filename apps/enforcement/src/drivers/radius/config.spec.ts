import { describeConfig, describePage } from '../testing/describe-config.js';
import { radiusPointSchema } from './config.js';

describeConfig('radius', radiusPointSchema, import.meta.url);
describePage('radius', radiusPointSchema);
