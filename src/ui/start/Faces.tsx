import { useEffect, useState } from 'react';
import { sampleFaces } from '../../state/data/sample-faces.ts';

interface Picture {
  readonly name: string;
  readonly url: string;
}

/** How many faces there will be: their places are there from the start. */
const PLACES = 24;

/** The faces of the sample people: what this page is about, at a glance. Loads the demo by the way. */
export function Faces() {
  const [pictures, setPictures] = useState<readonly Picture[]>([]);
  useEffect(() => {
    let urls: readonly Picture[] | null = [];
    void sampleFaces().then((faces) => {
      if (urls === null) return;
      urls = faces.slice(0, PLACES).map(({ name, image }) => ({ name, url: URL.createObjectURL(image) }));
      setPictures(urls);
    });
    return () => {
      for (const { url } of urls ?? []) URL.revokeObjectURL(url);
      urls = null;
    };
  }, []);
  return (
    <div className="start-faces" aria-hidden="true">
      {Array.from({ length: PLACES }, (_, place) => {
        const picture = pictures[place];
        return picture ? (
          <img key={picture.name} src={picture.url} alt="" width={112} height={112} draggable={false} />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: places have nothing else to be told apart by
          <span key={place} />
        );
      })}
    </div>
  );
}
