import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { DroppedFile } from '#renderer/features/images/droppedThings.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';

/**
 * Takes what is dropped anywhere on the window, and shows so while something is dragged over it. What a part of the page
 * takes itself (it prevents the default), and drags that begin in the page, are left alone.
 */
export function DropZone() {
  const text = useText('images');
  const [isOver, setIsOver] = useState(false);
  useEffect(() => listenForDrops(setIsOver), []);
  if (!isOver) return null;
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-0 z-50 grid place-items-center bg-scrim p-6"
    >
      <div className="appear flex max-w-110 flex-col items-center gap-2 rounded-card border-2 border-dashed border-accent bg-bg px-10 py-8 text-center shadow-lift">
        <Download aria-hidden className="size-8 text-accent" strokeWidth={1.5} />
        <p className="text-title font-[650]">{text('drop.title')}</p>
        <p className="text-pretty text-ink-2">{text('drop.text')}</p>
      </div>
    </div>
  );
}

/** Follows drags over the window until the returned function is called. */
function listenForDrops(setIsOver: (isOver: boolean) => void): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  let isOwnDrag = false;
  function listen(
    type: 'dragstart' | 'dragend' | 'dragover' | 'dragleave' | 'drop',
    listener: (event: DragEvent) => void,
  ) {
    window.addEventListener(type, listener, { signal });
  }
  listen('dragstart', () => {
    isOwnDrag = true;
  });
  listen('dragend', () => {
    isOwnDrag = false;
  });
  listen('dragover', (event) => {
    const isOurs = !isOwnDrag && !event.defaultPrevented && isTakable(event);
    if (isOurs) {
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
    }
    setIsOver(isOurs);
  });
  listen('dragleave', (event) => {
    // Nothing is entered where the window is left.
    if ((event.relatedTarget ?? null) === null) setIsOver(false);
  });
  listen('drop', (event) => {
    setIsOver(false);
    if (isOwnDrag || event.defaultPrevented || !isTakable(event) || event.dataTransfer === null) return;
    event.preventDefault();
    const things = { files: filesOf(event.dataTransfer), text: textIn(event.dataTransfer) };
    // It reads names with the contract's schemas, which the first picture does without.
    attempt(async () => (await import('#renderer/features/images/droppedThings.ts')).takeDropped(things));
  });
  return () => ending.abort();
}

/** Files anywhere; texts anywhere but in a field, which takes them itself. */
function isTakable({ dataTransfer, target }: DragEvent): boolean {
  const types = dataTransfer?.types ?? [];
  if (types.includes('Files')) return true;
  const isField = target instanceof Element && target.closest('input, textarea, [contenteditable]') !== null;
  return !isField && (types.includes('text/uri-list') || types.includes('text/plain'));
}

/** What a drop holds can be read only during the event. */
function filesOf(transfer: DataTransfer): readonly DroppedFile[] {
  return [...transfer.items].flatMap((item) => {
    const file = item.kind === 'file' ? item.getAsFile() : null;
    if (file === null) return [];
    const path = window.workbench?.pathOf?.(file) ?? '';
    return [
      {
        file,
        path: path === '' ? null : path,
        isFolder: item.webkitGetAsEntry?.()?.isDirectory ?? false,
      },
    ];
  });
}

function textIn(transfer: DataTransfer): string {
  const [link = ''] = transfer
    .getData('text/uri-list')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'));
  return link === '' ? transfer.getData('text/plain') : link;
}
