import type { SourceFile } from '../domain/faces.ts';
import type { HeadlessDoor, HeadlessProgress } from '../protocol/headless.ts';

/** What joins this page to the terminal: files through its inputs, progress and remarks through functions of the window. */

declare global {
  interface Window {
    arcfaceHeadless?: HeadlessDoor;
    readonly reportProgress?: (progress: HeadlessProgress) => Promise<void>;
    readonly reportText?: (text: string) => Promise<void>;
  }
}

export const say = (what: string, done: number, total: number, detail = ''): void => {
  void window.reportProgress?.({ what, done, total, detail });
};

/** Lines of text beside the progress. */
export const print = (text: string): void => {
  void window.reportText?.(text);
};

/** @param input selector of an input of the page */
export function chosen(input: string): SourceFile[] {
  const element = document.querySelector<HTMLInputElement>(input);
  return [...(element?.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}
