import { commands } from 'vitest/browser';

declare module 'vitest/browser' {
  interface BrowserCommands {
    listShared: (folder: string) => Promise<string[]>;
    readShared: (path: string) => Promise<string>;
  }
}

/** Paths below `shared/<folder>`, sorted; empty where the photographs are missing. */
export const listShared = (folder: string): Promise<string[]> => commands.listShared(folder);

/** One file of shared/ as a File whose name is its last path part. */
export async function readShared(path: string): Promise<File> {
  const base64 = await commands.readShared(path);
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new File([bytes], path.slice(path.lastIndexOf('/') + 1));
}
