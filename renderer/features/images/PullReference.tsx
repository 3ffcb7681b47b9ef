import { useText } from '#renderer/i18n/i18n.ts';
import { TextField } from '#renderer/ui/Field.tsx';
import type { CheckedPull, PullForm, PullPlace } from './pullForm.ts';

type ImagesText = ReturnType<typeof useText<'images'>>;

/** The box for whatever names an image, with what it is taken for, or what is wrong with it. */
export function PullReference({
  form,
  checked,
  host,
  onChange,
}: {
  readonly form: PullForm;
  readonly checked: CheckedPull;
  readonly host: PullPlace;
  readonly onChange: (part: Partial<PullForm>) => void;
}) {
  const text = useText('images');
  return (
    <TextField
      isCode
      autoFocus
      label={text('pull.reference')}
      placeholder={text('pull.placeholder')}
      value={form.reference}
      onChange={(reference) => onChange({ reference, overwrite: false })}
      hint={referenceHint(checked, host, text)}
      problem={referenceProblem(checked, text)}
    />
  );
}

function referenceHint(checked: CheckedPull, host: PullPlace, text: ImagesText): string {
  const { pasted, target } = checked;
  if (target === null) return text(host.kind === 'ssh' ? 'pull.referenceHintSsh' : 'pull.referenceHint');
  if (pasted.taken !== 'asIs') return text(`pull.taken.${pasted.taken}`, { reference: pasted.reference });
  switch (target.kind) {
    case 'docker':
    case 'oras':
      return text(`pull.means.${target.kind}`, { repository: target.repository, registry: target.registry });
    case 'library':
    case 'shub':
    case 's3':
    case 'http':
    case 'file':
      return text(`pull.means.${target.kind}`);
  }
}

function referenceProblem({ issue }: CheckedPull, text: ImagesText): string | null {
  if (issue.kind === 'none' || issue.kind === 'empty') return null;
  return text(`pull.problem.${issue.kind}`, { detail: issue.detail });
}
