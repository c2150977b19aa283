/** What every call of curl has in a command that undoes by hand: it says nothing but errors, and verifies the point. */
export function toolOptions(caFile: string | null): string {
  return `-sS --fail-with-body${caFile === null ? '' : ` --cacert ${caFile}`}`;
}
