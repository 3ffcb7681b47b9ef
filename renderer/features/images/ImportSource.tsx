import { useQuery } from '@tanstack/react-query';
import { localHostId } from '#core/contract/ids.ts';
import type { ImportSource as Source } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Field } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Choice } from './Choice.tsx';
import type { GivenFile } from './imagesState.ts';
import type { CheckedImport, ImportForm } from './importForm.ts';
import { MemberChoice } from './MemberChoice.tsx';

export interface ImportSourceProps {
  readonly form: ImportForm;
  readonly checked: CheckedImport;
  /** What was dropped: it is not chosen again here. */
  readonly given: GivenFile | null;
  readonly onChange: (part: Partial<ImportForm>) => void;
}

/** Where the image comes from: a path of this machine, what was dropped, or an engine that is here. */
export function ImportSource({ form, checked, given, onChange }: ImportSourceProps) {
  const text = useText('images');
  const { data } = useQuery({
    ...contractQuery({
      path: 'images.importSources',
      hostId: localHostId,
      call: (signal) => client.images.importSources(undefined, { signal }),
    }),
    enabled: given === null,
  });
  const sources = data?.sources ?? [];
  if (given?.upload != null) {
    return (
      <Field label={text('import.path')}>
        {(control) => (
          <output
            {...control}
            className="flex min-h-7 items-center rounded-control border border-line bg-panel px-2.5 font-mono text-code [overflow-wrap:anywhere]"
          >
            <bdi dir="ltr">{showControls(given.upload?.name ?? '')}</bdi>
          </output>
        )}
      </Field>
    );
  }
  const clear = { member: null, fileName: null, overwrite: false };
  return (
    <>
      {sources.length === 0 ? null : (
        <Choice
          label={text('import.source')}
          value={form.source}
          options={[
            { id: 'file', label: text('import.sources.file') },
            { id: 'engine', label: text('import.sources.engine') },
          ]}
          onChange={(source) => onChange({ source, ...clear })}
        />
      )}
      {form.source === 'file' ? (
        <PathField
          autoFocus
          hostId={localHostId}
          wants="any"
          offersWhenEmpty={false}
          label={text('import.path')}
          placeholder={text('import.pathPlaceholder')}
          value={form.path}
          onChange={(path) => onChange({ path, ...clear })}
          problem={checked.pathProblem === null ? null : text('pathNotAbsolute')}
        />
      ) : (
        <EngineImages
          sources={sources}
          value={form.member}
          onChange={(member) => onChange({ ...clear, member })}
        />
      )}
    </>
  );
}

function EngineImages({
  sources,
  value,
  onChange,
}: {
  readonly sources: readonly Source[];
  readonly value: string | null;
  readonly onChange: (member: string) => void;
}) {
  const text = useText('images');
  const members = sources.flatMap(({ images }) => images.map(({ member }) => member));
  return (
    <>
      {members.length === 0 ? (
        <p className="text-small text-ink-2">{text('import.engineNone')}</p>
      ) : (
        <MemberChoice
          label={text('import.engineImage')}
          members={members}
          value={value}
          onChange={onChange}
        />
      )}
      {sources.map(({ kind, problem }) =>
        problem === null ? null : (
          <p key={kind} className="text-small text-pretty text-warn">
            {text('import.engineProblem', {
              engine: text(`import.engines.${kind}`),
              problem: showControls(problem),
            })}
          </p>
        ),
      )}
    </>
  );
}
