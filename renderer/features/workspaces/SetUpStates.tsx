import { CircleX, Wrench } from 'lucide-react';
import type { Workspace } from '#core/contract/workspaces.ts';
import { runCommand } from '#renderer/commands/registry.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showTerminal, useTerminals } from '#renderer/state/terminals.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { forgetSetUp, type SetUp, useSetUps } from './setUps.ts';

/** In a workspace's row: what is being set up in it, or was not. */
export function RowSetUp({ setUp: { kind, state } }: { readonly setUp: SetUp }) {
  const text = useText('workspaces');
  const what = text(`setUp.kinds.${kind}`);
  const isRunning = state === 'running';
  const told = text(isRunning ? 'setUp.row' : 'setUp.rowFailed', { what });
  const Icon = isRunning ? Wrench : CircleX;
  return (
    <span
      className={`flex min-w-0 items-center gap-1 text-tiny ${isRunning ? 'text-accent' : 'text-bad'}`}
      title={told}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />
      <span className="truncate">{told}</span>
    </span>
  );
}

/** What is being set up in a workspace, and what was not, with the next step. */
export function SetUpStates({ workspace }: { readonly workspace: Workspace }) {
  const setUps = useSetUps(workspace);
  return setUps.map((setUp) =>
    setUp.state === 'running' ? (
      <Running key={setUp.terminalId} setUp={setUp} />
    ) : (
      <Failed key={setUp.terminalId} setUp={setUp} />
    ),
  );
}

function Running({ setUp: { kind, terminalId } }: { readonly setUp: SetUp }) {
  const text = useText('workspaces');
  return (
    <section
      role="status"
      className="flex shrink-0 items-center gap-2 rounded-control bg-accent-soft p-2 text-small"
    >
      <Wrench aria-hidden className="size-4 shrink-0 text-accent" />
      <p className="min-w-0 flex-1">{text('setUp.running', { what: text(`setUp.kinds.${kind}`) })}</p>
      <Button onClick={() => showTerminal(terminalId)}>{text('setUp.terminal')}</Button>
    </section>
  );
}

function Failed({ setUp: { kind, state, exitStatus, terminalId } }: { readonly setUp: SetUp }) {
  const text = useText('workspaces');
  const isThere = useTerminals(({ terminals }) => terminals.some(({ id }) => id === terminalId));
  const cause =
    state === 'gone'
      ? text('setUp.gone')
      : exitStatus === null
        ? text('setUp.killed')
        : text('setUp.ended', { status: exitStatus });
  return (
    <section
      role="alert"
      className="flex shrink-0 gap-2.5 rounded-control border border-bad/40 bg-bad-soft p-2.5"
    >
      <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="font-semibold">{text('setUp.failed', { what: text(`setUp.kinds.${kind}`) })}</p>
        <p className="text-pretty text-ink-2">{cause}</p>
        <p className="text-pretty">{text(state === 'gone' ? 'setUp.nextGone' : 'setUp.next')}</p>
        <div className="mt-1 flex flex-wrap gap-2">
          {isThere ? (
            <Button onClick={() => showTerminal(terminalId)}>{text('setUp.terminal')}</Button>
          ) : null}
          <Button onClick={() => void runCommand('workspaces.setUp')}>{text('setUp.again')}</Button>
          <Button onClick={() => forgetSetUp(terminalId)}>{text('setUp.dismiss')}</Button>
        </div>
      </div>
    </section>
  );
}
