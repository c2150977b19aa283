import { arubaAosCx, arubaAosS } from './aruba.js';
import { ciscoIosXe } from './cisco-ios-xe.js';
import { comware } from './comware.js';
import { extremeExos } from './extreme-exos.js';
import { fortiswitch } from './fortiswitch.js';
import { huawei } from './huawei.js';
import { ieee8021x } from './ieee8021x.js';
import { juniperEx } from './juniper-ex.js';
import type { RadiusModel } from './model.js';

/** Every family of switches that is known, by the name that a point's configuration gives. */
export const MODELS = {
  'cisco-ios-xe': ciscoIosXe,
  'aruba-aos-cx': arubaAosCx,
  'aruba-aos-s': arubaAosS,
  'juniper-ex': juniperEx,
  'extreme-exos': extremeExos,
  comware,
  fortiswitch,
  huawei,
  ieee8021x,
} as const satisfies Record<string, RadiusModel>;

export type ModelName = keyof typeof MODELS;
export const MODEL_NAMES = Object.keys(MODELS) as [ModelName, ...ModelName[]];
