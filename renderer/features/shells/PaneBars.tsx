import type { TerminalId } from '#core/contract/ids.ts';
import type { Terminal } from '#core/contract/terminals.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, isConnecting, useHosts } from '#renderer/state/hosts.ts';
import { attempt } from '#renderer/state/notices.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { closeTerminal, restartTerminal, useShells } from './shellsState.ts';
import { endedSentence, isLineLost, statusWords } from './statusWords.ts';

const barClass =
  'flex min-h-8 shrink-0 flex-wrap items-center gap-2 border-t border-line bg-panel px-3 py-1 text-small text-ink';
const buttonClass = 'h-6! px-2 text-small';

/** Says how a terminal's program ended, below its last output. */
export function EndedBar({ terminal }: { readonly terminal: Terminal }) {
  const text = useText('shells');
  const host = useHosts((state) => hostOf(state, terminal.hostId));
  const isLost = isLineLost(terminal, host);
  return (
    <div role="status" className={barClass}>
      <Badge tone={terminal.ended?.exitStatus === 0 ? 'ok' : 'warn'}>{statusWords(terminal, host)}</Badge>
      <span className="flex-1">{endedSentence(terminal, host)}</span>
      {terminal.subject.kind === 'task' ? null : (
        <Button
          className={buttonClass}
          isBusy={host !== null && isConnecting(host)}
          onClick={() => attempt(() => restartTerminal(terminal.id))}
        >
          {text(isLost ? 'ended.openAgain' : 'ended.restart')}
        </Button>
      )}
      <Button tone="quiet" className={buttonClass} onClick={() => attempt(() => closeTerminal(terminal.id))}>
        {text('ended.close')}
      </Button>
    </div>
  );
}

/** Says that the screen is not up to date, and why. */
export function LineNotice({
  terminalId,
  onTryNow,
}: {
  readonly terminalId: TerminalId;
  readonly onTryNow: () => void;
}) {
  const text = useText('shells');
  const state = useShells((shells) => shells.lines.get(terminalId));
  if (state === undefined || state === 'attached' || state === 'connecting') return null;
  return (
    <div role="status" className={barClass}>
      {state === 'lost' ? <Spinner /> : null}
      <span className="flex-1">{text(`line.${state}`)}</span>
      {state === 'lost' ? (
        <Button className={buttonClass} onClick={onTryNow}>
          {text('line.again')}
        </Button>
      ) : null}
    </div>
  );
}
