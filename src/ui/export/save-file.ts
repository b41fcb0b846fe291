/** Saves a file, as a click on a link to it would. */
export function saveFile({ name, file }: { readonly name: string; readonly file: Blob }): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has started by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
