import { Plus, X } from 'lucide-react';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { inputClass } from '#renderer/ui/Field.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import type { ArgumentProblem, ArgumentRow } from './buildForm.ts';

export interface BuildArgumentsFieldProps {
  readonly isDockerfile: boolean;
  readonly rows: readonly ArgumentRow[];
  readonly problems: ReadonlyMap<number, ArgumentProblem>;
  readonly onChange: (rows: readonly ArgumentRow[]) => void;
}

/** Values for `{{ NAME }}`, or for ARG of a Dockerfile: those that the definition names, and others. */
export function BuildArgumentsField({ isDockerfile, rows, problems, onChange }: BuildArgumentsFieldProps) {
  const text = useText('buildsForms');
  const add = () =>
    onChange([
      ...rows,
      {
        id: Math.max(0, ...rows.map(({ id }) => id)) + 1,
        name: '',
        value: '',
        isSecret: false,
        defaultValue: undefined,
      },
    ]);
  return (
    <fieldset className="m-0 flex min-w-0 flex-col gap-1.5 border-0 p-0">
      <legend className="p-0 text-small font-medium text-ink-2">{text('build.arguments')}</legend>
      <p className="text-small text-ink-3">
        {isDockerfile
          ? text('build.argumentsOfDockerfile')
          : text('build.argumentsHint', { placeholder: '{{ NAME }}' })}
      </p>
      {rows.map((row, index) => (
        <ArgumentLine
          key={row.id}
          row={row}
          number={index + 1}
          problem={problems.get(row.id) ?? null}
          onChange={(part) =>
            onChange(rows.map((other) => (other.id === row.id ? { ...other, ...part } : other)))
          }
          onRemove={() => onChange(rows.filter(({ id }) => id !== row.id))}
        />
      ))}
      {rows.some(({ isSecret }) => isSecret) ? (
        <p className="text-small text-pretty text-ink-3">{text('build.secretHint')}</p>
      ) : null}
      <div>
        <Button icon={Plus} onClick={add}>
          {text('build.argumentAdd')}
        </Button>
      </div>
    </fieldset>
  );
}

interface ArgumentLineProps {
  readonly row: ArgumentRow;
  readonly number: number;
  readonly problem: ArgumentProblem | null;
  readonly onChange: (part: Partial<ArgumentRow>) => void;
  readonly onRemove: () => void;
}

function ArgumentLine({ row, number, problem, onChange, onRemove }: ArgumentLineProps) {
  const text = useText('buildsForms');
  const isOfFile = row.defaultValue !== undefined;
  const name = row.name === '' ? String(number) : row.name;
  // An empty row that was just added is not wrong yet; it only cannot be used.
  const isShown = problem !== null && problem !== 'missing' && !(problem === 'name' && row.name === '');
  return (
    <div>
      <div className="grid grid-cols-[minmax(0,0.7fr)_minmax(0,1fr)_auto_1.375rem] items-center gap-2">
        <input
          type="text"
          spellCheck={false}
          autoComplete="off"
          aria-label={text('build.argumentName', { number })}
          readOnly={isOfFile}
          value={row.name}
          onChange={(event) => onChange({ name: event.target.value })}
          className={`${inputClass} font-mono text-code read-only:bg-panel`}
        />
        <input
          type={row.isSecret ? 'password' : 'text'}
          spellCheck={false}
          autoComplete="off"
          aria-label={text('build.argumentValue', { name })}
          aria-invalid={isShown ? true : undefined}
          placeholder={
            row.defaultValue === null
              ? text('build.argumentMissing')
              : row.defaultValue === undefined
                ? ''
                : row.defaultValue === ''
                  ? text('build.argumentEmpty')
                  : text('build.argumentDefault', { value: row.defaultValue })
          }
          value={row.value}
          onChange={(event) => onChange({ value: event.target.value })}
          className={`${inputClass} font-mono text-code`}
        />
        <Checkbox
          label={
            <>
              <span aria-hidden>{text('build.argumentSecret')}</span>
              <span className="sr-only">{text('build.argumentSecretOf', { name })}</span>
            </>
          }
          isChecked={row.isSecret}
          onChange={(isSecret) => onChange({ isSecret })}
        />
        {isOfFile ? null : (
          <IconButton
            size="small"
            icon={X}
            label={text('build.argumentRemove', { number })}
            onClick={onRemove}
          />
        )}
      </div>
      {isShown ? (
        <p role="alert" className="pt-0.5 text-small text-bad">
          {text(`build.argumentProblem.${problem}`)}
        </p>
      ) : null}
    </div>
  );
}
