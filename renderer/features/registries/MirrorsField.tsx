import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { moved } from './registriesState.ts';
import { type MirrorProblem, mirrorProblem } from './registryForm.ts';

export interface MirrorsFieldProps {
  readonly mirrors: readonly string[];
  readonly onChange: (mirrors: readonly string[]) => void;
}

/** The mirrors of a registry, in the order in which they are asked. */
export function MirrorsField({ mirrors, onChange }: MirrorsFieldProps) {
  const text = useText('registriesForms');
  const titleId = useId();
  const part = useRef<HTMLFieldSetElement>(null);
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<MirrorProblem | null>(null);

  function add() {
    const mirror = typed.trim();
    if (mirror === '') return;
    const found = mirrorProblem(mirror, mirrors);
    setProblem(found);
    if (found !== null) return;
    onChange([...mirrors, mirror]);
    setTyped('');
  }
  function move(at: number, by: -1 | 1) {
    const changed = moved(mirrors, at, by);
    if (changed === null) return;
    onChange(changed);
    // The mirror keeps the focus where it goes.
    requestAnimationFrame(() =>
      part.current?.querySelector<HTMLElement>(`[data-mirror="${at + by}"]`)?.focus(),
    );
  }
  function onRowKey(event: KeyboardEvent, at: number) {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : null;
    if (!event.altKey || by === null) return;
    event.preventDefault();
    move(at, by);
  }

  return (
    <fieldset ref={part} aria-labelledby={titleId} className="flex min-w-0 flex-col gap-1.5">
      <div>
        <h3 id={titleId} className="text-small font-medium text-ink-2">
          {text('mirrors.title')}
        </h3>
        <p className="text-small text-pretty text-ink-3">
          {text('mirrors.hint')} {mirrors.length > 1 ? text('mirrors.keys') : ''}
        </p>
      </div>
      {mirrors.length === 0 ? (
        <p className="text-small text-ink-2">{text('mirrors.none')}</p>
      ) : (
        <ol className="rounded-control border border-line">
          {mirrors.map((mirror, index) => (
            <li
              key={mirror}
              onKeyDown={(event) => onRowKey(event, index)}
              className="flex min-h-8 items-center gap-1 border-b border-line pr-1 pl-2.5 last:border-b-0"
            >
              <span className="w-4 text-small text-ink-3 tabular-nums">{index + 1}</span>
              <code className="min-w-0 flex-1 font-mono text-code [overflow-wrap:anywhere]">{mirror}</code>
              <IconButton
                size="small"
                icon={ArrowUp}
                label={text('mirrors.up', { mirror })}
                disabled={index === 0}
                onClick={() => move(index, -1)}
              />
              <IconButton
                size="small"
                icon={ArrowDown}
                label={text('mirrors.down', { mirror })}
                disabled={index === mirrors.length - 1}
                onClick={() => move(index, 1)}
              />
              <IconButton
                size="small"
                icon={X}
                data-mirror={index}
                label={text('mirrors.remove', { mirror })}
                onClick={() => onChange(mirrors.filter((each) => each !== mirror))}
              />
            </li>
          ))}
        </ol>
      )}
      <div className="flex items-start gap-2">
        <TextField
          isCode
          label={text('mirrors.name')}
          placeholder={text('mirrors.placeholder')}
          value={typed}
          onChange={(value) => {
            setTyped(value);
            setProblem(null);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || typed.trim() === '') return;
            // Enter adds the mirror; the form is sent by a second one.
            event.preventDefault();
            add();
          }}
          problem={problem === null ? null : text(`problems.${problem}`)}
          className="flex-1"
        />
        <Button className="mt-5.5" disabled={typed.trim() === ''} onClick={add}>
          {text('mirrors.add')}
        </Button>
      </div>
    </fieldset>
  );
}
