import { useRef, useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { LogBatch, LogLine } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import { useFollow } from '#renderer/api/follow.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { plainLine } from '#renderer/ui/ansiText.ts';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { Nothing } from './DetailTexts.tsx';
import { LongText } from './LongText.tsx';

/** The log of the task that made an image. Give it the task's id as `key`. */
export function DetailLog({ taskId }: { readonly taskId: TaskId }) {
  const text = useText('images');
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [hasEnded, setHasEnded] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const next = useRef(0);
  useFollow<LogBatch>(taskId, {
    open: (signal) => client.tasks.watchLog({ id: taskId, from: next.current }, { signal }),
    onEvent: (batch) => {
      const fresh = batch.lines.slice(Math.max(0, next.current - batch.from));
      next.current = batch.from + batch.lines.length;
      setLines((known) => [...known, ...fresh]);
      if (batch.ended) setHasEnded(true);
    },
    onFailure: setFailure,
    hasEnd: true,
  });
  if (failure !== null) {
    return failure.code === 'task.unknown' ? (
      <Nothing>{text('log.none')}</Nothing>
    ) : (
      <ErrorNotice report={failure} />
    );
  }
  if (lines.length === 0) return hasEnded ? <Nothing>{text('log.empty')}</Nothing> : <Spinner />;
  return <LongText label={text('log.name')} text={lines.map(lineText).join('\n')} />;
}

function lineText(line: LogLine): string {
  const plain = plainLine(line.text);
  return line.stream === 'command' ? `$ ${plain}` : plain;
}
