import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Workspace } from '#core/contract/workspaces.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { openWriters } from './workspaceRows.ts';

export interface OpenWarningProps {
  readonly workspace: Workspace;
  /** Its host, where workspaces of two are concerned. */
  readonly host?: string;
  /** What follows from it, or a box to tick. */
  readonly children?: ReactNode;
}

/** Says who has a workspace open, where somebody has or may have. */
export function OpenWarning({ workspace, host, children }: OpenWarningProps) {
  const text = useText('workspacesForms');
  const writers = openWriters(workspace);
  if (writers.length === 0) return null;
  const who = writers
    .slice(0, 3)
    .map(
      ({ user, node, what }) =>
        `${showControls(user)}@${showControls(node)} (${showControls(what).slice(0, 60)})`,
    )
    .join(', ');
  return (
    <section role="status" className="flex gap-2 rounded-control bg-warn-soft p-2.5">
      <TriangleAlert aria-hidden className="mt-px size-4 shrink-0 text-warn" />
      <div className="flex min-w-0 flex-col gap-1.5">
        <p className="text-small [overflow-wrap:anywhere]" data-selectable>
          {host === undefined ? null : (
            <bdi dir="ltr" className="font-semibold">
              {host}:{' '}
            </bdi>
          )}
          {writers.every(({ isAlive }) => isAlive === null)
            ? text('mayBeOpen', { who })
            : text('writers', { count: writers.length, who })}
        </p>
        {children}
      </div>
    </section>
  );
}
