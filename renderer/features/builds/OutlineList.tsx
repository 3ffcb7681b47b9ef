import type { Outline, TextRange } from '#core/contract/definitions.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { currentDocument, useBuilds } from './buildsState.ts';
import { liveEditor } from './liveEditor.ts';

/** Stages, sections and checkpoints of the file in the editor; a click goes there. */
export function OutlineList() {
  const text = useText('builds');
  const document = useBuilds(currentDocument);
  const outline = useBuilds((state) => state.lints[document?.id ?? '']?.outline ?? null);
  if (document === null || outline === null || outline.stages.length === 0) {
    return <p className="px-3 text-small text-ink-3">{text('outline.none')}</p>;
  }
  return (
    <nav aria-label={text('outline.list', { name: document.name })} className="pb-3" data-outline>
      {outline.stages.map((stage, index) => (
        <Stage key={stage.range.from} stage={stage} number={index + 1} isOnly={outline.stages.length === 1} />
      ))}
    </nav>
  );
}

interface StageProps {
  readonly stage: Outline['stages'][number];
  readonly number: number;
  readonly isOnly: boolean;
}

function Stage({ stage, number, isOnly }: StageProps) {
  const text = useText('builds');
  const base = [stage.agent, stage.base]
    .flatMap((word) => (word === null ? [] : [showControls(word)]))
    .join(' ');
  const name =
    stage.name === null
      ? text('outline.stage', { number })
      : text('outline.stageNamed', { name: showControls(stage.name) });
  return (
    <ul>
      <Entry
        range={stage.range}
        label={isOnly && base !== '' ? base : name}
        detail={isOnly ? '' : base}
        isHead
      />
      {stage.sections.map((section) => (
        <Entry
          key={section.range.from}
          range={section.range}
          label={`%${section.name}`}
          detail={section.argument === null ? '' : showControls(section.argument)}
        />
      ))}
      {stage.checkpoints.map((checkpoint) => (
        <Entry
          key={checkpoint.range.from}
          range={checkpoint.range}
          label={text('outline.checkpoint', { name: showControls(checkpoint.name) })}
          detail=""
        />
      ))}
    </ul>
  );
}

interface EntryProps {
  readonly range: TextRange;
  readonly label: string;
  readonly detail: string;
  readonly isHead?: boolean;
}

function Entry({ range, label, detail, isHead = false }: EntryProps) {
  return (
    <li>
      <button
        type="button"
        onClick={() => liveEditor()?.goTo(range.line, range.column)}
        className={`flex w-full min-w-0 items-baseline gap-2 py-0.5 pr-3 text-left hover:bg-hover focus-visible:-outline-offset-2 ${isHead ? 'pl-3 font-medium' : 'pl-6'}`}
      >
        <span className={isHead ? 'truncate' : 'font-mono text-code'}>{label}</span>
        <bdi dir="ltr" className="min-w-0 flex-1 truncate text-small text-ink-3">
          {detail}
        </bdi>
        <span className="text-tiny text-ink-3 tabular-nums">{range.line}</span>
      </button>
    </li>
  );
}
