import { EveReader } from '../eve/eve-line.js';
import { ZeekReader } from '../zeek/zeek-line.js';
import type { LineReader } from './line-fact.js';

const MUTATIONS = 20_000;
const HANG_MS = 50;

const ENDS = '"id.orig_h":"10.10.0.11","id.orig_p":50112,"id.resp_h":"fe80::1","id.resp_p":53';
const EVE = '"flow_id":1374195536821504,"src_ip":"10.10.0.11","src_port":5,"dest_ip":"10.20.0.53","dest_port":53';
const STAMP = '"timestamp":"2026-01-05T09:02:00.000000+0100"';
const ZEEK_LINES = [
  '#separator \\x09',
  '#set_separator\t,',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state',
  '1600000000.5\tC\\x09a\t10.10.0.11\t50112\t10.20.0.10\t445\ttcp\tS0',
  `{"_path":"conn","ts":1600000000.5,${ENDS},"proto":"tcp","conn_state":"REJ"}`,
  `{"_path":"dns","ts":1600000000.5,${ENDS},"proto":"udp","query":"a.example","rcode_name":"NXDOMAIN"}`,
  '{"_path":"dhcp","ts":1600000000,"mac":"08:00:06:10:00:11","assigned_addr":"10.30.0.2","msg_types":["ACK"]}',
  '{"_path":"notice","ts":1600000000,"note":"Scan::Port_Scan","src":"10.10.0.11","msg":"x"}',
];
const EVE_LINES = [
  `{${STAMP},${EVE},"event_type":"flow","proto":"TCP","flow":{"start":"2026-01-05T09:02:00Z"},"tcp":{"tcp_flags_ts":"02"}}`,
  `{${STAMP},${EVE},"event_type":"dns","proto":"UDP","dns":{"type":"query","id":7,"rrname":"a.example","rrtype":"A"}}`,
  `{${STAMP},${EVE},"event_type":"alert","proto":"TCP","alert":{"signature_id":1,"severity":1,"signature":"x"}}`,
  `{${STAMP},${EVE},"event_type":"dhcp","proto":"UDP","dhcp":{"type":"reply","dhcp_type":"ack","client_mac":"08:00:06:10:00:11"}}`,
];

/** The same numbers each time (Numerical Recipes' generator): a mutation that fails can be made again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutated(line: string, other: string, draw: (below: number) => number): string {
  let text = line;
  for (let count = 1 + draw(3); count > 0; count -= 1) {
    const at = draw(text.length + 1);
    const length = draw(12);
    switch (draw(5)) {
      case 0:
        text = text.slice(0, at) + String.fromCharCode(draw(256)) + text.slice(at + 1);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(at + length);
        break;
      case 2:
        text = text.slice(0, at) + text.slice(Math.max(0, at - length)).repeat(1 + draw(3));
        break;
      case 3:
        text = text.slice(0, at) + other.slice(draw(other.length));
        break;
      default:
        text =
          text.slice(0, at) +
          ['[[[[[', '{"a":', '\\x', '-1e999', '"\\u0000', '9'.repeat(400)][draw(6)] +
          text.slice(at);
    }
  }
  return text.slice(0, 20_000);
}

function timed(reader: LineReader, line: string): { kind: string; ms: number } {
  const start = performance.now();
  const { kind } = reader.take(line);
  return { kind, ms: performance.now() - start };
}

function slowest(reader: LineReader, lines: readonly string[]): { slowest: number; kinds: Record<string, number> } {
  const draw = numbers(20_090_401);
  const pick = (): string => lines[draw(lines.length)] ?? '';
  const kinds: Record<string, number> = {};
  let longest = 0;
  for (let count = 0; count < MUTATIONS; count += 1) {
    const line = mutated(pick(), pick(), draw);
    const { kind, ms } = timed(reader, line);
    // Slow twice is slow: once may have been another program's turn.
    longest = Math.max(longest, ms > HANG_MS ? timed(reader, line).ms : ms);
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return { slowest: longest, kinds };
}

it.each([
  ['Zeek', new ZeekReader(null), ZEEK_LINES],
  ['EVE', new EveReader(), EVE_LINES],
])('of %s, 20,000 damaged lines are each taken, left out or refused, none slowly', (_, reader, lines) => {
  const { slowest: longest, kinds } = slowest(reader, lines);
  expect(Object.keys(kinds).sort()).toEqual(['left-out', 'refused', 'taken']);
  expect(Object.values(kinds).reduce((sum, count) => sum + count, 0)).toBe(MUTATIONS);
  expect(longest).toBeLessThan(HANG_MS);
});
