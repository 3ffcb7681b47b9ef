import { Info, TriangleAlert } from 'lucide-react';
import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { TextField } from '#renderer/ui/Field.tsx';
import { asOneLine, type CheckedPull, type PullForm, type PullPlace } from './pullForm.ts';
import { SeveralImages } from './SeveralImages.tsx';

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
  const { pasted } = checked;
  return (
    <div className="flex flex-col gap-1.5">
      <TextField
        isCode
        autoFocus
        label={text('pull.reference')}
        placeholder={text('pull.placeholder')}
        value={form.reference}
        onChange={(reference) => onChange({ reference, overwrite: false })}
        // An input would join pasted lines without a blank, and two commands would become one word.
        onPaste={(event) => {
          const words = event.clipboardData.getData('text');
          if (!words.trim().includes('\n')) return;
          event.preventDefault();
          onChange({ reference: asOneLine(words), overwrite: false });
        }}
        hint={referenceHint(checked, host, text)}
        problem={referenceProblem(checked, text)}
      />
      {checked.issue.kind === 'several' ? (
        <SeveralImages
          references={pasted.references}
          onChoose={(reference) => onChange({ reference, overwrite: false })}
        />
      ) : null}
      {pasted.warnings.map(({ code, facts }) => (
        <p
          key={code}
          className={classNames(
            'flex items-start gap-1.5 text-small text-pretty',
            code === 'onlyPulled' ? 'text-ink-2' : 'text-warn',
          )}
        >
          {code === 'onlyPulled' ? (
            <Info aria-hidden className="mt-0.5 size-3.5 shrink-0 text-accent" />
          ) : (
            <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          )}
          {text(`pull.warning.${code}`, facts)}
        </p>
      ))}
    </div>
  );
}

function referenceHint(checked: CheckedPull, host: PullPlace, text: ImagesText): string | undefined {
  const { pasted, target, issue } = checked;
  if (issue.kind === 'several' || issue.kind === 'explained') return undefined;
  if (target === null) return text(host.kind === 'ssh' ? 'pull.referenceHintSsh' : 'pull.referenceHint');
  const { explanation, reference } = pasted;
  if (explanation !== null) {
    return text(`pull.note.${explanation.code}`, { ...explanation.facts, reference: reference ?? '' });
  }
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

function referenceProblem({ issue, pasted }: CheckedPull, text: ImagesText): string | null {
  switch (issue.kind) {
    case 'none':
    case 'empty':
    case 'several':
      return null;
    case 'explained':
      return pasted.explanation === null
        ? null
        : text(`pull.note.${pasted.explanation.code}`, { ...pasted.explanation.facts, reference: '' });
    default:
      return text(`pull.problem.${issue.kind}`, { detail: issue.detail });
  }
}
