import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostFiles } from '#core/hosts/host.ts';

/** The end of a text file, whole lines, at most this many bytes; null where there is no file. */
export async function readTail(
  files: HostFiles,
  path: HostPath,
  limitBytes: number,
): Promise<{ readonly text: string; readonly isCut: boolean } | null> {
  const facts = await files.stat(path);
  if (facts === null || facts.kind !== 'file') return null;
  const from = Math.max(0, facts.sizeBytes - limitBytes);
  const bytes = await files.read(path, from, limitBytes);
  const text = new TextDecoder().decode(bytes);
  if (from === 0) return { text, isCut: false };
  const lineEnd = text.indexOf('\n');
  return { text: lineEnd < 0 ? text : text.slice(lineEnd + 1), isCut: true };
}
