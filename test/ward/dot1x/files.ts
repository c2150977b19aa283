import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Layout } from '../layout.js';
import { MANAGEMENT, gatewayOf } from '../network.js';
import * as configs from './configs.js';
import type { PortAgentPlan } from './port-agent.js';
import { serverConfig, serverUsers, type ServerAdditions } from './server-config.js';

/** Writes what the three programs and the port agent read. */
export async function writeDot1x(layout: Layout, additions?: ServerAdditions): Promise<void> {
  const { dir, raddb, secrets: files } = layout.radius;
  const secret = (): string => randomBytes(16).toString('hex');
  const secrets = { authentication: secret(), dynamicAuthorization: secret(), client: secret() };
  const texts: [string, string][] = [
    [files.authentication, `${secrets.authentication}\n`],
    [files.dynamicAuthorization, `${secrets.dynamicAuthorization}\n`],
    [files.client, `${secrets.client}\n`],
    [join(dir, 'hostapd.vlan'), configs.hostapdVlans()],
    ...Object.values(configs.DOT1X_PORTS).flatMap((port): [string, string][] => [
      [hostapdFile(layout, port), configs.hostapdConfig(layout, port, secrets)],
      [supplicantFile(layout, port), configs.supplicantConfig(layout, port)],
    ]),
    [join(raddb, 'radiusd.conf'), serverConfig(layout, secrets, additions)],
    [join(raddb, 'users'), serverUsers()],
    ...Object.entries(additions?.files ?? {}).map(([path, text]): [string, string] => [join(raddb, path), text]),
  ];
  await Promise.all(texts.map(([path]) => mkdir(dirname(path), { recursive: true })));
  await Promise.all(texts.map(([path, text]) => writeFile(path, text, { mode: 0o600 })));
  await writeFile(actionFile(layout), '#!/bin/sh\necho "$@"\n', { mode: 0o700 });
}

export function hostapdFile({ radius }: Layout, { host }: configs.Dot1xPort): string {
  return join(radius.dir, `hostapd-${host}.conf`);
}

export function supplicantFile({ radius }: Layout, { host }: configs.Dot1xPort): string {
  return join(radius.dir, `supplicant-${host}.conf`);
}

export function portAgentPlan(layout: Layout): PortAgentPlan {
  const { hostAddress, switchAddress } = MANAGEMENT;
  return {
    ports: Object.values(configs.DOT1X_PORTS).map(({ mac, link, ofport, vlan, dynamicAuthorization }) => {
      const { ofport: uplink, mac: gateway, address } = gatewayOf(vlan);
      return { mac, link, ofport, dynamicAuthorization, uplink: { ofport: uplink, mac: gateway, address } };
    }),
    address: switchAddress,
    identifier: configs.NAS_IDENTIFIER,
    dynamicAuthorization: { port: configs.RADIUS_PORTS.dynamicAuthorization, client: hostAddress },
    parkVlan: configs.PARK_VLAN,
    hostapd: layout.radius.hostapd,
    actionFile: actionFile(layout),
    bridgeSocket: layout.bridgeSocket,
    ovsdbSocket: layout.ovsdbSocket,
    server: `${hostAddress}:${configs.RADIUS_PORTS.authentication}`,
    secretFile: layout.radius.secrets.authentication,
  };
}

function actionFile({ radius }: Layout): string {
  return join(radius.dir, 'event.sh');
}
