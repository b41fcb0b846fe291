import { useEffect, useState } from 'react';
import type { SampleId } from '../../lib/brand.ts';
import { holdUrl, releaseUrl } from '../../state/data/images.ts';

/** A face. Its object URL exists only while this is on the screen. */
export function Thumb({ id, size, alt = '' }: { id: SampleId; size: number; alt?: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    setUrl(holdUrl(id));
    return () => releaseUrl(id);
  }, [id]);
  return url ? (
    <img className="thumb" src={url} alt={alt} width={size} height={size} draggable={false} />
  ) : (
    <span className="thumb" style={{ width: size, height: size }} aria-hidden="true" />
  );
}
