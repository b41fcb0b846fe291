import type { SampleId } from '../../lib/brand.ts';

/** Most numbers that are kept: 256 MB, 65,000 faces of MobileFaceNet's 2 x 512 features. */
const MOST_NUMBERS = 67_108_864;

/**
 * Features of faces and of their mirror images, computed before a run or by an earlier one. They are those of one frozen
 * network on one backend: of another, it starts empty.
 */
export class FeatureCache {
  private source = '';
  private numbers = 0;
  private readonly rows = new Map<SampleId, Float32Array>();
  private readonly mostNumbers: number;

  constructor(mostNumbers = MOST_NUMBERS) {
    this.mostNumbers = mostNumbers;
  }

  /** @param source whatever the features depend on besides the face, as text */
  of(source: string): this {
    if (source !== this.source) this.clear();
    this.source = source;
    return this;
  }

  get size(): number {
    return this.rows.size;
  }

  /** [2 * featureSize]: of the face, then of its mirror image. */
  get(id: SampleId): Float32Array | undefined {
    return this.rows.get(id);
  }

  /** Keeps a copy, as long as there is room. */
  set(id: SampleId, row: Float32Array): void {
    if (this.rows.has(id) || this.numbers + row.length > this.mostNumbers) return;
    this.rows.set(id, row.slice());
    this.numbers += row.length;
  }

  /** Drops the faces that are not among these. */
  retain(ids: ReadonlySet<SampleId>): void {
    for (const [id, row] of this.rows) {
      if (ids.has(id)) continue;
      this.rows.delete(id);
      this.numbers -= row.length;
    }
  }

  private clear(): void {
    this.rows.clear();
    this.numbers = 0;
  }
}
