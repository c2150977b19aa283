import { aosCxSessions } from './aos-cx.js';
import { ciscoSessions } from './cisco.js';
import { dellSessions } from './dell.js';
import { huaweiSessions } from './huawei.js';
import { procurveSessions } from './procurve.js';
import type { SessionTableFormat } from './row.js';

/** Whose table of authentication sessions a switch has. */
export const SESSION_TABLES = ['cisco', 'procurve', 'aos-cx', 'huawei', 'dell'] as const;
export type SessionTableKind = (typeof SESSION_TABLES)[number];

export const sessionFormats: Record<SessionTableKind, SessionTableFormat> = {
  cisco: ciscoSessions,
  procurve: procurveSessions,
  'aos-cx': aosCxSessions,
  huawei: huaweiSessions,
  dell: dellSessions,
};
