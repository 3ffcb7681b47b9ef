import type { BuildInput, BuildPlan } from '#core/contract/builds.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Segmented } from '#renderer/ui/Segmented.tsx';

export interface CheckpointsFieldProps {
  readonly value: BuildInput['checkpoints'];
  /** Those that the build would make or find; null while that is not known. */
  readonly planned: BuildPlan['checkpoints'] | null;
  /** Whether the definition has some. */
  readonly hasSome: boolean;
  /** Whether it is built as root through sudo: they are not used then. */
  readonly isRoot: boolean;
  readonly onChange: (value: BuildInput['checkpoints']) => void;
}

/** Where the build begins, of a definition that has checkpoints; nothing for one that has none. */
export function CheckpointsField({ value, planned, hasSome, isRoot, onChange }: CheckpointsFieldProps) {
  const text = useText('buildsForms');
  const known = planned ?? [];
  const mayHave = hasSome && (isRoot || planned === null);
  if (known.length === 0 && value === 'use' && !mayHave) return null;
  const last = known.findLast(({ isKept }) => isKept) ?? null;
  const names = known.map(({ name }) => showControls(name)).join(', ');
  const hints: Readonly<Record<BuildInput['checkpoints'], string>> = {
    use:
      known.length === 0
        ? ''
        : last === null
          ? text('build.checkpointsNone', { count: known.length, names })
          : text('build.checkpointsFrom', { name: showControls(last.name), line: last.line }),
    anew: text('build.checkpointsAnewHint'),
    off: text('build.checkpointsOffHint'),
  };
  return (
    <div className="flex flex-col gap-1">
      <Segmented
        label={text('build.checkpoints')}
        value={value}
        options={[
          { value: 'use', label: text('build.checkpointsUse') },
          { value: 'anew', label: text('build.checkpointsAnew') },
          { value: 'off', label: text('build.checkpointsOff') },
        ]}
        onChange={onChange}
        isDisabled={isRoot}
      />
      <p role="status" className="min-h-[1lh] text-small text-ink-3 [overflow-wrap:anywhere]">
        {isRoot ? text('build.checkpointsRoot') : hints[value]}
      </p>
    </div>
  );
}
