import { ArrowRight, Plus, X } from 'lucide-react';
import { useId } from 'react';
import type { HostId } from '#core/contract/ids.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { inputClass } from '#renderer/ui/Field.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { type BindProblem, type BindRow, readBindText } from './actionForm.ts';

export interface BindsFieldProps {
  readonly hostId: HostId;
  readonly rows: readonly BindRow[];
  readonly problems: ReadonlyMap<number, BindProblem>;
  readonly onChange: (rows: readonly BindRow[]) => void;
}

/** Folders and files of the host that the container sees. `source:destination:ro` may be pasted as a whole. */
export function BindsField({ hostId, rows, problems, onChange }: BindsFieldProps) {
  const text = useText('images');
  const labelId = useId();
  const changeRow = (id: number, part: Partial<BindRow>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const add = () =>
    onChange([
      ...rows,
      { id: Math.max(0, ...rows.map((row) => row.id)) + 1, source: '', destination: '', isReadOnly: false },
    ]);
  return (
    <fieldset aria-labelledby={labelId} className="m-0 flex min-w-0 flex-col gap-1.5 border-0 p-0">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span id={labelId} className="text-small font-medium text-ink-2">
          {text('run.binds')}
        </span>
        <span className="text-small text-ink-3">{text('run.bindsHint')}</span>
      </div>
      {rows.map((row, index) => (
        <BindLine
          key={row.id}
          hostId={hostId}
          row={row}
          number={index + 1}
          problem={problems.get(row.id) ?? null}
          onChange={(part) => changeRow(row.id, part)}
          onRemove={() => onChange(rows.filter((other) => other.id !== row.id))}
        />
      ))}
      <div>
        <Button icon={Plus} onClick={add}>
          {text('run.addBind')}
        </Button>
      </div>
    </fieldset>
  );
}

interface BindLineProps {
  readonly hostId: HostId;
  readonly row: BindRow;
  readonly number: number;
  readonly problem: BindProblem | null;
  readonly onChange: (part: Partial<BindRow>) => void;
  readonly onRemove: () => void;
}

function BindLine({ hostId, row, number, problem, onChange, onRemove }: BindLineProps) {
  const text = useText('images');
  return (
    <div>
      <div className="grid grid-cols-[minmax(0,1fr)_auto_minmax(0,0.8fr)_auto_auto] items-center gap-2">
        <PathField
          isLabelHidden
          autoFocus={row.source === ''}
          hostId={hostId}
          wants="any"
          label={text('run.bindSourceNumber', { number })}
          placeholder={text('run.bindSource')}
          value={row.source}
          onChange={(source) => onChange(readBindText(source) ?? { source })}
        />
        <ArrowRight aria-hidden className="size-3.5 text-ink-3" />
        <input
          type="text"
          spellCheck={false}
          autoComplete="off"
          aria-label={text('run.bindDestinationNumber', { number })}
          placeholder={text('run.bindDestinationPlaceholder')}
          value={row.destination}
          onChange={(event) => onChange({ destination: event.target.value })}
          className={`${inputClass} font-mono text-code`}
        />
        <Checkbox
          label={
            <>
              <span aria-hidden>{text('run.readOnly')}</span>
              <span className="sr-only">{text('run.readOnlyNumber', { number })}</span>
            </>
          }
          isChecked={row.isReadOnly}
          onChange={(isReadOnly) => onChange({ isReadOnly })}
        />
        <IconButton size="small" icon={X} label={text('run.removeBind', { number })} onClick={onRemove} />
      </div>
      {problem === null ? null : (
        <p role="alert" className="pt-0.5 text-small text-bad">
          {text(`run.bindProblem.${problem}`)}
        </p>
      )}
    </div>
  );
}
