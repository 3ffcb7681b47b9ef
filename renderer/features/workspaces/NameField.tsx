import type { HostId } from '#core/contract/ids.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { TextField } from '#renderer/ui/Field.tsx';
import type { NameProblem } from './workspaceForm.ts';

export interface NameFieldProps {
  readonly hostId: HostId;
  readonly value: string;
  readonly onChange: (name: string) => void;
  readonly problem: NameProblem | null;
  /** Once the form was sent, an empty name is told. */
  readonly isTried: boolean;
  readonly hint?: string;
  readonly autoFocus?: boolean;
}

/** The name of a workspace; what is wrong with it is said while it is typed. */
export function NameField({
  hostId,
  value,
  onChange,
  problem,
  isTried,
  hint,
  autoFocus = false,
}: NameFieldProps) {
  const text = useText('workspacesForms');
  const host = useHosts((state) => hostOf(state, hostId))?.label ?? hostId;
  const words =
    problem === 'bad'
      ? text('nameProblem')
      : problem === 'taken'
        ? text('nameTaken', { host })
        : problem === 'missing' && isTried
          ? text('nameMissing')
          : null;
  return (
    <TextField
      autoFocus={autoFocus}
      maxLength={64}
      label={text('name')}
      hint={hint ?? text('nameHint')}
      value={value}
      onChange={onChange}
      problem={words}
    />
  );
}
