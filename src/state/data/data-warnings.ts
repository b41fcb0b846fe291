import { PEOPLE_TO_HOLD_OUT } from '../../config/judging.ts';
import type { DataSnapshot, PersonRow } from './people.ts';

/** Fewest photos of a person for training and validation. */
export const FEW_PHOTOS = 3;
/** A person with this many times the median number of photos dominates the batches. */
const STRONG_IMBALANCE = 5;

export interface DataWarning {
  readonly kind: 'too-few-people' | 'cannot-hold-out' | 'few-photos' | 'imbalance';
  readonly text: string;
}

const names = (people: readonly PersonRow[]): string => {
  const shown = people.slice(0, 3).map(({ name }) => name);
  const more = people.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
};

/** What the user should know about the data before training; empty when there is nothing to say. */
export function dataWarnings({ people }: DataSnapshot): DataWarning[] {
  if (people.length === 0) return [];
  const warnings: DataWarning[] = [];
  if (people.length < 2) {
    warnings.push({
      kind: 'too-few-people',
      text: 'Training needs at least 2 people, to learn the difference between them. Add another folder.',
    });
  } else if (people.length < PEOPLE_TO_HOLD_OUT) {
    warnings.push({
      kind: 'cannot-hold-out',
      text: `With fewer than ${PEOPLE_TO_HOLD_OUT} people nobody can be held out of training, so verification accuracy on people it has not seen will not be measured.`,
    });
  }
  const few = people.filter(({ faces }) => faces.length < FEW_PHOTOS);
  if (few.length > 0) {
    warnings.push({
      kind: 'few-photos',
      text: `${few.length === 1 ? '1 person has' : `${few.length} people have`} fewer than ${FEW_PHOTOS} photos (${names(few)}). Add photos, or remove these people: so few photos teach little and cannot be validated.`,
    });
  }
  const counts = people.map(({ faces }) => faces.length).sort((a, b) => a - b);
  const median = counts[Math.floor(counts.length / 2)] ?? 0;
  const most = counts.at(-1) ?? 0;
  if (people.length > 1 && most >= STRONG_IMBALANCE * Math.max(median, 1) && most - median >= 10) {
    const largest = people.filter(({ faces }) => faces.length >= STRONG_IMBALANCE * Math.max(median, 1));
    warnings.push({
      kind: 'imbalance',
      text: `Strong class imbalance: ${names(largest)} ${largest.length === 1 ? 'has' : 'have'} up to ${most} photos, half of the people have ${median} or fewer. The model will recognise the first better; add photos of the others.`,
    });
  }
  return warnings;
}
