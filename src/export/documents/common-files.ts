import type { ArchiveFile } from '../../lib/archive.ts';
import type { Manifest } from '../manifest.ts';
import { writeModelCard } from './model-card.ts';

const CARD = 'MODEL_CARD.md';

/** What the page says of the card, among the contents of every format. */
export const cardContents = {
  file: CARD,
  description: 'what it was trained on, its error rates with intervals, limits, licence',
} as const;

/** The card's row in the README's table of files. */
export const CARD_ROW = `| \`${CARD}\` | what it was trained on, error rates with their intervals, limits, licence, consent |`;

export const textFile = (name: string, content: string): ArchiveFile => ({
  name,
  data: new TextEncoder().encode(content),
});

/** What every download has for people to read: how to use it, and what to know of the model before. */
export const documents = (manifest: Manifest, readme: string): ArchiveFile[] => [
  textFile('README.md', readme),
  textFile(CARD, writeModelCard(manifest)),
];

export const manifestFile = (manifest: Manifest): ArchiveFile =>
  textFile('manifest.json', JSON.stringify(manifest, null, 1));
