import {
  ArrowLeftRight,
  Copy,
  FolderInput,
  GitFork,
  Layers,
  type LucideIcon,
  Package,
  Plus,
  RotateCcw,
} from 'lucide-react';
import type { LineageStep, Workspace } from '#core/contract/workspaces.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { wholeTimeText } from '#renderer/ui/when.ts';
import { useWorkspacesOf } from './WorkspaceSelect.tsx';
import { shortOrigin } from './workspaceWords.ts';

const icons: Readonly<Record<LineageStep['what'], LucideIcon>> = {
  created: Plus,
  forked: GitFork,
  copied: Copy,
  packed: Package,
  adopted: FolderInput,
  synced: ArrowLeftRight,
  restored: RotateCcw,
  embedded: Layers,
};

/** The life of a workspace as a line of steps, the newest first. */
export function WorkspaceLineage({ workspace }: { readonly workspace: Workspace }) {
  const text = useText('workspaces');
  const { lineage: steps, hostId } = workspace;
  const known = useWorkspacesOf(hostId);
  if (steps.length === 0) return <p className="text-small text-ink-3">{text('lineageNone')}</p>;
  return (
    <ol aria-label={text('lineageList')} className="flex flex-col pb-4" data-selectable>
      {steps.toReversed().map((step, index) => {
        const Icon = icons[step.what];
        const isLast = index === steps.length - 1;
        return (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the other end
            key={steps.length - index}
            className="relative flex gap-2.5 pb-3"
          >
            {isLast ? null : <span aria-hidden className="absolute top-6 bottom-0 left-2.75 w-px bg-line" />}
            <span className="grid size-5.5 shrink-0 place-items-center rounded-pill border border-line bg-bg text-ink-2">
              <Icon aria-hidden className="size-3.5" strokeWidth={1.75} />
            </span>
            <div className="min-w-0 flex-1 text-small">
              <p className="[overflow-wrap:anywhere]">
                <span className="font-semibold">{text(`steps.${step.what}`)}</span>
                {step.from === null ? null : (
                  <bdi dir="ltr" title={showControls(step.from)} className="text-ink-2">
                    {' '}
                    {text(`stepFrom.${step.what}`, { from: shortOrigin(step.from, known) })}
                  </bdi>
                )}
              </p>
              <p className="[overflow-wrap:anywhere] text-ink-3">
                <bdi dir="ltr">{showControls(step.by)}</bdi>, {wholeTimeText(step.at)}
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
