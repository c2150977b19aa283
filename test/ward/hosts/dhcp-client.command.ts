/** The workstation's DHCP client. Gets an address through the relay, keeps it renewed; runs in the host's namespace. */
import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DhcpKind, decodeAnswer, encodeQuestion, type DhcpAnswer, type DhcpQuestion } from './dhcp-message.js';

const LINK = 'wl-e0';
const mac = readFileSync(`/sys/class/net/${LINK}/address`, 'utf8').trim();
const hostName = process.argv[2] ?? 'host';

function ip(...words: string[]): void {
  execFileSync('ip', words);
}

async function ask(socket: Socket, question: Omit<DhcpQuestion, 'transaction' | 'mac' | 'hostName'>, to: string) {
  const transaction = Math.floor(Math.random() * 2 ** 32);
  const answered = new Promise<DhcpAnswer | undefined>((resolve) => {
    const hear = (message: Buffer): void => {
      const answer = decodeAnswer(message);
      if (answer?.transaction !== transaction) return;
      socket.off('message', hear);
      resolve(answer);
    };
    socket.on('message', hear);
    setTimeout(() => {
      socket.off('message', hear);
      resolve(undefined);
    }, 500);
  });
  socket.send(encodeQuestion({ ...question, transaction, mac, hostName }), 67, to);
  return answered;
}

async function obtain(socket: Socket): Promise<DhcpAnswer> {
  for (;;) {
    const offer = await ask(socket, { kind: DhcpKind.discover }, '255.255.255.255');
    if (offer?.kind !== DhcpKind.offer) continue;
    const request = { kind: DhcpKind.request, requested: offer.address, server: offer.server };
    const given = await ask(socket, request, '255.255.255.255');
    if (given?.kind === DhcpKind.ack) return given;
  }
}

function configure(given: DhcpAnswer): void {
  ip('addr', 'flush', 'dev', LINK, 'scope', 'global');
  ip('addr', 'add', `${given.address}/24`, 'dev', LINK);
  if (given.router) ip('route', 'replace', 'default', 'via', given.router, 'dev', LINK, 'quickack', '1');
}

const socket = createSocket('udp4');
socket.bind(68, '0.0.0.0', () => {
  socket.setBroadcast(true);
  void keep();
});

async function keep(): Promise<void> {
  ip('route', 'add', '255.255.255.255', 'dev', LINK);
  for (let given = await obtain(socket); ;) {
    configure(given);
    for (
      let renewed: DhcpAnswer | undefined = given;
      renewed?.kind === DhcpKind.offer || renewed?.kind === DhcpKind.ack;
    ) {
      await sleep((given.lease * 1000) / 2);
      renewed = await ask(socket, { kind: DhcpKind.request, client: given.address }, given.server);
    }
    given = await obtain(socket);
  }
}
