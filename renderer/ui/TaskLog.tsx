import { ArrowDownToLine } from 'lucide-react';
import { useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { LogBatch, LogLine } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import { useFollow } from '#renderer/api/follow.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { CopyButton } from './CopyButton.tsx';
import { classNames } from './classNames.ts';
import { IconButton } from './IconButton.tsx';
import { applyLogBatch, emptyLog, logAsText, plainLine } from './logText.ts';
import { SearchField } from './SearchField.tsx';

const shownLimit = 2000;

const lineClasses: Readonly<Record<LogLine['stream'], string>> = {
  note: 'text-terminal-ink/80 italic',
  command: 'text-[#8fb1ff]',
  stdout: '',
  stderr: 'text-[#f0c674]',
};

/** The log of a task, following its end. Give it the task's id as `key`. */
export function TaskLog({ taskId }: { readonly taskId: TaskId }) {
  const text = useText('tasks');
  const [log, setLog] = useState(emptyLog);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const [search, setSearch] = useState('');
  const [isFollowing, setIsFollowing] = useState(true);
  const box = useRef<HTMLElement>(null);
  const next = useRef(0);

  useFollow<LogBatch>(taskId, {
    open: (signal) => client.tasks.watchLog({ id: taskId, from: next.current }, { signal }),
    onEvent: (batch) => {
      next.current = batch.from + batch.lines.length;
      setLog((view) => applyLogBatch(view, batch));
    },
    onFailure: setFailure,
    hasEnd: true,
  });

  const wanted = useDeferredValue(search.trim().toLowerCase());
  const found = useMemo(() => {
    const numbered = log.lines.map((line, index) => ({
      number: log.dropped + index,
      stream: line.stream,
      text: plainLine(line.text),
    }));
    return wanted === '' ? numbered : numbered.filter((line) => line.text.toLowerCase().includes(wanted));
  }, [log, wanted]);
  const shown = found.slice(-shownLimit);

  useLayoutEffect(() => {
    if (isFollowing && box.current !== null && shown.length > 0)
      box.current.scrollTop = box.current.scrollHeight;
  }, [isFollowing, shown]);

  function rememberPlace() {
    const element = box.current;
    if (element === null) return;
    setIsFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < 24);
  }

  return (
    <div className="flex min-h-0 flex-1 flex-col gap-1.5">
      <div className="flex items-center gap-1">
        <SearchField label={text('logSearch')} value={search} onChange={setSearch} className="w-56" />
        <span className="px-1 text-small text-ink-3 tabular-nums">
          {text('logMatches', { count: found.length })}
        </span>
        <span className="flex-1" />
        <IconButton
          size="small"
          icon={ArrowDownToLine}
          label={text('follow')}
          aria-pressed={isFollowing}
          onClick={() => setIsFollowing(true)}
        />
        <CopyButton value={logAsText(log.lines)} label={text('logCopy')} />
      </div>
      <section
        ref={box}
        aria-label={text('log')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling log must be reachable from the keyboard
        tabIndex={0}
        onScroll={rememberPlace}
        className="min-h-16 flex-1 overflow-auto rounded-control bg-terminal px-3 py-2 font-mono text-code text-terminal-ink"
      >
        {found.length > shown.length || log.dropped > 0 ? (
          <p className="italic opacity-80">{text('logCut', { count: shown.length })}</p>
        ) : null}
        {found.length === 0 ? <p className="italic opacity-80">{text('logEmpty')}</p> : null}
        {shown.map((line) => (
          <div
            key={line.number}
            data-selectable
            className={classNames(
              'min-h-4 [overflow-wrap:anywhere] whitespace-pre-wrap',
              lineClasses[line.stream],
            )}
          >
            {line.stream === 'command' ? '$ ' : ''}
            {line.text}
          </div>
        ))}
        {failure === null ? null : <p className="text-[#ff9c93]">{failure.title}</p>}
      </section>
    </div>
  );
}
