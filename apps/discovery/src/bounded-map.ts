/** A map that forgets its oldest entry when it is full, so that memory never grows with what others send. */
export class BoundedMap<K, V> {
  private readonly entries = new Map<K, V>();
  /** Entries that were forgotten for want of room. */
  evicted = 0;

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: K): V | undefined {
    return this.entries.get(key);
  }

  has(key: K): boolean {
    return this.entries.has(key);
  }

  /** Puts the entry last, so that the first one is the one set longest ago. Returns what had to go. */
  set(key: K, value: V): V | undefined {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size <= this.capacity) return undefined;
    const [oldest] = this.entries;
    if (!oldest) return undefined;
    this.entries.delete(oldest[0]);
    this.evicted += 1;
    return oldest[1];
  }

  delete(key: K): boolean {
    return this.entries.delete(key);
  }

  /** Takes entries from the oldest on, as long as `over` holds. */
  takeWhile(over: (value: V) => boolean): V[] {
    const taken: V[] = [];
    for (const [key, value] of this.entries) {
      if (!over(value)) break;
      this.entries.delete(key);
      taken.push(value);
    }
    return taken;
  }

  /** The entries for which the condition holds, as they are now. */
  entriesWhere(condition: (value: V) => boolean): [K, V][] {
    return [...this.entries].filter(([, value]) => condition(value));
  }
}
