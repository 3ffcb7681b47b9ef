import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDownToLine, ChevronDown, ChevronUp, OctagonX } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { LogBatch } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import { useFollow } from '#renderer/api/follow.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { useZoom } from '#renderer/state/settings.ts';
import { CopyButton } from './CopyButton.tsx';
import { IconButton } from './IconButton.tsx';
import { LogLineRow } from './LogLineRow.tsx';
import { createLogText, failedLogLine } from './logText.ts';
import { SearchField } from './SearchField.tsx';

/** Height of a line that is not broken, at zoom 1. */
const linePixels = 17.25;
/** So near to the end somebody is at the end. */
const nearEndPixels = 24;

export interface TaskLogProps {
  readonly taskId: TaskId;
  /** Of work that failed: the command as the shell traced it, null where that is not known. Its line is marked and shown. */
  readonly failure?: { readonly command: string | null } | null;
  /** What is said in its place where the task is not known any more. */
  readonly unknown?: string;
}

/** The log of a task, following its end, in its colours and with a search. Give it the task's id as `key`. */
export function TaskLog({ taskId, failure: failed = null, unknown }: TaskLogProps) {
  const text = useText('tasks');
  const [log] = useState(() => createLogText((missing) => text('logCut', { count: missing })));
  const [revision, setRevision] = useState(0);
  const [hasEnded, setHasEnded] = useState(false);
  const [refusal, setRefusal] = useState<ErrorReport | null>(null);
  const [search, setSearch] = useState('');
  const [foundAt, setFoundAt] = useState(0);
  const [isFollowing, setIsFollowing] = useState(true);
  const box = useRef<HTMLElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const lastTop = useRef(0);
  const zoom = useZoom();

  useFollow<LogBatch>(taskId, {
    open: (signal) => client.tasks.watchLog({ id: taskId, from: log.next() }, { signal }),
    onEvent: (batch) => {
      log.take(batch);
      setRevision((before) => before + 1);
      if (batch.ended) setHasEnded(true);
    },
    onFailure: setRefusal,
    hasEnd: true,
  });

  const count = log.count();
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const found = log.find(wanted);
  const currentIndex = found[Math.min(foundAt, found.length - 1)] ?? null;
  const hasFailed = failed !== null && hasEnded;
  const failedIndex = hasFailed ? failedLogLine(log, failed.command) : null;

  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => linePixels * zoom,
    overscan: 20,
    paddingStart: 8,
    paddingEnd: 8,
  });
  const { measure, scrollToIndex } = virtualizer;
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights that the virtualizer keeps are stale after a zoom
  useEffect(() => measure(), [measure, zoom]);

  const height = virtualizer.getTotalSize();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end, and so does another width
  useLayoutEffect(() => {
    if (isFollowing && count > 0) scrollToIndex(count - 1, { align: 'end' });
  }, [isFollowing, count, revision, height, scrollToIndex]);

  function goTo(index: number | null) {
    if (index === null) return;
    setIsFollowing(false);
    scrollToIndex(index, { align: 'center' });
  }

  useEffect(() => {
    if (failedIndex === null) return;
    setIsFollowing(false);
    scrollToIndex(failedIndex, { align: 'center' });
  }, [failedIndex, scrollToIndex]);

  useEffect(() => {
    if (wanted === '') return;
    const first = log.find(wanted)[0];
    setFoundAt(0);
    if (first === undefined) return;
    setIsFollowing(false);
    scrollToIndex(first, { align: 'center' });
  }, [wanted, log, scrollToIndex]);

  function step(by: 1 | -1) {
    if (found.length === 0) return;
    const next = (Math.min(foundAt, found.length - 1) + by + found.length) % found.length;
    setFoundAt(next);
    goTo(found[next] ?? null);
  }

  function onScroll() {
    const element = box.current;
    if (element === null) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    // Lines that turn out higher than thought move the end away; only who goes up leaves it.
    if (scrollHeight - scrollTop - clientHeight < nearEndPixels) setIsFollowing(true);
    else if (scrollTop < lastTop.current - 1) setIsFollowing(false);
    lastTop.current = scrollTop;
  }

  function onKeyDown(event: KeyboardEvent) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'f') {
      event.preventDefault();
      field.current?.select();
    }
  }

  if (unknown !== undefined && refusal?.code === 'task.unknown')
    return <p className="text-small text-ink-3">{unknown}</p>;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the search key works wherever in the log one is
    <div data-own-search onKeyDown={onKeyDown} className="flex min-h-0 flex-1 flex-col gap-1.5">
      <div className="flex items-center gap-1">
        <SearchField
          inputRef={field}
          label={text('logSearch')}
          value={search}
          onChange={setSearch}
          onKeyDown={(event) => {
            if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
            else if (event.key === 'Escape') box.current?.focus();
          }}
          className="w-56 min-w-24 shrink"
        />
        <span role="status" className="px-1 text-small whitespace-nowrap text-ink-3 tabular-nums">
          {wanted === ''
            ? text('logLines', { count })
            : found.length === 0
              ? text('logNoMatch')
              : text('logMatch', { at: Math.min(foundAt, found.length - 1) + 1, count: found.length })}
        </span>
        {wanted === '' ? null : (
          <>
            <IconButton
              size="small"
              icon={ChevronUp}
              label={text('logPrevious')}
              shortcut="Shift+Enter"
              disabled={found.length === 0}
              onClick={() => step(-1)}
            />
            <IconButton
              size="small"
              icon={ChevronDown}
              label={text('logNext')}
              shortcut="Enter"
              disabled={found.length === 0}
              onClick={() => step(1)}
            />
          </>
        )}
        <span className="flex-1" />
        {failedIndex === null ? null : (
          <IconButton
            size="small"
            icon={OctagonX}
            label={text('logFailed')}
            onClick={() => goTo(failedIndex)}
          />
        )}
        <IconButton
          size="small"
          icon={ArrowDownToLine}
          label={text('follow')}
          aria-pressed={isFollowing}
          onClick={() => setIsFollowing(true)}
        />
        <CopyButton value={log.whole} label={text('logCopy')} />
      </div>
      <section
        ref={box}
        aria-label={text('log')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling log must be reachable from the keyboard
        tabIndex={0}
        onScroll={onScroll}
        className="min-h-16 flex-1 overflow-auto rounded-control bg-terminal font-mono text-code text-terminal-ink [overflow-anchor:none]"
      >
        {count === 0 && refusal === null ? (
          <p className="px-3 py-2 italic opacity-80">{text('logEmpty')}</p>
        ) : null}
        <div className="relative" style={{ height: count === 0 ? 0 : height }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const line = log.lineAt(index);
            return line === undefined ? null : (
              <LogLineRow
                key={index}
                line={line}
                text={log.textAt(index)}
                wanted={wanted}
                isCurrent={index === currentIndex && wanted !== ''}
                isFailed={index === failedIndex}
                index={index}
                start={start}
                measure={virtualizer.measureElement}
              />
            );
          })}
        </div>
        {refusal === null ? null : <p className="px-3 py-2 text-(color:--ansi-1)">{refusal.title}</p>}
      </section>
    </div>
  );
}
