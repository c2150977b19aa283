import { createSocket, type RemoteInfo } from 'node:dgram';
import { attributeOf } from './attribute.js';
import type { AgentPort, PortAgentPlan } from './port-agent.js';

const CALLING_STATION_ID = 31;
/** An answer comes at once or not at all. */
const FORGOTTEN_MS = 10_000;

/**
 * A switch takes Disconnect and CoA requests at one address, whichever port the session is at; hostapd serves one port a
 * process. So the switch's part of it is done here: each request goes, octet by octet, to the hostapd of the port that its
 * Calling-Station-Id is behind (or to the first, which knows no such session), and the answer goes back.
 */
export async function passOn({ address, dynamicAuthorization, ports }: PortAgentPlan): Promise<void> {
  const outside = createSocket('udp4');
  outside.on('message', (request, from) => {
    if (from.address !== dynamicAuthorization.client) return;
    const port = portOf(ports, attributeOf(request, CALLING_STATION_ID)?.toString() ?? '');
    if (port) ask(port.dynamicAuthorization, request, (answer) => outside.send(answer, from.port, from.address));
  });
  await new Promise<void>((resolve) => outside.bind(dynamicAuthorization.port, address, resolve));
}

function portOf(ports: readonly AgentPort[], station: string): AgentPort | undefined {
  const digits = (text: string): string => text.toLowerCase().replace(/[^0-9a-f]/g, '');
  return ports.find(({ mac }) => digits(mac) === digits(station)) ?? ports[0];
}

function ask(port: number, request: Buffer, answered: (answer: Buffer, from: RemoteInfo) => void): void {
  const inside = createSocket('udp4');
  const forget = setTimeout(() => inside.close(), FORGOTTEN_MS);
  inside.once('message', (answer, from) => {
    clearTimeout(forget);
    answered(answer, from);
    inside.close();
  });
  inside.send(request, port, '127.0.0.1');
}
