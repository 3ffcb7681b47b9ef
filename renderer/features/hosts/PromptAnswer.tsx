import { Eye, EyeOff, ShieldQuestion } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { Prompt } from '#core/contract/hosts.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { inputClass } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';

export interface PromptAnswerProps {
  readonly prompt: Prompt;
  readonly hostLabel: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** The question as ssh words it, and what answers it: a field, or the fingerprint to compare. */
export function PromptAnswer({ prompt, hostLabel, value, onChange }: PromptAnswerProps) {
  const text = useText('hostsPrompts');
  const questionId = useId();
  if (prompt.kind === 'hostKey') return <HostKey prompt={prompt} />;
  return (
    <>
      <div>
        <p className="text-small text-ink-2">{text('cause', { host: hostLabel })}</p>
        <Literal id={questionId} text={prompt.text} />
      </div>
      {prompt.kind === 'confirm' ? null : (
        <AnswerField
          isSecret={prompt.kind === 'secret'}
          questionId={questionId}
          value={value}
          onChange={onChange}
        />
      )}
    </>
  );
}

/** What ssh wrote, letter by letter: it comes from another machine, so it is only ever text. */
function Literal({ id, text: literal }: { readonly id: string; readonly text: string }) {
  return (
    <pre
      id={id}
      dir="ltr"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a long question scrolls, and must be reachable from the keyboard
      tabIndex={0}
      className="mt-1 max-h-48 overflow-auto rounded-control border border-line bg-panel px-2.5 py-2 font-mono text-body whitespace-pre-wrap [overflow-wrap:anywhere] select-text"
    >
      {showControls(literal)}
    </pre>
  );
}

interface AnswerFieldProps {
  readonly isSecret: boolean;
  readonly questionId: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function AnswerField({ isSecret, questionId, value, onChange }: AnswerFieldProps) {
  const text = useText('hostsPrompts');
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [isShown, setIsShown] = useState(false);
  // The dialog stays open from one question to the next, so each question takes the focus itself.
  useEffect(() => input.current?.focus(), []);
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-small font-medium text-ink-2">
        {text('answer')}
      </label>
      <span className="flex items-center gap-1.5">
        <input
          ref={input}
          id={id}
          type={isSecret && !isShown ? 'password' : 'text'}
          // A password manager would keep it; this window never does.
          autoComplete="off"
          data-1p-ignore
          data-lpignore="true"
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          maxLength={4096}
          aria-describedby={`${questionId} ${id}promise`}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={classNames(inputClass, 'font-mono')}
        />
        {isSecret ? (
          <IconButton
            icon={isShown ? EyeOff : Eye}
            label={text(isShown ? 'hide' : 'show')}
            aria-pressed={isShown}
            onClick={() => setIsShown(!isShown)}
          />
        ) : null}
      </span>
      <p id={`${id}promise`} className="text-small text-ink-3">
        {text('promise')}
      </p>
    </div>
  );
}

function HostKey({ prompt }: { readonly prompt: Prompt }) {
  const text = useText('hostsPrompts');
  const { fingerprint } = prompt;
  return (
    <>
      {fingerprint === null ? null : (
        <figure className="m-0 rounded-control border border-line-strong bg-panel px-3 py-2.5">
          <figcaption className="flex items-center gap-1.5 text-small text-ink-2">
            <ShieldQuestion aria-hidden className="size-4 text-warn" />
            {text('algorithm', { algorithm: showControls(fingerprint.algorithm) })}
          </figcaption>
          <div className="mt-1 flex items-start gap-2">
            <code
              dir="ltr"
              className="min-w-0 flex-1 font-mono text-title leading-relaxed font-semibold [overflow-wrap:anywhere]"
            >
              {showControls(fingerprint.sha256)}
            </code>
            <CopyButton value={fingerprint.sha256} />
          </div>
        </figure>
      )}
      <p className="text-pretty text-ink-2">{text('keyText')}</p>
      <div>
        <p className="text-small text-ink-2">{text('keyWhole')}</p>
        <Literal id={`${prompt.id}text`} text={prompt.text} />
      </div>
    </>
  );
}

export interface AnswerFooterProps {
  /** Null while ssh goes on signing in. */
  readonly prompt: Prompt | null;
  readonly onAnswer: (answer: string) => void;
  readonly onCancel: () => void;
}

/** The buttons below a question. A key that nobody has compared is never the button that Enter presses. */
export function AnswerFooter({ prompt, onAnswer, onCancel }: AnswerFooterProps) {
  const text = useText('hostsPrompts');
  const safe = useRef<HTMLButtonElement>(null);
  const isQuestion = prompt?.kind === 'hostKey' || prompt?.kind === 'confirm';
  // Not while ssh goes on: the Enter that sent an answer, pressed twice, must not give the attempt up.
  useEffect(() => {
    if (isQuestion) safe.current?.focus();
  }, [isQuestion]);
  const cancel = (
    <Button ref={safe} onClick={onCancel}>
      {text(prompt?.kind === 'hostKey' ? 'reject' : 'cancelAttempt')}
    </Button>
  );
  switch (prompt?.kind) {
    case undefined:
      return cancel;
    case 'secret':
    case 'text':
      return (
        <>
          {cancel}
          <Button tone="primary" type="submit">
            {text('submit')}
          </Button>
        </>
      );
    case 'hostKey':
      return (
        <>
          <Button onClick={() => onAnswer('yes')}>{text('accept')}</Button>
          {cancel}
        </>
      );
    case 'confirm':
      return (
        <>
          {cancel}
          <Button onClick={() => onAnswer('no')}>{text('no')}</Button>
          <Button onClick={() => onAnswer('yes')}>{text('yes')}</Button>
        </>
      );
  }
}
