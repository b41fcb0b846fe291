import type { FaceConfig } from 'facesjs';
import type { Random } from '../../src/lib/random.ts';

/**
 * Made-up people for facesjs. Everything is drawn from our own seeded numbers (facesjs' generator would take
 * `Math.random`), and what tells people apart (head, eyes, nose, hair, beard, skin) is dealt out like cards,
 * so that no two people come out alike.
 */
export const SAMPLE_NAMES = [
  ...[
    'Amara',
    'Bashir',
    'Chiara',
    'Darius',
    'Elina',
    'Farid',
    'Greta',
    'Hugo',
    'Ines',
    'Jonas',
    'Kaya',
    'Liam',
  ],
  ...[
    'Mira',
    'Nils',
    'Odile',
    'Pavel',
    'Qadira',
    'Ravi',
    'Selma',
    'Tomas',
    'Uma',
    'Viktor',
    'Wanda',
    'Yusuf',
  ],
] as const;

const numbered = (stem: string, ...numbers: number[]): string[] => numbers.map((n) => `${stem}${n}`);

interface Wardrobe {
  readonly head: readonly string[];
  readonly eye: readonly string[];
  readonly eyebrow: readonly string[];
  readonly hair: readonly string[];
  readonly hairBg: readonly string[];
  readonly facialHair: readonly string[];
}

const women: Wardrobe = {
  head: ['female1', 'female2', 'female3', 'head2', 'head13', 'head14', 'head6'],
  eye: numbered('female', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
  eyebrow: numbered('female', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  hair: numbered('female', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
  hairBg: ['female1', 'female2', 'female3', 'female4', 'female5', 'longHair', 'none'],
  facialHair: ['none'],
};

const men: Wardrobe = {
  head: numbered('head', 1, 3, 4, 5, 7, 8, 9, 10, 11, 12, 15, 17, 18),
  eye: numbered('eye', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19),
  eyebrow: numbered('eyebrow', 1, 2, 4, 6, 8, 10, 12, 14, 15, 16, 18, 20),
  hair: [
    'afro',
    'short',
    'bald',
    'dreads',
    'parted',
    'spike',
    'curly',
    'cornrows',
    'high',
    'emo',
    'shaggy1',
    'crop',
  ],
  hairBg: ['none'],
  facialHair: [
    ...['none', 'beard1', 'none', 'goatee1', 'mustache1', 'none', 'fullgoatee2', 'mutton', 'none', 'beard4'],
    ...['chin-strap', 'none', 'logan'],
  ],
};

const NOSES = [
  'nose1',
  'nose2',
  'nose3',
  'nose5',
  'nose6',
  'nose7',
  'nose9',
  'nose10',
  'nose12',
  'nose13',
  'small',
];
const EARS = ['ear1', 'ear2', 'ear3'];
const LINES = ['none', 'forehead2', 'chin1', 'freckles1', 'none', 'chin2', 'freckles2', 'none'];
const SKINS = [
  '#f2d6cb',
  '#ddb7a0',
  '#fedac7',
  '#eab687',
  '#bb876f',
  '#a67358',
  '#ad6453',
  '#74453d',
  '#5c3937',
];
const HAIRS = ['#272421', '#5a3825', '#cc9966', '#b55239', '#e9c67b', '#0f0902', '#8d8d8d', '#3d2314'];
const CLOTHES = ['#89bfd3', '#7a1319', '#07364f', '#4c7a3d', '#c98a2b', '#6b4c8a', '#444a52', '#d9d4c7'];
/** Expressions: a mouth and how the brows move with it, in degrees. */
const EXPRESSIONS = [
  { mouth: 'straight', brow: 0 },
  { mouth: 'closed', brow: -2 },
  { mouth: 'smile', brow: -4 },
  { mouth: 'smile2', brow: -6 },
  { mouth: 'smile-closed', brow: -3 },
  { mouth: 'mouth4', brow: 2 },
  { mouth: 'side', brow: 4 },
  { mouth: 'angry', brow: 9 },
] as const;
const GLASSES = ['glasses1-primary', 'glasses1-secondary', 'glasses2-black', 'glasses2-primary'];

/** Deals cards from a shuffled pack that is shuffled anew when it is empty. */
function dealer<T>(cards: readonly T[], random: Random): () => T {
  let pack: T[] = [];
  return () => {
    if (pack.length === 0) pack = random.shuffled(cards);
    const card = pack.pop();
    if (card === undefined) throw new Error('Internal error: an empty pack of traits');
    return card;
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** `count` people, different from each other; the same seed gives the same people. */
export function createPeople(count: number, random: Random): FaceConfig[] {
  const packs = (wardrobe: Wardrobe) => ({
    head: dealer(wardrobe.head, random),
    eye: dealer(wardrobe.eye, random),
    eyebrow: dealer(wardrobe.eyebrow, random),
    hair: dealer(wardrobe.hair, random),
    hairBg: dealer(wardrobe.hairBg, random),
    facialHair: dealer(wardrobe.facialHair, random),
  });
  const [female, male] = [packs(women), packs(men)];
  const nose = dealer(NOSES, random);
  const ear = dealer(EARS, random);
  const line = dealer(LINES, random);
  const skin = dealer(SKINS, random);
  const hairColor = dealer(HAIRS, random);
  const clothes = dealer(CLOTHES, random);
  return Array.from({ length: count }, (_, index): FaceConfig => {
    const deal = index % 2 === 0 ? female : male;
    return {
      fatness: round(random.between(0, index % 2 === 0 ? 0.5 : 1)),
      teamColors: [clothes(), clothes(), clothes()],
      hairBg: { id: deal.hairBg() },
      body: { id: 'body', color: skin(), size: round(random.between(0.85, 1.05)) },
      jersey: { id: 'jersey' },
      ear: { id: ear(), size: round(random.between(0.6, 1.3)) },
      head: { id: deal.head(), shave: 'rgba(0,0,0,0)' },
      eyeLine: { id: random.next() < 0.5 ? 'none' : `line${1 + random.below(6)}` },
      smileLine: { id: random.next() < 0.6 ? 'none' : `line${1 + random.below(4)}`, size: 1 },
      miscLine: { id: line() },
      facialHair: { id: deal.facialHair() },
      eye: { id: deal.eye(), angle: Math.round(random.between(-8, 12)) },
      eyebrow: { id: deal.eyebrow(), angle: Math.round(random.between(-10, 14)) },
      hair: { id: deal.hair(), color: hairColor(), flip: random.next() < 0.5 },
      mouth: { id: 'straight', flip: false },
      nose: { id: nose(), flip: false, size: round(random.between(0.6, 1.15)) },
      glasses: { id: 'none' },
      accessories: { id: 'none' },
    };
  });
}

/** The same person in another moment: expression, sometimes glasses, another shirt. */
export function varyPerson(person: FaceConfig, random: Random): FaceConfig {
  const expression = EXPRESSIONS[random.below(EXPRESSIONS.length)] ?? EXPRESSIONS[0];
  const glasses = random.next() < 0.5 ? (GLASSES[random.below(GLASSES.length)] ?? 'none') : 'none';
  const shirt = (): string => CLOTHES[random.below(CLOTHES.length)] ?? '#444a52';
  return {
    ...person,
    teamColors: [shirt(), shirt(), shirt()],
    body: { ...person.body },
    hair: { ...person.hair },
    mouth: { id: expression.mouth, flip: random.next() < 0.5 },
    eye: { ...person.eye, angle: person.eye.angle + Math.round(random.between(-2, 2)) },
    eyebrow: { ...person.eyebrow, angle: person.eyebrow.angle + expression.brow },
    glasses: { id: glasses },
  };
}
