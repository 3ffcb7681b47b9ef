import { Check, CornerUpLeft } from 'lucide-react';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { FolderProposal } from '#core/contract/hosts.ts';
import { useText } from '#renderer/i18n/i18n.ts';

export interface FolderProposalsProps {
  readonly proposals: readonly FolderProposal[];
  readonly isUsed: (path: HostPath) => boolean;
  readonly onUse: (path: HostPath) => void;
}

/** Folders that the probe proposes, each with its reason, to take with one click. */
export function FolderProposals({ proposals, isUsed, onUse }: FolderProposalsProps) {
  const text = useText('hostsForms');
  if (proposals.length === 0) return null;
  return (
    <ul className="mt-1 flex flex-col gap-px">
      {proposals.map(({ path, reason }) => {
        const used = isUsed(path);
        return (
          <li key={path}>
            <button
              type="button"
              disabled={used}
              aria-label={text('useProposal', { path })}
              onClick={() => onUse(path)}
              className="flex min-h-6.5 w-full items-center gap-2 rounded-control px-2 text-left text-small enabled:hover:bg-hover"
            >
              {used ? (
                <Check aria-hidden className="size-3.5 shrink-0 text-ok" strokeWidth={2} />
              ) : (
                <CornerUpLeft aria-hidden className="size-3.5 shrink-0 text-accent" />
              )}
              <bdi dir="ltr" className="min-w-0 font-mono text-code [overflow-wrap:anywhere]">
                {path}
              </bdi>
              <span className="min-w-0 flex-1 truncate text-ink-3">
                {used ? `${reason}, ${text('usingProposal')}` : reason}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
