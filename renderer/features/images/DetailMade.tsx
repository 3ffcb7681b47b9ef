import { useQuery } from '@tanstack/react-query';
import { Hammer } from 'lucide-react';
import type { BuildRecord } from '#core/contract/builds.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { Image, ImageDetail } from '#core/contract/images.ts';
import { formatDuration } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { openBuild } from '#renderer/state/buildChoice.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { type Definition, DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { DetailTest } from './DetailTest.tsx';
import { imagesStore } from './imagesState.ts';
import { useHowMade } from './useHowMade.ts';
import { wholeMoment } from './when.ts';

export interface DetailMadeProps {
  readonly image: Image;
  readonly detail: ImageDetail;
}

/** How an image was made, as far as the workbench or the image itself knows, and what its test says. */
export function DetailMade({ image, detail }: DetailMadeProps) {
  const text = useText('images');
  const { answer, failure } = useHowMade(image);
  return (
    <div className="flex flex-col gap-4 pb-3">
      <section aria-label={text('made.title')} className="flex flex-col gap-2">
        {failure !== null ? (
          <ErrorNotice report={failure} />
        ) : answer === null ? (
          <Spinner />
        ) : answer.build === null ? (
          <FromImage image={image} detail={detail} />
        ) : (
          <FromBuild id={answer.build.id} hasDefinition={detail.definition !== null} />
        )}
      </section>
      <DetailTest image={image} detail={detail} test={answer?.test ?? null} />
    </div>
  );
}

function FromBuild({ id, hasDefinition }: { readonly id: TaskId; readonly hasDefinition: boolean }) {
  const text = useText('images');
  const { data, error } = useQuery(
    contractQuery({
      path: 'builds.detail',
      hostId: null,
      input: id,
      call: (signal) => client.builds.detail({ id }, { signal }),
    }),
  );
  return (
    <>
      <p className="text-small text-pretty text-ink-2">{text('made.byBuild')}</p>
      {error === null ? null : <ErrorNotice report={failureReport(error)} />}
      {data === undefined ? null : <DefinitionList items={buildFacts(data, text)} />}
      <div className="flex flex-wrap gap-2">
        <Button icon={Hammer} onClick={() => openBuild(id)}>
          {text('made.showBuild')}
        </Button>
        {hasDefinition ? <DefinitionButton /> : null}
      </div>
    </>
  );
}

function DefinitionButton() {
  const text = useText('images');
  return (
    <Button onClick={() => imagesStore.setState({ tab: 'definition' })}>{text('made.showDefinition')}</Button>
  );
}

type ImagesText = ReturnType<typeof useText<'images'>>;

function buildFacts(build: BuildRecord, text: ImagesText): readonly Definition[] {
  const { definition, runtime, buildArguments, digest, startedAt, endedAt } = build;
  const options = optionWords(build, text);
  const time = formatDuration(Math.max(0, (endedAt ?? startedAt) - startedAt) / 1000);
  return [
    {
      term: text('made.definition'),
      value: <Code>{showControls(definition.path ?? build.name)}</Code>,
    },
    { term: text('made.host'), value: showControls(build.hostLabel) },
    {
      term: text('made.runtime'),
      value: showControls(`${runtime.product} ${runtime.version}, ${build.architecture}`),
    },
    ...(buildArguments.length === 0
      ? []
      : [
          {
            term: text('made.arguments'),
            value: buildArguments.map(({ name, value }) => (
              <Code
                key={name}
              >{`${name}=${value === null ? text('made.secret') : showControls(value)}`}</Code>
            )),
          },
        ]),
    ...(options.length === 0 ? [] : [{ term: text('made.options'), value: options.join(', ') }]),
    {
      term: text('made.built'),
      value: text('made.builtFor', { when: wholeMoment(startedAt) ?? text('unknown'), time }),
    },
    ...(digest === null
      ? []
      : [
          {
            term: text('made.digest'),
            value: (
              <span className="flex items-start gap-1">
                <Code>{showControls(digest)}</Code>
                <span className="-my-0.5">
                  <CopyButton value={digest} label={text('made.copyDigest')} />
                </span>
              </span>
            ),
          },
        ]),
  ];
}

function optionWords({ options }: BuildRecord, text: ImagesText): readonly string[] {
  const { form, binds, nv, architecture, noTest, compression, sourceDateEpoch } = options;
  return [
    form === 'sandbox' ? text('made.option.sandbox') : null,
    binds.length === 0 ? null : text('made.option.binds', { binds: showControls(binds.join(', ')) }),
    nv ? '--nv' : null,
    architecture,
    noTest ? text('made.option.noTest') : null,
    compression,
    sourceDateEpoch === null ? null : text('made.option.reproducible', { seconds: sourceDateEpoch }),
  ].filter((words) => words !== null);
}

/** Labels that tell of the making; the others have a tab of their own. */
const tellingLabels =
  /(?:^|[.-])(?:build-date|created|version|revision|source|authors?|maintainer|vendor|vcs-\w+|base\.name|deffile\.\w+)$/i;
/** Of the labels themselves, and of the runtime, which `madeBy` tells. */
const silentLabels = /(?:schema-version$|\.usage\.(?:singularity|apptainer)\.version$)/;
const mostLabels = 12;

function FromImage({ image, detail }: DetailMadeProps) {
  const text = useText('images');
  const { definition, madeBy, labels } = detail;
  const facts: readonly (Definition | null)[] = [
    image.source === null ? null : { term: text('made.from'), value: showControls(image.source) },
    madeBy === null ? null : { term: text('made.madeBy'), value: showControls(madeBy) },
    image.createdAt === null
      ? null
      : { term: text('made.created'), value: wholeMoment(image.createdAt) ?? text('unknown') },
    ...labels
      .filter(({ name }) => tellingLabels.test(name) && !silentLabels.test(name))
      .slice(0, mostLabels)
      .map(({ name, value }) => ({
        term: shortName(showControls(name)),
        value: showControls(value),
        title: name,
      })),
    {
      term: text('made.definition'),
      value:
        definition === null
          ? text('made.definitionNone')
          : text('made.definitionLines', { count: definition.trimEnd().split('\n').length }),
    },
  ];
  const known = facts.filter((fact) => fact !== null);
  return (
    <>
      <p className="text-small text-pretty text-ink-2">{text('made.byNobody')}</p>
      {known.length === 1 && definition === null ? (
        <p className="text-small text-ink-3">{text('made.saysNothing')}</p>
      ) : (
        <DefinitionList items={known} />
      )}
      {definition === null ? null : (
        <div>
          <DefinitionButton />
        </div>
      )}
    </>
  );
}

/** `org.opencontainers.image.version` says no more than `version` where room is scarce. */
function shortName(name: string): string {
  return name
    .replace(/^org\.(?:opencontainers\.image|label-schema(?:\.usage\.singularity)?)\./, '')
    .slice(0, 24);
}

function Code({ children }: { readonly children: string }) {
  return (
    <bdi dir="ltr" className="block min-w-0 font-mono text-code [overflow-wrap:anywhere]">
      {children}
    </bdi>
  );
}
