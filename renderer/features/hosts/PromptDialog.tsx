import { LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { Host, Prompt } from '#core/contract/hosts.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { disconnectHost } from '#renderer/state/hosts.ts';
import { answerPrompt, type PromptView } from '#renderer/state/prompts.ts';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostDot } from '#renderer/ui/HostDot.tsx';
import { AnswerFooter, PromptAnswer } from './PromptAnswer.tsx';

export interface PromptDialogProps {
  readonly view: PromptView;
  /** Null where the host was removed meanwhile. */
  readonly host: Host | null;
}

/**
 * What ssh asks while it connects, in its own words, with the machine that it is about. It stays open between two
 * questions of one host. Escape and Cancel give the attempt up; a press beside it does nothing.
 */
export function PromptDialog({ view, host }: PromptDialogProps) {
  const text = useText('hostsPrompts');
  // What is being typed, for this question only: the next one starts empty.
  const [draft, setDraft] = useState({ id: '', answer: '' });
  const [failure, setFailure] = useState<{ readonly id: string; readonly report: ErrorReport } | null>(null);
  const prompt = view.kind === 'ask' ? view.prompt : null;
  const typed = draft.id === prompt?.id ? draft.answer : '';
  const label = host?.label ?? text('gone');

  async function send(question: Prompt, answer: string | null) {
    setDraft({ id: '', answer: '' });
    setFailure(null);
    try {
      await answerPrompt(question, answer);
    } catch (thrown) {
      setFailure({ id: question.id, report: failureReport(thrown) });
    }
  }

  function cancel() {
    if (prompt === null) disconnectHost(view.hostId);
    else void send(prompt, null);
  }

  const isTyped = prompt?.kind === 'secret' || prompt?.kind === 'text';
  return (
    <Dialog
      isOpen
      isHeld
      onClose={cancel}
      title={text(`title.${prompt?.kind ?? 'wait'}`, { host: label })}
      {...(isTyped ? { onSubmit: () => void send(prompt, typed) } : {})}
      footer={
        <>
          {view.kind === 'ask' && view.waiting > 0 ? (
            <p className="min-w-0 flex-1 text-small text-ink-3">{text('more', { count: view.waiting })}</p>
          ) : null}
          <AnswerFooter
            key={prompt?.id ?? 'wait'}
            prompt={prompt}
            onAnswer={(answer) => (prompt === null ? undefined : void send(prompt, answer))}
            onCancel={cancel}
          />
        </>
      }
    >
      <div className="flex min-h-48 flex-col gap-3">
        <HostLine host={host} hostId={view.hostId} />
        {prompt === null ? (
          <div role="status" className="flex items-start gap-2.5 py-2">
            <LoaderCircle aria-hidden className="mt-0.5 size-4 shrink-0 animate-spin text-accent" />
            <div>
              <p>{text('waiting')}</p>
              <p className="text-small text-ink-3">{text('waitingText')}</p>
            </div>
          </div>
        ) : (
          <PromptAnswer
            key={prompt.id}
            prompt={prompt}
            hostLabel={label}
            value={typed}
            onChange={(answer) => setDraft({ id: prompt.id, answer })}
          />
        )}
        {failure !== null && failure.id === prompt?.id ? <ErrorNotice report={failure.report} /> : null}
      </div>
    </Dialog>
  );
}

/** Which machine asks: colour, name, and where ssh goes for it. */
function HostLine({ host, hostId }: { readonly host: Host | null; readonly hostId: string }) {
  const text = useText('hostsPrompts');
  return (
    <p className="flex min-w-0 items-center gap-2 rounded-control border border-line bg-panel px-2.5 py-1.5">
      <HostDot colour={host?.colour ?? 0} />
      <bdi dir="ltr" className="max-w-[60%] shrink-0 truncate font-semibold">
        {host?.label ?? hostId}
      </bdi>
      <bdi dir="ltr" className="min-w-0 flex-1 truncate text-small text-ink-2" data-selectable>
        {host === null ? text('gone') : (host.address ?? host.preferences?.destination ?? '')}
      </bdi>
    </p>
  );
}
