import { useEffect, useState } from 'react';

/** An object URL of a file, as long as it is shown. */
export function useObjectUrl(file: Blob | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (file === null) return;
    const fresh = URL.createObjectURL(file);
    setUrl(fresh);
    return () => {
      URL.revokeObjectURL(fresh);
      setUrl(null);
    };
  }, [file]);
  return url;
}
