import { describeConfig, describePage } from '../testing/describe-config.js';
import { packetfencePointSchema } from './config.js';

describeConfig('packetfence', packetfencePointSchema, import.meta.url);
describePage('packetfence', packetfencePointSchema);
