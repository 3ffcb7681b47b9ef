import { useText } from '#renderer/i18n/i18n.ts';
import { TextField } from '#renderer/ui/Field.tsx';
import { Disclosure } from './Disclosure.tsx';
import type { PullForm } from './pullForm.ts';

export interface PullCredentialsProps {
  readonly form: PullForm;
  readonly problem: 'incomplete' | null;
  readonly isOpen: boolean;
  readonly onChange: (part: Partial<PullForm>) => void;
}

/** User and password for one pull. They go nowhere else. */
export function PullCredentials({ form, problem, isOpen, onChange }: PullCredentialsProps) {
  const text = useText('images');
  return (
    <Disclosure label={text('pull.signIn')} summary={form.userName || null} isOpenAtFirst={isOpen}>
      <p className="text-small text-pretty text-ink-3">{text('pull.signInHint')}</p>
      <div className="grid grid-cols-2 gap-2.5">
        <TextField
          label={text('pull.userName')}
          value={form.userName}
          onChange={(userName) => onChange({ userName })}
        />
        <TextField
          label={text('pull.password')}
          type="password"
          autoComplete="new-password"
          value={form.password}
          onChange={(password) => onChange({ password })}
        />
      </div>
      {problem === null ? null : <p className="text-small text-bad">{text('pull.credentialsIncomplete')}</p>}
    </Disclosure>
  );
}
