import type { Software, Workspace } from '#core/contract/workspaces.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';

/** The kinds of software in a workspace, each once: `Spack, conda`. */
export function softwareWords({ software }: Pick<Workspace, 'software'>): string {
  const kinds = new Set(software.map(({ kind }) => kind));
  return [...kinds].map((kind) => textOf(`workspaces:kinds.${kind}`)).join(', ');
}

/** `12 packages`, `3 programs`; null where nobody counted. */
export function countWords({ kind, count }: Software): string | null {
  if (count === null) return null;
  return textOf(kind === 'bin' ? 'workspaces:programs' : 'workspaces:packages', { count });
}

/** The image that a workspace was made in, by the last part of its name; null where none is recorded. */
export function imageNameOf({ image }: Pick<Workspace, 'image'>): string | null {
  if (image === null) return null;
  const bare = image.name.replace(/\/+$/, '');
  return showControls(bare.slice(bare.lastIndexOf('/') + 1));
}

/** `amd64, glibc 2.36`; null where nothing of it is known. */
export function systemWords({ image }: Pick<Workspace, 'image'>): string | null {
  const known = [image?.architecture, image?.libc].filter((part) => part != null && part !== '');
  return known.length === 0 ? null : showControls(known.join(', '));
}

/** A snapshot by its note. */
export function noteWords({ note }: { readonly note: string }): string {
  const [line = ''] = note.trim().split('\n');
  return line === '' ? textOf('workspaces:snapshotNoNote') : showControls(line);
}

/** What a step of a life came from or went to: a workspace of this host by its name, a digest by its first digits. */
export function shortOrigin(from: string, known: readonly Workspace[]): string {
  const name = known.find(({ id }) => id === from)?.name;
  return name ?? showControls(from).replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1…');
}
