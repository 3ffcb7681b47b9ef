/** `Salmon_1.10.sif` → `salmon:1.10`: what a pull would call this file, read backwards. */
export function suggestedName(fileName: string): string {
  const stem = fileName.replace(/\.(?:sif|simg|img)$/i, '').toLowerCase();
  const at = stem.lastIndexOf('_');
  const name = (at < 1 ? stem : stem.slice(0, at)).replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  const tag = at < 1 ? 'latest' : stem.slice(at + 1).replace(/[^a-z0-9._-]+/g, '-');
  return name === '' ? '' : `${name}:${/^[a-z0-9_]/.test(tag) ? tag : 'latest'}`;
}
