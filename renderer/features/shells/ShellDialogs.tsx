import { type KeyboardEvent, useState } from 'react';
import type { HostId } from '#core/contract/ids.ts';
import type { Terminal } from '#core/contract/terminals.ts';
import { client } from '#renderer/api/client.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { isReachable, useHosts } from '#renderer/state/hosts.ts';
import { attempt } from '#renderer/state/notices.ts';
import { useTerminals } from '#renderer/state/terminals.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import { viewOf } from './liveViews.ts';
import { ask, closeTerminal, openHostShell, type ShellQuestion, useShells } from './shellsState.ts';

/** Everything that terminals ask the person. Once in the window. */
export function ShellDialogs() {
  const question = useShells((state) => state.question);
  const terminal = useTerminals((state) =>
    state.terminals.find(
      (candidate) => question !== null && 'id' in question && candidate.id === question.id,
    ),
  );
  if (question === null) return null;
  switch (question.kind) {
    case 'rename':
      return terminal === undefined ? null : <RenameDialog terminal={terminal} />;
    case 'close':
      return terminal === undefined ? null : <CloseDialog terminal={terminal} />;
    case 'paste':
      return <PasteDialog question={question} />;
    case 'host':
      return <HostDialog />;
    case 'link':
      return <LinkDialog address={question.address} />;
  }
}

const dismiss = () => ask(null);

/** Which host a new shell shall run on; arrow keys walk through the hosts, Enter takes one. */
function HostDialog() {
  const text = useText('shells');
  const hosts = useHosts((state) => state.hosts);
  const open = (hostId: HostId) => {
    dismiss();
    attempt(() => openHostShell(hostId));
  };
  return (
    <Dialog isOpen onClose={dismiss} title={text('chooseHost')} width="narrow">
      <ul className="flex flex-col gap-0.5">
        {hosts.map((host) => (
          <li key={host.id}>
            <button
              type="button"
              onClick={() => open(host.id)}
              onKeyDown={walk}
              className="flex min-h-8 w-full items-center gap-3 rounded-control px-2 text-left hover:bg-hover focus-visible:bg-accent-soft"
            >
              <HostLabel colour={host.colour} label={host.label} className="font-medium" />
              <span className="min-w-0 flex-1 truncate font-mono text-code text-ink-3">{host.address}</span>
              {isReachable(host) ? null : (
                <span className="text-small text-ink-2">{text('connectsFirst')}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function walk(event: KeyboardEvent<HTMLButtonElement>): void {
  const item = event.currentTarget.parentElement;
  const next =
    event.key === 'ArrowDown'
      ? item?.nextElementSibling
      : event.key === 'ArrowUp'
        ? item?.previousElementSibling
        : null;
  if (next == null) return;
  event.preventDefault();
  next.querySelector('button')?.focus();
}

function RenameDialog({ terminal }: { readonly terminal: Terminal }) {
  const text = useText('shells');
  const common = useText('common');
  const [title, setTitle] = useState(terminal.title);
  const isValid = title.trim() !== '' && title.length <= 200;
  function rename() {
    if (!isValid) return;
    dismiss();
    attempt(() => client.terminals.rename({ id: terminal.id, title: title.trim() }));
  }
  return (
    <Dialog
      isOpen
      onClose={dismiss}
      title={text('rename.title')}
      width="narrow"
      onSubmit={rename}
      footer={
        <>
          <Button onClick={dismiss}>{common('cancel')}</Button>
          <Button type="submit" tone="primary" disabled={!isValid}>
            {common('save')}
          </Button>
        </>
      }
    >
      <TextField
        label={text('rename.label')}
        value={title}
        onChange={setTitle}
        onFocus={(event) => event.currentTarget.select()}
        problem={isValid ? null : text('rename.problem')}
      />
    </Dialog>
  );
}

function CloseDialog({ terminal }: { readonly terminal: Terminal }) {
  const text = useText('shells');
  return (
    <ConfirmDialog
      isOpen
      onCancel={dismiss}
      onConfirm={() => attempt(() => closeTerminal(terminal.id))}
      title={text('close.title', { title: terminal.title })}
      description={text('close.text')}
      confirmLabel={text('close.confirm')}
      tone="danger"
    >
      <code className="font-mono text-code [overflow-wrap:anywhere]">{terminal.command}</code>
    </ConfirmDialog>
  );
}

function PasteDialog({ question }: { readonly question: Extract<ShellQuestion, { kind: 'paste' }> }) {
  const text = useText('shells');
  function paste() {
    dismiss();
    viewOf(question.id)?.paste(question.text);
  }
  return (
    <ConfirmDialog
      isOpen
      onCancel={dismiss}
      onConfirm={paste}
      title={text('paste.title', { count: question.lines })}
      description={text('paste.text')}
      confirmLabel={text('paste.confirm')}
    >
      <pre className="max-h-60 overflow-auto rounded-control border border-line bg-panel p-2 font-mono text-code whitespace-pre-wrap">
        {question.text.replaceAll('\r', '\n')}
      </pre>
    </ConfirmDialog>
  );
}

function LinkDialog({ address }: { readonly address: string }) {
  const text = useText('shells');
  function open() {
    dismiss();
    window.open(address, '_blank', 'noopener,noreferrer');
  }
  return (
    <ConfirmDialog
      isOpen
      onCancel={dismiss}
      onConfirm={open}
      title={text('link.title')}
      description={text('link.text')}
      confirmLabel={text('link.confirm')}
    >
      <code className="font-mono text-code [overflow-wrap:anywhere]">{address}</code>
    </ConfirmDialog>
  );
}
