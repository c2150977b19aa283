/**
 * POST …/locationlogs/search, …/radius_audit_logs/search, …/security_events/search:
 * { fields, query: { op: "and", values: [{ field, op: "equals", value } …] }, sort: ["FIELD ASC|DESC"], limit, cursor }.
 * The published description names other operators and types; the server takes these.
 */
export interface Search {
  fields: readonly string[];
  query: { op: 'and'; values: readonly { field: string; op: 'equals'; value: string }[] };
  sort: readonly string[];
  limit: number;
  cursor: number;
}

export function search(
  fields: readonly string[],
  equals: Readonly<Record<string, string>>,
  sort: string,
  limit: number,
): Search {
  const values = Object.entries(equals).map(([field, value]) => ({ field, op: 'equals' as const, value }));
  return { fields, query: { op: 'and', values }, sort: [sort], limit, cursor: 0 };
}
