import { useText } from '#renderer/i18n/i18n.ts';
import { TextField } from '#renderer/ui/Field.tsx';
import { Disclosure } from './Disclosure.tsx';

/** What is typed there. */
export interface TypedCredentials {
  readonly userName: string;
  readonly password: string;
}

export interface PullCredentialsProps {
  readonly form: TypedCredentials;
  /** What they are good for, and that they are not kept. */
  readonly hint: string;
  readonly problem: 'incomplete' | null;
  /** Open from the start; false when not given. */
  readonly isOpen?: boolean;
  readonly onChange: (part: Partial<TypedCredentials>) => void;
}

/** User and password for one pull or push. They go nowhere else. */
export function PullCredentials({ form, hint, problem, isOpen = false, onChange }: PullCredentialsProps) {
  const text = useText('images');
  return (
    <Disclosure label={text('pull.signIn')} summary={form.userName || null} isOpenAtFirst={isOpen}>
      <p className="text-small text-pretty text-ink-3">{hint}</p>
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
