import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Layout } from '../layout.js';
import { HOSTS, MANAGEMENT, gatewayOf } from '../network.js';
import * as configs from './configs.js';
import type { PortAgentPlan } from './port-agent.js';

/** Writes what the three programs and the port agent read. */
export async function writeDot1x(layout: Layout, additions?: configs.ServerAdditions): Promise<void> {
  const { dir, raddb, secrets: files } = layout.radius;
  const secret = (): string => randomBytes(16).toString('hex');
  const secrets = { authentication: secret(), dynamicAuthorization: secret(), client: secret() };
  const texts: [string, string][] = [
    [files.authentication, `${secrets.authentication}\n`],
    [files.dynamicAuthorization, `${secrets.dynamicAuthorization}\n`],
    [files.client, `${secrets.client}\n`],
    [join(dir, 'hostapd.conf'), configs.hostapdConfig(layout, secrets)],
    [join(dir, 'hostapd.vlan'), configs.hostapdVlans()],
    [join(dir, 'supplicant.conf'), configs.supplicantConfig(layout)],
    [join(raddb, 'radiusd.conf'), configs.serverConfig(layout, secrets, additions)],
    [join(raddb, 'users'), configs.serverUsers()],
    ...Object.entries(additions?.files ?? {}).map(([path, text]): [string, string] => [join(raddb, path), text]),
  ];
  await Promise.all(texts.map(([path]) => mkdir(dirname(path), { recursive: true })));
  await Promise.all(texts.map(([path, text]) => writeFile(path, text, { mode: 0o600 })));
  await writeFile(actionFile(layout), '#!/bin/sh\necho "$@"\n', { mode: 0o700 });
}

export function portAgentPlan(layout: Layout): PortAgentPlan {
  const { ofport, mac, address } = gatewayOf(HOSTS.mri.vlan);
  const { hostAddress, switchAddress } = MANAGEMENT;
  return {
    link: HOSTS.mri.port,
    ofport: HOSTS.mri.ofport,
    address: switchAddress,
    identifier: configs.NAS_IDENTIFIER,
    parkVlan: configs.PARK_VLAN,
    uplink: { ofport, mac, address },
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
