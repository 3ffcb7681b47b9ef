import { useState } from 'react';
import type { BuildRecord } from '#core/contract/builds.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { formatDuration } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Field } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Select } from '#renderer/ui/Select.tsx';
import { clockText, useNow } from '#renderer/ui/when.ts';
import { comparePhases, type PhaseComparison } from './phases.ts';
import { useBuildHistory, useBuildRecord } from './useBuildHistory.ts';

const none = 'none';

/** How long this build took in each phase beside another one. */
export function RunComparison({ build }: { readonly build: BuildRecord }) {
  const text = useText('builds');
  const now = useNow(1000);
  const [otherId, setOtherId] = useState<TaskId | null>(null);
  const others = (useBuildHistory().builds ?? []).filter(({ id }) => id !== build.id);
  const other = useBuildRecord(otherId).build;
  if (others.length === 0) return null;
  // Builds of the same definition first.
  const ordered = [
    ...others.filter(({ name }) => name === build.name),
    ...others.filter(({ name }) => name !== build.name),
  ];
  return (
    <div className="flex flex-col gap-1.5">
      <Field label={text('build.compare')}>
        {(control) => (
          <Select
            control={control}
            value={(otherId ?? none) as string}
            onChange={(chosen) => setOtherId(others.find(({ id }) => id === chosen)?.id ?? null)}
            options={[
              { value: none, label: text('build.compareNone') },
              ...ordered.slice(0, 50).map(({ id, name, hostLabel, startedAt, outcome }) => ({
                value: id as string,
                label: `${showControls(name)} ${text('history.on', { host: showControls(hostLabel) })}`,
                detail: `${clockText(startedAt, now)}, ${text(`history.outcome.${outcome}`)}`,
              })),
            ]}
          />
        )}
      </Field>
      {other === null ? null : <Comparison rows={comparePhases(build.phases, other.phases, now)} />}
    </div>
  );
}

function Comparison({ rows }: { readonly rows: readonly PhaseComparison[] }) {
  const text = useText('builds');
  const cell = 'px-2 py-0.5 text-right tabular-nums';
  const whole: Omit<PhaseComparison, 'phase'> = {
    seconds: rows.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
    otherSeconds: rows.reduce((sum, { otherSeconds }) => sum + (otherSeconds ?? 0), 0),
  };
  const lines = [
    ...rows.map((row) => ({ ...row, name: text(`build.phase.${row.phase}`) })),
    { ...whole, name: text('build.whole') },
  ];
  return (
    <table className="w-full text-small">
      <thead>
        <tr className="border-b border-line text-ink-3">
          <th scope="col" className="text-left font-medium">
            {text('build.phases')}
          </th>
          <th scope="col" className={`${cell} font-medium`}>
            {text('build.thisBuild')}
          </th>
          <th scope="col" className={`${cell} font-medium`}>
            {text('build.otherBuild')}
          </th>
          <th scope="col" className={`${cell} font-medium`}>
            {text('build.difference')}
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ name, seconds, otherSeconds }) => (
          <tr key={name}>
            <th scope="row" className="text-left font-normal">
              {name}
            </th>
            <td className={cell}>{seconds === null ? '–' : formatDuration(seconds)}</td>
            <td className={cell}>{otherSeconds === null ? '–' : formatDuration(otherSeconds)}</td>
            <td className={cell}>{differenceText(seconds, otherSeconds)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function differenceText(seconds: number | null, otherSeconds: number | null): string {
  const difference = (seconds ?? 0) - (otherSeconds ?? 0);
  return `${difference < 0 ? '−' : '+'}${formatDuration(Math.abs(difference))}`;
}
