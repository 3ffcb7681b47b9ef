import { useState } from 'react';
import { type BuildFactPair, compareBuilds, type PhasePair } from '#core/contract/buildComparison.ts';
import type { BuildRecord, BuildSummary } from '#core/contract/builds.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { formatDuration } from '#core/contract/quantity.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { BothTexts } from '#renderer/ui/BothTexts.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Select } from '#renderer/ui/Select.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { useBuildHistory, useBuildRecord } from './useBuildHistory.ts';

/** So many other builds can be chosen from; those of the same definition come first. */
const mostOffered = 100;

export interface RunComparisonDialogProps {
  readonly build: BuildRecord;
  readonly onClose: () => void;
}

/** This build beside another one of the history. */
export function RunComparisonDialog({ build, onClose }: RunComparisonDialogProps) {
  const text = useText('builds');
  const now = useNow(1000);
  const [chosenId, setChosenId] = useState<TaskId | null>(null);
  const others = othersOf(build, useBuildHistory().builds ?? []);
  const otherId = chosenId ?? others[0]?.id ?? null;
  const { build: other, error } = useBuildRecord(otherId);
  return (
    <Dialog
      isOpen
      width="wide"
      onClose={onClose}
      title={text('compareRuns.title')}
      description={text('compareRuns.description')}
    >
      {others.length === 0 ? (
        <p className="text-ink-2">{text('compareRuns.noOther')}</p>
      ) : (
        <Field label={text('compareRuns.other')}>
          {(control) => (
            <Select
              control={control}
              value={(otherId ?? '') as string}
              onChange={(chosen) => setChosenId(others.find(({ id }) => id === chosen)?.id ?? null)}
              options={others.map(({ id, name, hostLabel, startedAt, outcome }) => ({
                value: id as string,
                label: `${showControls(name)} ${text('history.on', { host: showControls(hostLabel) })}`,
                detail: `${clockText(startedAt, now)}, ${text(`history.outcome.${outcome}`)}`,
              }))}
            />
          )}
        </Field>
      )}
      {error === null ? null : <ErrorNotice report={failureReport(error)} />}
      {other === null ? null : <SideBySide left={other} right={build} now={now} />}
    </Dialog>
  );
}

function othersOf(build: BuildRecord, builds: readonly BuildSummary[]): readonly BuildSummary[] {
  const others = builds.filter(({ id }) => id !== build.id);
  const isSame = ({ name }: BuildSummary) => name === build.name;
  return [...others.filter(isSame), ...others.filter((one) => !isSame(one))].slice(0, mostOffered);
}

interface SideBySideProps {
  readonly left: BuildRecord;
  readonly right: BuildRecord;
  readonly now: number;
}

function SideBySide({ left, right, now }: SideBySideProps) {
  const text = useText('builds');
  const { facts, phases, isSameDefinition } = compareBuilds(left, right, now);
  const heads = [left, right].map(({ name, startedAt }) =>
    text('compareRuns.left', { name: showControls(name), when: clockText(startedAt, now) }),
  ) as [string, string];
  return (
    <div className="mt-3 flex min-w-0 flex-col gap-4">
      <FactTable facts={facts} heads={heads} />
      {phases.length === 0 ? null : <PhaseTable phases={phases} heads={heads} />}
      <section aria-label={text('compareRuns.definitions')} className="flex min-w-0 flex-col gap-1">
        <h3 className="font-semibold">{text('compareRuns.definitions')}</h3>
        {isSameDefinition ? (
          <p className="text-small text-ink-2">{text('compareRuns.sameDefinition')}</p>
        ) : (
          <BothTexts
            name={text('compareRuns.definitions')}
            left={left.definition.text}
            right={right.definition.text}
          />
        )}
      </section>
    </div>
  );
}

const headClass = 'py-1 pr-3 text-left align-bottom font-medium';
const cellClass = 'py-1 pr-3 text-left align-top font-normal';

interface FactTableProps {
  readonly facts: readonly BuildFactPair[];
  readonly heads: readonly [string, string];
}

function FactTable({ facts, heads }: FactTableProps) {
  const text = useText('builds');
  const [isShort, setIsShort] = useState(false);
  const shown = isShort ? facts.filter(({ isSame }) => !isSame) : facts;
  return (
    <section aria-label={text('compareRuns.facts')} className="flex min-w-0 flex-col gap-1">
      <div className="flex items-center justify-between gap-3">
        <h3 className="font-semibold">{text('compareRuns.facts')}</h3>
        <Checkbox label={text('compareRuns.onlyDifferences')} isChecked={isShort} onChange={setIsShort} />
      </div>
      {shown.length === 0 ? (
        <p className="text-small text-ink-2">{text('compareRuns.nothing')}</p>
      ) : (
        <table className="w-full table-fixed text-small">
          <colgroup>
            <col className="w-5" />
            <col className="w-36" />
            <col />
            <col />
          </colgroup>
          <thead>
            <tr className="border-b border-line text-ink-3">
              <td />
              <th scope="col" className={headClass}>
                {text('compareRuns.fact')}
              </th>
              {heads.map((head, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: left and right have no other name
                <th key={index} scope="col" className={headClass}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody data-selectable>
            {shown.map((fact) => (
              <FactRow key={`${fact.name} ${fact.detail}`} fact={fact} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function FactRow({ fact }: { readonly fact: BuildFactPair }) {
  const text = useText('builds');
  const { name, detail, isSame } = fact;
  const isCode = name === 'digest' || name === 'image' || name === 'definition' || name === 'argument';
  return (
    <tr className={classNames('border-b border-line/55', !isSame && 'bg-warn-soft')}>
      <td className="pl-1.5 align-top font-mono font-bold text-warn">
        {isSame ? null : (
          <>
            <span aria-hidden>~</span>
            <span className="sr-only">{text('compareRuns.differs')}</span>
          </>
        )}
      </td>
      <th scope="row" className={classNames(cellClass, 'text-ink-2 [overflow-wrap:anywhere]')}>
        {text(`compareRuns.names.${name}`, { name: showControls(detail) })}
      </th>
      {([fact.left, fact.right] as const).map((value, index) => (
        <td
          // biome-ignore lint/suspicious/noArrayIndexKey: left and right have no other name
          key={index}
          className={classNames(cellClass, '[overflow-wrap:anywhere]', isCode && 'font-mono text-code')}
        >
          <bdi dir="ltr">{shownValue(name, value) ?? text('compareRuns.none')}</bdi>
        </td>
      ))}
    </tr>
  );
}

function shownValue(name: BuildFactPair['name'], value: string | null): string | null {
  if (value === null) return null;
  return name === 'started' ? wholeTimeText(Date.parse(value)) : showControls(value);
}

interface PhaseTableProps {
  readonly phases: readonly PhasePair[];
  readonly heads: readonly [string, string];
}

function PhaseTable({ phases, heads }: PhaseTableProps) {
  const text = useText('builds');
  const sum = (side: 'left' | 'right') => phases.reduce((whole, phase) => whole + (phase[side] ?? 0), 0);
  const rows = [
    ...phases.map(({ phase, left, right }) => ({ name: text(`build.phase.${phase}`), left, right })),
    { name: text('compareRuns.whole'), left: sum('left'), right: sum('right') },
  ];
  const number = 'py-0.5 pr-3 text-right tabular-nums';
  return (
    <section aria-label={text('compareRuns.phases')} className="flex flex-col gap-1">
      <h3 className="font-semibold">{text('compareRuns.phases')}</h3>
      <table className="w-full table-fixed text-small">
        <thead>
          <tr className="border-b border-line text-ink-3">
            <th scope="col" className="w-41 py-1 pl-6.5 text-left font-medium">
              {text('compareRuns.phase')}
            </th>
            {[...heads, text('compareRuns.difference')].map((head, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
              <th key={index} scope="col" className={`${number} font-medium`}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody data-selectable>
          {rows.map(({ name, left, right }, index) => (
            <tr key={name} className={index === rows.length - 1 ? 'border-t border-line font-semibold' : ''}>
              <th
                scope="row"
                className={`py-0.5 pl-6.5 text-left text-ink-2 ${index === rows.length - 1 ? '' : 'font-normal'}`}
              >
                {name}
              </th>
              <td className={number}>{left === null ? text('compareRuns.none') : formatDuration(left)}</td>
              <td className={number}>{right === null ? text('compareRuns.none') : formatDuration(right)}</td>
              <td className={number}>{differenceText(left ?? 0, right ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Of the whole seconds that stand beside it: 2 s and 2 s differ by nothing. */
function differenceText(left: number, right: number): string {
  const seconds = Math.round(right) - Math.round(left);
  const words = formatDuration(Math.abs(seconds));
  if (words === formatDuration(0)) return '±0';
  return `${seconds < 0 ? '−' : '+'}${words}`;
}
