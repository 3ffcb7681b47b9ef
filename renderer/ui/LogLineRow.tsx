import type { Ref } from 'react';
import type { LogLine } from '#core/contract/tasks.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { ansiSpans, type MarkedSpan, markedSpans } from './ansiText.ts';
import { classNames } from './classNames.ts';
import { lineTone } from './logText.ts';

const streamClasses: Readonly<Record<LogLine['stream'], string>> = {
  note: 'italic opacity-80',
  command: 'text-(color:--ansi-4)',
  stdout: '',
  stderr: '',
};

const toneClasses = {
  bad: 'text-(color:--ansi-1)',
  warn: 'text-(color:--ansi-3)',
  trace: 'text-(color:--ansi-8)',
} as const;

export interface LogLineRowProps {
  readonly line: LogLine;
  /** As it is shown, without colours. */
  readonly text: string;
  /** In small letters; what is marked in the line. */
  readonly wanted: string;
  /** The line that the search stands on. */
  readonly isCurrent: boolean;
  /** Where the work failed. */
  readonly isFailed: boolean;
  readonly index: number;
  /** CSS pixels from the top of the log. */
  readonly start: number;
  readonly measure: Ref<HTMLDivElement>;
}

/** One line of a log, in the colours of the program that wrote it. */
export function LogLineRow(props: LogLineRowProps) {
  const text = useText('tasks');
  const { line, wanted, isCurrent, isFailed, index, start, measure } = props;
  const tone = line.stream === 'stdout' || line.stream === 'stderr' ? lineTone(props.text) : null;
  return (
    <div
      ref={measure}
      data-index={index}
      data-selectable
      dir="ltr"
      style={{ transform: `translateY(${start}px)` }}
      className={classNames(
        'absolute inset-x-0 top-0 min-h-[1lh] border-l-3 px-2.5 [overflow-wrap:anywhere] whitespace-pre-wrap [unicode-bidi:isolate]',
        streamClasses[line.stream],
        isFailed
          ? 'border-(--ansi-1) bg-(--terminal-bad) font-semibold text-(color:--ansi-15)'
          : ['border-transparent', tone === null ? '' : toneClasses[tone]].join(' '),
      )}
    >
      {isFailed ? <span className="sr-only">{text('logFailedHere')} </span> : null}
      {line.stream === 'command' ? '$ ' : ''}
      {withKeys(markedSpans(ansiSpans(line.text), wanted)).map(({ key, span }) => (
        <Span key={key} span={span} isCurrent={isCurrent} />
      ))}
    </div>
  );
}

function Span({ span, isCurrent }: { readonly span: MarkedSpan; readonly isCurrent: boolean }) {
  const { text, colour, isBold, isFound } = span;
  const weight = isBold ? 'font-bold' : '';
  if (isFound) {
    return (
      <mark
        className={classNames(
          'rounded-[2px]',
          isCurrent
            ? 'bg-(--terminal-mark-now) text-(color:--terminal)'
            : 'bg-(--terminal-mark) text-(color:--ansi-15)',
          weight,
        )}
      >
        {text}
      </mark>
    );
  }
  if (colour === null && !isBold) return text;
  return (
    <span className={weight} style={colour === null ? undefined : { color: colour }}>
      {text}
    </span>
  );
}

/** Spans of a line never move. */
function withKeys(spans: readonly MarkedSpan[]) {
  return spans.map((span, index) => ({ key: index, span }));
}
