import { describeConfig, describePage } from '../testing/describe-config.js';
import { radiusPolicyPointSchema } from './config.js';

describeConfig('radius-policy', radiusPolicyPointSchema, import.meta.url);
describePage('radius-policy', radiusPolicyPointSchema);
