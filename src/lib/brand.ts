/** Numbers and strings that must not be mixed up, told apart by the compiler. */
declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** An angle in radians. */
export type Radians = Brand<number, 'Radians'>;
/** An angle in degrees: what is shown to people. */
export type Degrees = Brand<number, 'Degrees'>;
/** Names one face for the length of a session. */
export type SampleId = Brand<string, 'SampleId'>;
/** Names one person (identity) for the length of a session; a person's name may change, this does not. */
export type PersonId = Brand<string, 'PersonId'>;
/** A person of a recogniser's gallery. */
export type GalleryPersonId = Brand<string, 'GalleryPersonId'>;

export const radians = (value: number): Radians => value as Radians;
export const degrees = (value: number): Degrees => value as Degrees;
export const sampleId = (value: string): SampleId => value as SampleId;
export const personId = (value: string): PersonId => value as PersonId;

export const toDegrees = (angle: Radians): Degrees => degrees((angle * 180) / Math.PI);
export const galleryPersonId = (text: string): GalleryPersonId => text as GalleryPersonId;
