import type { PeerAnswer, PeerRequest } from '../../http/testing/https-peer.client.js';
import { json } from '../../http/testing/stand-in.client.js';

export const PUBSUB_NODE = 'ise-pubsub-1';
export const PUBSUB_PATH = '/pxgrid/ise/pubsub';
export const TOPIC = {
  anc: '/topic/com.cisco.ise.config.anc.status',
  session: '/topic/com.cisco.ise.session',
} as const;

export interface PxgridSettings {
  accountState: 'PENDING' | 'ENABLED' | 'DISABLED';
  /** What this node and a client share; the WebSocket's upgrade wants it. */
  secret: string;
}

/** Answers pxGrid's control plane. `origin` is where the stand-in listens, as `HOST:PORT`. */
export function answerPxgrid(settings: PxgridSettings, origin: string, asked: PeerRequest): PeerAnswer {
  const operation = asked.path.split('/').at(-1);
  if (asked.method !== 'POST') return { status: 405 };
  if (operation === 'AccountActivate') return json(200, { accountState: settings.accountState, version: '2.0.0.13' });
  if (settings.accountState !== 'ENABLED') return { status: 403 };
  const body = JSON.parse(asked.text) as { name?: string; peerNodeName?: string };
  if (operation === 'ServiceLookup') return json(200, { services: servicesOf(body.name ?? '', origin) });
  if (operation === 'AccessSecret' && body.peerNodeName === PUBSUB_NODE) return json(200, { secret: settings.secret });
  return { status: 404 };
}

function servicesOf(name: string, origin: string): unknown[] {
  const pubsub = 'com.cisco.ise.pubsub';
  const rest = `https://${origin}/pxgrid`;
  switch (name) {
    case 'com.cisco.ise.config.anc': {
      const properties = { restBaseUrl: `${rest}/ise/config/anc`, statusTopic: TOPIC.anc, wsPubsubService: pubsub };
      return [{ name, nodeName: 'ise-admin-1', properties }];
    }
    case 'com.cisco.ise.session': {
      const properties = { restBaseUrl: `${rest}/mnt/sd`, sessionTopic: TOPIC.session, wsPubsubService: pubsub };
      return [{ name, nodeName: 'ise-mnt-1', properties }];
    }
    case pubsub:
      return [{ name, nodeName: PUBSUB_NODE, properties: { wsUrl: `wss://${origin}${PUBSUB_PATH}` } }];
    default:
      return [];
  }
}
