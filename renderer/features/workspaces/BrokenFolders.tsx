import { FolderX } from 'lucide-react';
import type { HostPath } from '#core/contract/hostPath.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';

export interface BrokenFoldersProps {
  readonly broken: readonly { readonly folder: HostPath; readonly reason: string }[];
}

/** What lies among the workspaces and is none, each with the reason; it is left alone. */
export function BrokenFolders({ broken }: BrokenFoldersProps) {
  const text = useText('workspaces');
  if (broken.length === 0) return null;
  return (
    <section role="status" className="mx-3 mb-2 flex gap-2.5 rounded-control bg-warn-soft p-2.5">
      <FolderX aria-hidden className="mt-px size-4 shrink-0 text-warn" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{text('broken', { count: broken.length })}</p>
        <ul className="max-h-20 overflow-auto">
          {broken.map(({ folder, reason }) => (
            <li key={folder} className="pt-0.5 text-small [overflow-wrap:anywhere]" data-selectable>
              <bdi dir="ltr" className="font-mono text-code">
                {folder}
              </bdi>{' '}
              <span className="text-ink-2">{showControls(reason)}</span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
