import { describeConfig } from '../http/testing/config-cases.js';
import { forescoutPointSchema } from './config.js';

describeConfig('forescout', forescoutPointSchema, import.meta.url);
