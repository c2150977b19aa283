import { BoundedMap } from '../../bounded-map.js';

/** What a record of options says that later flow records are to be read by. */
export interface ExporterFacts {
  samplerId: number | null;
  sampledOneIn: number | null;
  interfaceName: { index: number; name: string } | null;
  /** When the exporter started, in milliseconds since 1970. */
  systemInit: number | null;
}

/** What is known of one observation domain. */
export interface KnownOptions {
  systemInit: number | null;
  /**
   * Of a record that names this sampler, or none. 1: nothing was left out. Null: a sampler is named whose rate nobody
   * has told yet; the record counts for no one knows how many frames.
   */
  sampledOneIn(samplerId: number | null): number | null;
}

export const MAX_SAMPLERS = 16_384;
export const MAX_INTERFACES = 65_536;
export const MAX_STARTS = 4096;
/** A rate that is told without a sampler is the domain's. */
const ANY_SAMPLER = '';

/** Keeps what exporters tell about themselves in records of options. What is told longest ago is forgotten first. */
export class ExporterOptions {
  private readonly rates = new BoundedMap<string, number>(MAX_SAMPLERS);
  private readonly names = new BoundedMap<string, string>(MAX_INTERFACES);
  private readonly starts = new BoundedMap<string, number>(MAX_STARTS);

  get size(): number {
    return this.rates.size + this.names.size + this.starts.size;
  }

  note(exporter: string, domain: number, facts: ExporterFacts): void {
    const stream = `${exporter}|${domain}`;
    const { samplerId, sampledOneIn, interfaceName, systemInit } = facts;
    if (sampledOneIn !== null) this.rates.set(`${stream}|${samplerId ?? ANY_SAMPLER}`, sampledOneIn);
    if (interfaceName) this.names.set(`${stream}|${interfaceName.index}`, interfaceName.name);
    if (systemInit !== null) this.starts.set(stream, systemInit);
  }

  of(exporter: string, domain: number): KnownOptions {
    const stream = `${exporter}|${domain}`;
    return {
      systemInit: this.starts.get(stream) ?? null,
      sampledOneIn: (samplerId) => this.rateOf(stream, samplerId),
    };
  }

  interfaceName(exporter: string, domain: number, index: number): string | null {
    return this.names.get(`${exporter}|${domain}|${index}`) ?? null;
  }

  private rateOf(stream: string, samplerId: number | null): number | null {
    const ofDomain = this.rates.get(`${stream}|${ANY_SAMPLER}`);
    if (samplerId === null) return ofDomain ?? 1;
    // Sampler 0 stands for none where no options say otherwise.
    return this.rates.get(`${stream}|${samplerId}`) ?? ofDomain ?? (samplerId === 0 ? 1 : null);
  }
}
