import type { PointIsolation } from '#driver';
import type { IsePoint } from './config.js';
import { ANC_BASE, ancBody, formsToTry } from './wire/anc.js';
import { formatMac } from '../mac.js';

/**
 * Takes the assignment away with curl, at the first administration node that does it, and shows what is assigned then.
 * The password goes by a pipe, so that no list of processes shows it.
 */
export function undoCommands(point: IsePoint, { mac }: PointIsolation, policyName: string): string[] {
  const clear = point.ers.nodes.flatMap(({ url, body }) =>
    formsToTry(body, null).map((form) => {
      const json = JSON.stringify(ancBody(form, mac, policyName));
      return curl(point, `-X PUT -H 'Content-Type: application/json' --data '${json}' '${url}${ANC_BASE}/clear'`);
    }),
  );
  const filter = encodeURIComponent(`macAddress.EQ.${formatMac(mac, 'upper-colons')}`);
  const look = point.ers.nodes.map(({ url }) => curl(point, `'${url}${ANC_BASE}?filter=${filter}'`));
  return [clear.join(' || '), look.join(' || ')];
}

function curl({ ers, caFile, timeoutMs }: IsePoint, rest: string): string {
  const seconds = Math.ceil(timeoutMs / 1000);
  const trust = caFile === null ? '' : ` --cacert '${caFile}'`;
  const account = `printf 'user = "${ers.user}:%s"\\n' "$(sed 's/["\\\\]/\\\\&/g' '${ers.passwordFile}')"`;
  return `${account} | curl --config - --fail --silent --show-error --max-time ${seconds}${trust} -H 'Accept: application/json' ${rest}`;
}
