import { useQuery } from '@tanstack/react-query';
import { FileDiff, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { formatBytes } from '#core/contract/quantity.ts';
import type { Sandbox, SandboxChange, SandboxDifference } from '#core/contract/sandboxes.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { queryClient } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { SearchField } from '#renderer/ui/SearchField.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { clockText, useNow } from '#renderer/ui/when.ts';
import { ChangeMark } from './ChangeMark.tsx';
import { ChangedFiles, ChangedPackages } from './ChangeTables.tsx';
import { differenceQuery } from './sandboxQueries.ts';

const minuteMs = 60_000;

/** What changed in a sandbox since it was made. Its whole tree is read for that, so only when the person asks. */
export function ChangesTab({ sandbox }: { readonly sandbox: Sandbox }) {
  const text = useText('sandboxes');
  const query = differenceQuery(sandbox);
  const { data, error, isFetching, dataUpdatedAt, refetch } = useQuery(query);
  const now = useNow(minuteMs);
  if (isFetching) {
    return (
      <div className="flex items-center gap-3 px-3">
        <Spinner />
        <p role="status" className="min-w-0 flex-1 text-ink-2">
          {text('changes.reading')}
        </p>
        <Button onClick={() => void queryClient.cancelQueries({ queryKey: query.queryKey })}>
          {text('changes.cancel')}
        </Button>
      </div>
    );
  }
  if (error !== null) {
    const report = failureReport(error);
    return (
      <div className="px-3">
        <ErrorNotice
          report={report}
          action={
            report.code === 'sandbox.noBase' ? null : (
              <Button onClick={() => void refetch()}>{text('changes.again')}</Button>
            )
          }
        />
      </div>
    );
  }
  if (data === undefined) {
    return (
      <EmptyState icon={FileDiff} title={text('tabs.changes')} text={text('changes.intro')}>
        <Button tone="primary" icon={FileDiff} onClick={() => void refetch()}>
          {text('changes.compare')}
        </Button>
      </EmptyState>
    );
  }
  return (
    <Difference
      difference={data}
      when={text('changes.at', { when: clockText(dataUpdatedAt, now) })}
      onAgain={() => void refetch()}
    />
  );
}

interface DifferenceProps {
  readonly difference: SandboxDifference;
  readonly when: string;
  readonly onAgain: () => void;
}

function Difference({ difference, when, onAgain }: DifferenceProps) {
  const text = useText('sandboxes');
  const { files, packages, notes, totals } = difference;
  const isEqual = totals.added + totals.changed + totals.removed + packages.length === 0;
  const [shown, setShown] = useState<'files' | 'packages'>(
    files.length === 0 && packages.length > 0 ? 'packages' : 'files',
  );
  const [filter, setFilter] = useState('');
  return (
    <div className="flex h-full min-h-60 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3">
        <Totals difference={difference} isEqual={isEqual} />
        <span className="ml-auto flex items-center gap-1 text-small text-ink-3">
          {when}
          <IconButton icon={RefreshCw} label={text('changes.again')} onClick={onAgain} />
        </span>
      </div>
      {notes.length === 0 ? null : (
        <section aria-label={text('changes.notes')} className="px-3 text-small text-ink-2">
          {notes.map((note) => (
            <p key={note} className="text-pretty">
              {note}
            </p>
          ))}
        </section>
      )}
      {isEqual ? null : (
        <>
          <div className="flex flex-wrap items-end gap-2 px-3">
            <Segmented
              label={text('changes.kind')}
              value={shown}
              options={[
                {
                  value: 'files',
                  label: text('changes.filesCount', {
                    count: totals.added + totals.changed + totals.removed,
                  }),
                },
                { value: 'packages', label: text('changes.packagesCount', { count: packages.length }) },
              ]}
              onChange={(value) => {
                setShown(value);
                setFilter('');
              }}
            />
            <SearchField
              label={text(shown === 'files' ? 'changes.filter' : 'changes.filterPackages')}
              value={filter}
              onChange={setFilter}
              className="min-w-40 flex-1"
            />
          </div>
          <div className="min-h-32 flex-1 border-t border-line bg-bg">
            {shown === 'files' ? (
              <ChangedFiles difference={difference} filter={filter} />
            ) : (
              <ChangedPackages packages={packages} filter={filter} />
            )}
          </div>
        </>
      )}
    </div>
  );
}

const kinds: readonly SandboxChange['what'][] = ['added', 'changed', 'removed'];

function Totals({
  difference: { totals, addedBytes },
  isEqual,
}: {
  readonly difference: SandboxDifference;
  readonly isEqual: boolean;
}) {
  const text = useText('sandboxes');
  const size = formatBytes(Math.abs(addedBytes));
  return (
    <section aria-label={text('changes.totals')} className="flex flex-wrap items-center gap-x-3">
      {isEqual ? (
        <p>{text('changes.nothing')}</p>
      ) : (
        <>
          {kinds.map((what) =>
            totals[what] === 0 ? null : (
              <span key={what} className="flex items-center gap-1 tabular-nums">
                {totals[what].toLocaleString('en')}
                <ChangeMark what={what} />
              </span>
            ),
          )}
          <span className="tabular-nums text-ink-2">
            {addedBytes === 0
              ? text('changes.sameSize')
              : text(addedBytes > 0 ? 'changes.grown' : 'changes.shrunk', { size })}
          </span>
        </>
      )}
    </section>
  );
}
