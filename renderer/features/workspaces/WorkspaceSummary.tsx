import { PackageOpen, Pencil, Ruler } from 'lucide-react';
import { formatBytes } from '#core/contract/quantity.ts';
import { type Workspace, workspaceHome } from '#core/contract/workspaces.ts';
import { runCommand } from '#renderer/commands/registry.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { useTasks } from '#renderer/state/tasks.ts';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { type Definition, DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { SoftwareTable } from './SoftwareTable.tsx';
import { WorkspaceWriters } from './WorkspaceWriters.tsx';
import { formOf } from './workspaceRows.ts';
import { imageNameOf, systemWords } from './workspaceWords.ts';

/** What a workspace is: who has it open, what it is for, its facts, its software. */
export function WorkspaceSummary({ workspace }: { readonly workspace: Workspace }) {
  const text = useText('workspaces');
  const facts = useFacts(workspace);
  return (
    <div className="flex flex-col gap-4 pb-4">
      <section aria-label={text('description')} className="flex items-start gap-1.5">
        <p
          className={
            workspace.description === ''
              ? 'min-w-0 flex-1 text-ink-3'
              : 'min-w-0 flex-1 whitespace-pre-wrap [overflow-wrap:anywhere]'
          }
          data-selectable
        >
          {workspace.description === '' ? text('noDescription') : showControls(workspace.description)}
        </p>
        <IconButton
          size="small"
          icon={Pencil}
          label={text('edit')}
          onClick={() => void runCommand('workspaces.edit')}
        />
      </section>
      <WorkspaceWriters workspace={workspace} />
      <section aria-label={text('facts')} data-selectable>
        <DefinitionList items={facts} />
      </section>
      <SoftwareTable workspace={workspace} />
      <section aria-labelledby="workspace-why" className="flex flex-col gap-1 border-t border-line pt-3">
        <h3 id="workspace-why" className="text-small font-semibold">
          {text('why')}
        </h3>
        <p className="text-small text-pretty text-ink-2">{text('whyText')}</p>
      </section>
    </div>
  );
}

function useFacts(workspace: Workspace): readonly Definition[] {
  const text = useText('workspaces');
  const now = useNow(60_000);
  const form = useTasks((state) => formOf(state.tasks, workspace));
  const { image, size, modifiedAt } = workspace;
  const system = systemWords(workspace);
  return [
    {
      term: text('fact.inside'),
      value: <Code value={workspaceHome} copyLabel={text('copyInside')} />,
    },
    { term: text('fact.folder'), value: <Code value={workspace.folder} copyLabel={text('copyFolder')} /> },
    {
      term: text('fact.size'),
      value: (
        <span className="flex items-start gap-1">
          <span className="min-w-0">
            {size === null
              ? text('notMeasured')
              : text('fact.sizeValue', { size: formatBytes(size.bytes), count: size.files })}
            {size === null ? null : (
              <span className="text-ink-3">
                {', '}
                {text('fact.measured', { when: clockText(size.measuredAt, now) })}
              </span>
            )}
          </span>
          <span className="-my-0.5">
            <IconButton
              size="small"
              icon={Ruler}
              label={text('commands.measure')}
              onClick={() => void runCommand('workspaces.measure')}
            />
          </span>
        </span>
      ),
    },
    {
      term: text('fact.form'),
      value: (
        <span className="flex items-start gap-1">
          <span className="min-w-0">{text(`fact.forms.${form}`)}</span>
          {form === 'packed' ? (
            <span className="-my-0.5">
              <IconButton
                size="small"
                icon={PackageOpen}
                label={text('commands.unpack')}
                onClick={() => void runCommand('workspaces.unpack')}
              />
            </span>
          ) : null}
        </span>
      ),
    },
    {
      term: text('fact.image'),
      value: imageNameOf(workspace) ?? text('fact.noImage'),
      ...(image === null
        ? {}
        : {
            title: showControls(
              image.place === null ? image.name : `${image.place.path} (${image.place.node})`,
            ),
          }),
    },
    ...(system === null ? [] : [{ term: text('fact.system'), value: system }]),
    ...(image?.digest == null
      ? []
      : [
          {
            term: text('fact.digest'),
            value: <Code value={showControls(image.digest)} copyLabel={text('copyDigest')} isCut />,
          },
        ]),
    { term: text('fact.created'), value: wholeTimeText(workspace.createdAt) },
    ...(modifiedAt === null ? [] : [{ term: text('fact.changed'), value: wholeTimeText(modifiedAt) }]),
    { term: text('fact.id'), value: <Code value={workspace.id} copyLabel={text('copyId')} isCut /> },
  ];
}

function Code({
  value,
  copyLabel,
  isCut = false,
}: {
  readonly value: string;
  readonly copyLabel: string;
  readonly isCut?: boolean;
}) {
  return (
    <span className="flex min-w-0 items-start gap-1">
      <bdi
        dir="ltr"
        title={isCut ? value : undefined}
        className={
          isCut
            ? 'min-w-0 truncate font-mono text-code'
            : 'min-w-0 font-mono text-code [overflow-wrap:anywhere]'
        }
      >
        {value}
      </bdi>
      <span className="-my-0.5 shrink-0">
        <CopyButton value={value} label={copyLabel} />
      </span>
    </span>
  );
}
