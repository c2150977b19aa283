import { migrate } from '#storage';
import { storage } from './data-source.js';

await migrate(storage);
