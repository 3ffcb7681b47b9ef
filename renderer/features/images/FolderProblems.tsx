import { FolderX } from 'lucide-react';
import type { Host } from '#core/contract/hosts.ts';
import { client } from '#renderer/api/client.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import type { ImageFolder } from './imageList.ts';

export interface FolderProblemsProps {
  readonly host: Host;
  /** Named where folders of several hosts are concerned. */
  readonly isHostNamed: boolean;
  readonly folders: readonly ImageFolder[];
}

/** Image folders that could not be read, each with the reason; the others are listed all the same. */
export function FolderProblems({ host, isHostNamed, folders }: FolderProblemsProps) {
  const text = useText('images');
  const bad = folders.filter((folder) => folder.problem !== null);
  if (bad.length === 0) return null;
  return (
    <section role="status" className="mx-3 mb-2 flex gap-2.5 rounded-control bg-warn-soft p-2.5">
      <FolderX aria-hidden className="mt-px size-4 shrink-0 text-warn" />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 font-semibold">
          {isHostNamed ? <HostLabel colour={host.colour} label={host.label} /> : null}
          {text('folderProblem.title', { count: bad.length })}
        </p>
        <ul className="max-h-28 overflow-auto">
          {bad.map(({ path, problem }) => (
            <li key={path} className="flex items-center gap-2 pt-1 text-small">
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]" data-selectable>
                <bdi dir="ltr" className="font-mono text-code">
                  {path}
                </bdi>{' '}
                <span className="text-ink-2">{problem}</span>
              </span>
              <Button
                aria-label={text('folderProblem.removeNamed', { path })}
                onClick={() => attempt(() => client.images.removeFolder({ hostId: host.id, folder: path }))}
              >
                {text('folderProblem.remove')}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
