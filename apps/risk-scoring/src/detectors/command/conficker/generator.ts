/**
 * The rendezvous names of the Conficker worm, variants A and B: 250 a day, the same on every infected machine, from the
 * UTC date alone. Reference: P. Porras, H. Saidi, V. Yegneswaran, "An Analysis of Conficker's Logic and Rendezvous
 * Points", SRI International, 2009. The numbers below are the facts of the two variants; the code is our own.
 *
 * The worm draws from a generator that mixes 64-bit integers with doubles and the x87's sine, so one wrong rounding
 * loses the rest of the day. Hence exact integers (BigInt) and a sine of our own.
 */
interface Variant {
  multiplier: bigint;
  shift: bigint;
  step: bigint;
  addend: number;
  topLevel: readonly string[];
  pickTopLevel(value: number): number;
}

export const VARIANTS = {
  A: {
    multiplier: 0x463da5676n,
    shift: 0xb46a7637n,
    step: 0x64236735n,
    addend: 0.737565675,
    topLevel: ['com', 'net', 'org', 'info', 'biz'],
    pickTopLevel: (value) => (value >>> 0) % 5,
  },
  B: {
    multiplier: 0x352c94565n,
    shift: 0xa3596526n,
    step: 0x53125624n,
    addend: 0.626454564,
    topLevel: ['cc', 'cn', 'ws', 'com', 'net', 'org', 'info', 'biz'],
    pickTopLevel: (value) => value & 7,
  },
} as const satisfies Record<string, Variant>;
export type ConfickerVariant = keyof typeof VARIANTS;

export const NAMES_A_DAY = 250;
export const DAY_MS = 24 * 3600 * 1000;

const WORD = 64;
/** 100 ns ticks from 1601-01-01 (FILETIME) to 1970-01-01, in milliseconds. */
const FILETIME_EPOCH_MS = 11_644_473_600_000n;
const TICKS_A_MS = 10_000n;
const DIVISOR = 0x58028e44000n;

/** The 250 names of a UTC day, in the worm's order. `day`: days since 1970-01-01. */
export function confickerNames(kind: ConfickerVariant, day: number): string[] {
  const variant: Variant = VARIANTS[kind];
  const ticks = (BigInt(day * DAY_MS) + FILETIME_EPOCH_MS) * TICKS_A_MS;
  let state = BigInt.asUintN(WORD, ticks * variant.multiplier) / DIVISOR + variant.shift;
  const draw = (): number => {
    state = nextState(state, variant);
    return Number(BigInt.asIntN(32, state));
  };
  return Array.from({ length: NAMES_A_DAY }, () => {
    const length = (draw() % 4) + 8;
    let label = '';
    for (let i = 0; i < length; i++) label += String.fromCharCode(97 + (Math.abs(draw()) % 26));
    return `${label}.${variant.topLevel[variant.pickTopLevel(draw())]}`;
  });
}

const bits = new DataView(new ArrayBuffer(8));

/** r = ((s·M mod 2^64 + sin s)·s + K)·s + ln s, in doubles; the new state is the bits of r. */
function nextState(state: bigint, { step, addend }: Variant): bigint {
  const s = Number(state);
  const product = Number(BigInt.asUintN(WORD, state * step));
  bits.setFloat64(0, ((product + x87Sine(s)) * s + addend) * s + Math.log(s));
  return bits.getBigUint64(0);
}

/** The x87's π: 66 bits after the point, and not one more, whatever the size of the argument (Intel SDM 1, 8.3.8). */
const PI = 0xc90fdaa22168c234cn;
const PI_BITS = 66n;
const PI_SCALE = 2 ** Number(PI_BITS);

/**
 * The sine of a whole number as the x87 computes it. `Math.sin` reduces by a longer π, which is more exact and
 * therefore wrong here: it loses 4 days of 366.
 */
export function x87Sine(whole: number): number {
  const scaled = BigInt(whole) << PI_BITS;
  const halfTurns = (2n * scaled + PI) / (2n * PI);
  const rest = Number(scaled - halfTurns * PI) / PI_SCALE;
  return halfTurns % 2n === 0n ? Math.sin(rest) : -Math.sin(rest);
}
