import type { BuildInput, BuildPlan } from '#core/contract/builds.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Segmented } from '#renderer/ui/Segmented.tsx';

export interface CheckpointsFieldProps {
  readonly value: BuildInput['checkpoints'];
  readonly planned: BuildPlan['checkpoints'];
  readonly onChange: (value: BuildInput['checkpoints']) => void;
}

/** Where the build begins, of a definition that has checkpoints; nothing for one that has none. */
export function CheckpointsField({ value, planned, onChange }: CheckpointsFieldProps) {
  const text = useText('buildsForms');
  if (planned.length === 0 && value === 'use') return null;
  const last = planned.findLast(({ isKept }) => isKept) ?? null;
  const names = planned.map(({ name }) => showControls(name)).join(', ');
  const hints: Readonly<Record<BuildInput['checkpoints'], string>> = {
    use:
      last === null
        ? text('build.checkpointsNone', { count: planned.length, names })
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
      />
      <p role="status" className="text-small text-ink-3 [overflow-wrap:anywhere]">
        {hints[value]}
      </p>
    </div>
  );
}
