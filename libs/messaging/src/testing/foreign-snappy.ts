import kafkajs from 'kafkajs';

/**
 * Lets the test's producer send snappy as a foreign client would, while reading it stays as impossible as in the
 * product. The bytes are snappy's framing of the Java library with literals only.
 * https://github.com/google/snappy/blob/main/format_description.txt
 */
export function registerForeignSnappy(): number {
  const { CompressionCodecs, CompressionTypes, KafkaJSNonRetriableError } = kafkajs;
  const original = (CompressionCodecs as Record<number, () => unknown>)[CompressionTypes.Snappy] as () => unknown;
  (CompressionCodecs as Record<number, () => unknown>)[CompressionTypes.Snappy] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => frame(buffer),
    decompress: async () => {
      original(); // throws what kafkajs throws
      throw new KafkaJSNonRetriableError('not reached');
    },
  });
  return CompressionTypes.Snappy;
}

function frame(plain: Buffer): Buffer {
  const head = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  const blocks: Buffer[] = [head];
  for (let at = 0; at < plain.length; at += 32_768) {
    const block = literal(plain.subarray(at, at + 32_768));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    blocks.push(length, block);
  }
  return Buffer.concat(blocks);
}

/** The block's length as a varint, then one literal with a length of two bytes. */
function literal(plain: Buffer): Buffer {
  const varint: number[] = [];
  let rest = plain.length;
  for (; rest >= 0x80; rest >>>= 7) varint.push((rest & 0x7f) | 0x80);
  varint.push(rest);
  const tag = Buffer.from([61 << 2, (plain.length - 1) & 0xff, (plain.length - 1) >> 8]);
  return Buffer.concat([Buffer.from(varint), tag, plain]);
}
