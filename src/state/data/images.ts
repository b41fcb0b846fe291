import type { SampleId } from '../../lib/brand.ts';

/**
 * The images of the rows in the stores, by face: blobs, which are handles whose bytes lie outside the script's memory.
 * Object URLs exist only while something on the screen shows them.
 */
const blobs = new Map<SampleId, Blob>();
const shown = new Map<SampleId, { readonly url: string; users: number }>();

export function keepImage(id: SampleId, image: Blob): void {
  blobs.set(id, image);
}

export const imageOf = (id: SampleId): Blob | null => blobs.get(id) ?? null;

/** An object URL of the image, or null where it is gone. Every call needs one {@link releaseUrl}. */
export function holdUrl(id: SampleId): string | null {
  const held = shown.get(id);
  if (held) {
    held.users++;
    return held.url;
  }
  const image = blobs.get(id);
  if (!image) return null;
  const url = URL.createObjectURL(image);
  shown.set(id, { url, users: 1 });
  return url;
}

/** Releases a URL; the last user's call revokes it. */
export function releaseUrl(id: SampleId): void {
  const held = shown.get(id);
  if (!held) return;
  held.users--;
  if (held.users > 0) return;
  URL.revokeObjectURL(held.url);
  shown.delete(id);
}

/** Drops every image that no snapshot can reach any more. */
export function retainImages(reachable: ReadonlySet<SampleId>): void {
  for (const id of blobs.keys()) if (!reachable.has(id)) blobs.delete(id);
}
