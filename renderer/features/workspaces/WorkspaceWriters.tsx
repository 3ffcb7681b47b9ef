import { CircleOff, CircleQuestionMark, SquareTerminal } from 'lucide-react';
import type { Workspace, WorkspaceWriter } from '#core/contract/workspaces.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { clockText, useNow } from '#renderer/ui/when.ts';

type WriterState = 'open' | 'ended' | 'unknown';

const looks = {
  open: { tone: 'accent', icon: SquareTerminal },
  ended: { tone: 'plain', icon: CircleOff },
  unknown: { tone: 'warn', icon: CircleQuestionMark },
} as const;

/** In this order they matter to whoever opens the workspace. */
const order: readonly WriterState[] = ['open', 'unknown', 'ended'];

function stateOf({ isAlive }: WorkspaceWriter): WriterState {
  return isAlive === null ? 'unknown' : isAlive ? 'open' : 'ended';
}

/** Who has a workspace open, where and since when; those that ended without saying so are told as such. */
export function WorkspaceWriters({ workspace }: { readonly workspace: Workspace }) {
  const text = useText('workspaces');
  const now = useNow(60_000);
  const { writers } = workspace;
  if (writers.length === 0) return null;
  const sorted = writers.toSorted((a, b) => order.indexOf(stateOf(a)) - order.indexOf(stateOf(b)));
  const states = order.filter((state) => writers.some((writer) => stateOf(writer) === state));
  return (
    <section aria-label={text('writers')} className="flex flex-col gap-1">
      <h3 className="text-small font-semibold">{text('writers')}</h3>
      <ul
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by the keyboard
        tabIndex={0}
        aria-label={text('writers')}
        className="flex max-h-60 flex-col gap-1 overflow-auto rounded-control border border-line bg-bg p-2"
      >
        {sorted.map((writer) => {
          const state = stateOf(writer);
          return (
            <li
              key={`${writer.node} ${writer.processId} ${writer.since}`}
              className="flex items-start gap-2 text-small"
            >
              <span className="w-22 shrink-0">
                <Badge {...looks[state]}>{text(`writer.${state}`)}</Badge>
              </span>
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]" data-selectable>
                <span className="block truncate font-mono text-code" title={showControls(writer.what)}>
                  {showControls(writer.what)}
                </span>
                <span className="text-ink-2">
                  {text('writerText', {
                    user: showControls(writer.user),
                    node: showControls(writer.node),
                    process: writer.processId,
                    when: clockText(writer.since, now),
                  })}
                </span>
              </span>
            </li>
          );
        })}
      </ul>
      <p className="text-small text-pretty text-ink-3">
        {states.map((state) => text(`writersHint.${state}`)).join(' ')}
      </p>
    </section>
  );
}
