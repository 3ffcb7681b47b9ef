import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Image, ImageDetail } from '#core/contract/images.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { type Definition, DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { DetailTrust } from './DetailTrust.tsx';
import { sizeText } from './imageWords.ts';
import { LongText } from './LongText.tsx';
import { wholeMoment } from './when.ts';

export interface DetailSummaryProps {
  readonly image: Image;
  /** Null until it is read: the row's own facts are shown meanwhile. */
  readonly detail: ImageDetail | null;
}

/** The facts of an image, and the scripts that it brings. */
export function DetailSummary({ image, detail }: DetailSummaryProps) {
  const text = useText('images');
  const scripts = [
    { id: 'help', label: text('summary.help'), script: detail?.help ?? null },
    { id: 'runscript', label: text('summary.runscript'), script: detail?.runscript ?? null },
    { id: 'startscript', label: text('summary.startscript'), script: detail?.startscript ?? null },
    { id: 'test', label: text('summary.test'), script: detail?.test ?? null },
  ];
  return (
    <div className="flex flex-col gap-3 pb-3">
      {image.problem === null ? null : <Verdict isGood={false}>{showControls(image.problem)}</Verdict>}
      <DefinitionList items={useFacts(image, detail)} />
      {detail === null || detail.fitsHost.fits || image.problem !== null ? null : (
        <Verdict isGood={false}>{showControls(detail.fitsHost.reason)}</Verdict>
      )}
      {detail?.note == null || detail.note === image.problem ? null : (
        <p className="text-small text-pretty text-ink-2">{showControls(detail.note)}</p>
      )}
      {scripts.map(({ id, label, script }) =>
        script === null || script.trim() === '' ? null : (
          <section key={id}>
            <h3 className="mb-1 text-small text-ink-3">{label}</h3>
            <LongText label={label} text={script} maxHeightClass="max-h-56" />
          </section>
        ),
      )}
    </div>
  );
}

function useFacts(image: Image, detail: ImageDetail | null): readonly Definition[] {
  const text = useText('images');
  const digest = detail?.digest ?? null;
  const { createdAt, source } = image;
  const facts: (Definition | null)[] = [
    {
      term: text('summary.path'),
      value: <Copyable isCode value={image.path} label={text('summary.copyPath')} />,
    },
    digest === null
      ? null
      : {
          term: text('summary.digest'),
          value: <Copyable isCode value={digest} label={text('summary.copyDigest')} />,
        },
    {
      term: text('summary.from'),
      value:
        source === null ? (
          <Faint>{text('summary.fromUnknown')}</Faint>
        ) : (
          <Copyable value={source} label={text('summary.copySource')} />
        ),
    },
    { term: text('summary.format'), value: <FormatFact image={image} detail={detail} /> },
    { term: text('summary.size'), value: <SizeFact image={image} /> },
    image.architecture === null ? null : { term: text('summary.architecture'), value: image.architecture },
    { term: text('summary.trust'), value: <DetailTrust image={image} isSettled={detail !== null} /> },
    createdAt === null
      ? null
      : { term: text('summary.created'), value: wholeMoment(createdAt) ?? text('unknown') },
    { term: text('summary.modified'), value: wholeMoment(image.modifiedAt) ?? text('unknown') },
    detail?.madeBy == null ? null : { term: text('summary.madeBy'), value: showControls(detail.madeBy) },
    detail?.uuid == null
      ? null
      : {
          term: text('summary.uuid'),
          value: <span className="font-mono text-code">{showControls(detail.uuid)}</span>,
        },
    detail?.fitsHost.fits === true
      ? {
          term: text('summary.fits'),
          value: <Verdict isGood>{showControls(detail.fitsHost.reason)}</Verdict>,
        }
      : null,
  ];
  return facts.filter((fact) => fact !== null);
}

function FormatFact({ image, detail }: DetailSummaryProps) {
  const text = useText('images');
  const parts = [text(`formats.${image.format}`)];
  if (detail?.squashfs != null) parts.push(showControls(detail.squashfs.compression));
  if (detail !== null && detail.objects.length > 0)
    parts.push(text('summary.objects', { count: detail.objects.length }));
  return parts.join(', ');
}

function SizeFact({ image }: { readonly image: Image }) {
  const text = useText('images');
  if (image.sizeBytes === null || image.sizeBytes < 1000) return sizeText(image);
  return text('summary.sizeExact', {
    size: formatBytes(image.sizeBytes),
    bytes: image.sizeBytes.toLocaleString('en'),
  });
}

function Copyable({
  value,
  label,
  isCode = false,
}: {
  readonly value: string;
  readonly label: string;
  readonly isCode?: boolean;
}) {
  return (
    <span className="flex min-w-0 items-start gap-1">
      <bdi
        dir="ltr"
        className={
          isCode ? 'min-w-0 font-mono text-code [overflow-wrap:anywhere]' : 'min-w-0 [overflow-wrap:anywhere]'
        }
      >
        {showControls(value)}
      </bdi>
      <span className="-my-0.5">
        <CopyButton value={value} label={label} />
      </span>
    </span>
  );
}

function Faint({ children }: { readonly children: ReactNode }) {
  return <span className="text-ink-3">{children}</span>;
}

function Verdict({ isGood, children }: { readonly isGood: boolean; readonly children: ReactNode }) {
  const Icon = isGood ? CircleCheck : TriangleAlert;
  return (
    <p
      className={
        isGood ? 'flex gap-1.5 text-small' : 'flex gap-1.5 rounded-control bg-warn-soft p-2 text-small'
      }
    >
      <Icon
        aria-hidden
        className={isGood ? 'mt-px size-4 shrink-0 text-ok' : 'mt-px size-4 shrink-0 text-warn'}
      />
      <span className="min-w-0 text-pretty [overflow-wrap:anywhere]">{children}</span>
    </p>
  );
}
