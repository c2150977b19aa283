import { describeConfig, describePage } from '../testing/describe-config.js';
import { forescoutPointSchema } from './config.js';

describeConfig('forescout', forescoutPointSchema, import.meta.url);
describePage('forescout', forescoutPointSchema);
