import { CircleCheck, FilePen, FilePlus, FileX, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { SyncChange, SyncConflict, SyncInput, SyncPlan } from '#core/contract/handover.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { clockText, useNow } from '#renderer/ui/when.ts';
import { PlanWarnings } from './PlanParts.tsx';
import { StrayList } from './StrayList.tsx';
import { planWork, type Side, type SyncChoices, secretStrays } from './syncForm.ts';

const icons: Readonly<Record<SyncChange['what'], LucideIcon>> = {
  new: FilePlus,
  changed: FilePen,
  removed: FileX,
};
const tones: Readonly<Record<SyncChange['what'], string>> = {
  new: 'text-ok',
  changed: 'text-accent',
  removed: 'text-bad',
};

export interface SyncPlanViewProps {
  readonly plan: SyncPlan;
  /** The names of both hosts. */
  readonly hosts: { readonly here: string; readonly there: string };
  readonly direction: SyncInput['direction'];
  readonly choices: SyncChoices;
  readonly onChoose: (choices: SyncChoices) => void;
}

/** What a sync would do: what goes to the other, what comes here, and what changed on both sides. */
export function SyncPlanView({ plan, hosts, direction, choices, onChoose }: SyncPlanViewProps) {
  const text = useText('workspacesForms');
  const { toOther, toHere, conflicts, secrets, more } = plan;
  const { kept, confirmed } = choices;
  if (toOther.length + toHere.length + conflicts.length + secrets.length === 0) {
    return (
      <>
        <p role="status" className="flex items-center gap-2">
          <CircleCheck aria-hidden className="size-4 shrink-0 text-ok" strokeWidth={1.75} />
          {text('sync.same')}
        </p>
        <PlanWarnings warnings={plan.warnings} />
      </>
    );
  }
  return (
    <>
      <div className={direction === 'both' ? 'grid grid-cols-2 gap-3' : ''}>
        {direction === 'pull' ? null : (
          <ChangeList
            title={text('sync.listToOther', { host: hosts.there })}
            changes={toOther}
            more={more.toOther}
          />
        )}
        {direction === 'push' ? null : (
          <ChangeList
            title={text('sync.listToHere', { host: hosts.here })}
            changes={toHere}
            more={more.toHere}
          />
        )}
      </div>
      {conflicts.length === 0 ? null : (
        <ConflictList
          conflicts={conflicts}
          more={more.conflicts}
          hosts={hosts}
          kept={kept}
          onKeep={(next) => onChoose({ ...choices, kept: next })}
          openCount={planWork(plan, choices).openConflicts}
        />
      )}
      {secrets.length === 0 ? null : (
        <StrayList
          plan={{
            strays: [
              ...secretStrays(plan, (side, detail) => text('sync.secretOn', { host: hosts[side], detail })),
            ],
            moreStrays: more.secrets,
          }}
          words={{ title: text('sync.secretsTitle'), secretsHint: text('sync.secretsHint') }}
          confirmed={confirmed}
          onChange={(next) => onChoose({ ...choices, confirmed: next })}
        />
      )}
      <p role="status" className="text-small text-ink-2 tabular-nums">
        {text('sync.bytes', { size: formatBytes(plan.bytes) })}
      </p>
      <PlanWarnings warnings={plan.warnings} />
    </>
  );
}

function ChangeList({
  title,
  changes,
  more,
}: {
  readonly title: string;
  readonly changes: readonly SyncChange[];
  readonly more: number;
}) {
  const text = useText('workspacesForms');
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-1">
      <h3 className="flex items-baseline gap-2 text-small font-medium text-ink-2">
        <span className="truncate">{title}</span>
        <span className="font-normal text-ink-3 tabular-nums">
          {(changes.length + more).toLocaleString()}
        </span>
      </h3>
      <ul
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by the keyboard
        tabIndex={0}
        aria-label={title}
        className="max-h-44 min-h-14 flex-1 overflow-auto rounded-control border border-line text-small focus-visible:-outline-offset-2"
        data-selectable
      >
        {changes.length === 0 ? <li className="px-2 py-1 text-ink-3">{text('sync.none')}</li> : null}
        {changes.map(({ path, what, sizeBytes }) => {
          const Icon = icons[what];
          return (
            <li
              key={path}
              className="flex items-center gap-2 [contain-intrinsic-height:auto_1.625rem] [content-visibility:auto] border-b border-line/55 px-2 py-0.75"
            >
              <Icon aria-hidden className={`size-4 shrink-0 ${tones[what]}`} strokeWidth={1.75} />
              <span className={`w-14 shrink-0 text-tiny ${tones[what]}`}>{text(`sync.what.${what}`)}</span>
              <bdi dir="ltr" className="min-w-0 flex-1 truncate font-mono text-code" title={path}>
                {path}
              </bdi>
              <span className="shrink-0 text-ink-3 tabular-nums">
                {what === 'removed' ? '' : formatBytes(sizeBytes)}
              </span>
            </li>
          );
        })}
        {more === 0 ? null : (
          <li className="px-2 py-1 text-ink-3 tabular-nums">{text('sync.more', { count: more })}</li>
        )}
      </ul>
    </section>
  );
}

interface ConflictListProps extends Pick<SyncPlanViewProps, 'hosts'> {
  readonly kept: SyncChoices['kept'];
  readonly onKeep: (kept: SyncChoices['kept']) => void;
  readonly conflicts: readonly SyncConflict[];
  readonly more: number;
  readonly openCount: number;
}

function ConflictList({ conflicts, more, hosts, kept, onKeep, openCount }: ConflictListProps) {
  const text = useText('workspacesForms');
  const now = useNow(60_000);
  const choose = (path: HostPath, side: Side | 'none') => {
    const next = new Map(kept);
    if (side === 'none') next.delete(path);
    else next.set(path, side);
    onKeep(next);
  };
  const chooseAll = (side: Side | null) =>
    onKeep(new Map(side === null ? [] : conflicts.map(({ path }) => [path, side])));
  return (
    <section
      aria-label={text('sync.listConflicts')}
      className="flex flex-col gap-1 rounded-control border border-warn/50 bg-warn-soft p-2.5"
    >
      <h3 className="flex items-center gap-2 text-small font-semibold">
        <TriangleAlert aria-hidden className="size-4 shrink-0 text-warn" strokeWidth={1.75} />
        {text('sync.listConflicts')}
        <span role="status" className="font-normal text-ink-2 tabular-nums">
          {text('sync.open', { count: openCount })}
        </span>
      </h3>
      <p className="text-small text-pretty text-ink-2">{text('sync.conflictHint')}</p>
      <div className="flex flex-wrap gap-1.5">
        <Button onClick={() => chooseAll('here')}>{text('sync.allHere', { host: hosts.here })}</Button>
        <Button onClick={() => chooseAll('there')}>{text('sync.allHere', { host: hosts.there })}</Button>
        <Button onClick={() => chooseAll(null)}>{text('sync.allNone')}</Button>
      </div>
      <ul className="max-h-52 overflow-auto rounded-control border border-line bg-bg" data-selectable>
        {conflicts.map(({ path, here, there, factsHere, factsThere }) => (
          <li
            key={path}
            className="flex items-center gap-2 border-b border-line/55 px-2 py-1 text-small last:border-b-0"
          >
            <span className="min-w-0 flex-1">
              <bdi dir="ltr" className="block truncate font-mono text-code" title={path}>
                {path}
              </bdi>
              <span className="text-ink-3">
                {text('sync.conflictSides', {
                  hereHost: hosts.here,
                  here: sideWords(here, factsHere, now),
                  thereHost: hosts.there,
                  there: sideWords(there, factsThere, now),
                })}
              </span>
            </span>
            <Select
              className="w-36"
              label={text('sync.keep', { path })}
              value={kept.get(path) ?? 'none'}
              onChange={(side) => choose(path, side)}
              options={[
                { value: 'none', label: text('sync.keepNone') },
                { value: 'here', label: text('sync.keepHere', { host: hosts.here }) },
                { value: 'there', label: text('sync.keepThere', { host: hosts.there }) },
              ]}
            />
          </li>
        ))}
      </ul>
      {more === 0 ? null : (
        <p className="text-small text-ink-2 tabular-nums">{text('sync.more', { count: more })}</p>
      )}
    </section>
  );
}

/** `changed, 1.2 KB, 09:12:00`: what one side has. */
function sideWords(what: SyncChange['what'], facts: SyncConflict['factsHere'], now: number): string {
  const words = textOf(`workspacesForms:sync.what.${what}`);
  if (facts === null) return words;
  const size = facts.kind === 'file' ? [formatBytes(facts.sizeBytes)] : [];
  return [words, ...size, clockText(facts.modifiedAt, now)].join(', ');
}
