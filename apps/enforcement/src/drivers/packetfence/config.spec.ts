import { describeConfig } from '../http/testing/config-cases.js';
import { packetfencePointSchema } from './config.js';

describeConfig('packetfence', packetfencePointSchema, import.meta.url);
