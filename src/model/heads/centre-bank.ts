import * as tf from '@tensorflow/tfjs-core';
import { numbersInPlace } from '../../engine/ops/in-place.ts';
import { assert, present } from '../../lib/assert.ts';
import type { Random } from '../../lib/random.ts';
import { nearestSubCentre } from '../margins/shared/sub-centres.ts';
import { type Centres, cosines } from './centres.ts';

/** Classes that embeddings are compared with at once when all are. */
const COMPARED = 8192;

export interface BankSizes {
  /** D */
  readonly dimension: number;
  /** S, centres per class. */
  readonly subCentres: number;
  /** Classes of one step: at most K, and at least the classes that a batch can have. */
  readonly sampledClasses: number;
}

/**
 * The centres of very many classes, of which a step sees a part (Partial FC: An et al., arXiv 2010.05222, and
 * 2203.15565): those of the classes in its batch, and others drawn at random. The whole table, and what the optimiser
 * remembers of each row, lies in ordinary memory; the backend holds only the rows of the step, always equally many,
 * so that its work and memory depend on their number and not on that of the people.
 *
 * sampleClasses -> step -> storeRows, and again.
 */
export class CentreBank {
  readonly classes: number;
  /** [K * S, D], row-major; the row of a class that is on the backend is out of date until {@link storeRows}. */
  readonly table: Float32Array;
  /** The rows of the step, [sampled * S, D]: what a head trains. */
  readonly centres: Centres;
  private readonly dimension: number;
  private readonly subCentres: number;
  private readonly random: Random;
  /** What the optimiser keeps for each weight, here and on the backend. */
  private slots: { readonly table: Float32Array; readonly rows: tf.Variable }[] = [];
  /** All classes in random order, partially reshuffled (Fisher-Yates) at every sampling. */
  private readonly permutation: Int32Array;
  /** For each class the number of the last sampling that has it. */
  private readonly sampledAt: Int32Array;
  private samplings = 0;
  /** The class of each block of rows on the backend. */
  private readonly sampled: Int32Array;

  /** @param table [K * S, D], taken over */
  constructor(table: Float32Array, { dimension, subCentres, sampledClasses }: BankSizes, random: Random) {
    this.table = table;
    this.dimension = dimension;
    this.subCentres = subCentres;
    this.random = random;
    this.classes = table.length / dimension / subCentres;
    assert(sampledClasses <= this.classes, 'more classes in a step than there are');
    this.permutation = Int32Array.from({ length: this.classes }, (_, k) => k);
    this.sampledAt = new Int32Array(this.classes);
    this.sampled = this.permutation.slice(0, sampledClasses);
    this.centres = tf.tidy(() =>
      tf.variable<tf.Rank.R2>(tf.tensor2d(this.rowsOf(table), [sampledClasses * subCentres, dimension])),
    );
  }

  /** Registers the optimiser's state of the rows on the backend: it is loaded and stored with them. Must be all 0. */
  attach(variables: readonly tf.Variable[]): void {
    // Filled although they are 0 already: the system maps memory at first access, which would slow the first steps.
    this.slots = variables.map((rows) => ({ table: new Float32Array(this.table.length).fill(0), rows }));
  }

  /**
   * Samples these classes and others at random, and loads their rows to the backend.
   *
   * @returns for each label the index of its class among the sampled ones
   */
  sampleClasses(labels: readonly number[]): number[] {
    this.samplings += 1;
    const places = new Map<number, number>();
    for (const label of labels) {
      if (!places.has(label)) places.set(label, places.size);
      this.sampledAt[label] = this.samplings;
    }
    assert(places.size <= this.sampled.length, 'a batch of more classes than a step samples');
    let count = 0;
    for (const label of places.keys()) this.sampled[count++] = label;
    for (let i = 0; count < this.sampled.length; i++) {
      const j = i + this.random.below(this.classes - i);
      const candidate = this.permutation[j] ?? 0;
      this.permutation[j] = this.permutation[i] ?? 0;
      this.permutation[i] = candidate;
      if (this.sampledAt[candidate] !== this.samplings) this.sampled[count++] = candidate;
    }
    // In the order of the tables: sequential access is what caches are made for.
    this.sampled.subarray(places.size).sort();
    const [rows, columns] = this.centres.shape;
    for (const { table, rows: variable } of [{ table: this.table, rows: this.centres }, ...this.slots]) {
      const place = numbersInPlace(variable);
      if (place) this.loadRows(table, place);
      else tf.tidy(() => variable.assign(tf.tensor2d(this.rowsOf(table), [rows, columns])));
    }
    return labels.map((label) => present(places.get(label), 'the place of a class'));
  }

  /** Stores the rows, as the step has changed them, in the table. */
  async storeRows(): Promise<void> {
    const block = this.subCentres * this.dimension;
    for (const { table, rows } of [{ table: this.table, rows: this.centres }, ...this.slots]) {
      const values = numbersInPlace(rows) ?? (await rows.data<'float32'>());
      this.sampled.forEach((k, i) => {
        table.set(values.subarray(i * block, (i + 1) * block), k * block);
      });
    }
  }

  /** Replaces the table, e.g. by that of a checkpoint, and resets the optimiser's state. */
  restore(table: Float32Array): void {
    this.table.set(table);
    for (const slot of this.slots) slot.table.fill(0);
  }

  /** Cosine of each embedding [N, D] to each class, [N, K]. */
  cosines(embeddings: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => {
      const parts: tf.Tensor2D[] = [];
      for (let first = 0; first < this.classes; first += COMPARED) {
        const count = Math.min(COMPARED, this.classes - first);
        const block = this.subCentres * this.dimension;
        const rows = this.table.subarray(first * block, (first + count) * block);
        const centres = tf.tensor2d(rows, [count * this.subCentres, this.dimension]);
        parts.push(nearestSubCentre(cosines(embeddings, centres), this.subCentres));
      }
      return parts.length === 1 ? present(parts[0], 'the cosines') : tf.concat2d(parts, 1);
    });
  }

  private rowsOf(table: Float32Array): Float32Array {
    const rows = new Float32Array(this.sampled.length * this.subCentres * this.dimension);
    this.loadRows(table, rows);
    return rows;
  }

  /** Copies the rows of the step out of the table. */
  private loadRows(table: Float32Array, rows: Float32Array): void {
    const block = this.subCentres * this.dimension;
    this.sampled.forEach((k, i) => {
      rows.set(table.subarray(k * block, (k + 1) * block), i * block);
    });
  }
}
