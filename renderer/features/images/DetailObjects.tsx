import type { ImageDetail, SifObject, SquashfsFacts } from '#core/contract/images.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Nothing } from './DetailTexts.tsx';
import { fileSegments, type ObjectKind, objectKind } from './objectBar.ts';
import { wholeMoment } from './when.ts';

const colours: Readonly<Record<ObjectKind, string>> = {
  fileSystem: 'bg-accent',
  definition: 'bg-host-1',
  signature: 'bg-host-4',
  metadata: 'bg-host-2',
  other: 'bg-host-3',
};

/** What lies where in the file: a bar to scale, the objects, and the facts of the file system. */
export function DetailObjects({ detail }: { readonly detail: ImageDetail }) {
  const text = useText('images');
  const { image, objects, squashfs } = detail;
  return (
    <div className="flex flex-col gap-3 pb-3">
      {objects.length === 0 ? (
        <Nothing>{text(image.format === 'sandbox' ? 'objects.noneSandbox' : 'objects.none')}</Nothing>
      ) : (
        <>
          <FileBar objects={objects} fileBytes={image.sizeBytes ?? 0} />
          <ObjectTable objects={objects} />
        </>
      )}
      {squashfs === null ? null : <SquashfsSection squashfs={squashfs} />}
    </div>
  );
}

function FileBar({
  objects,
  fileBytes,
}: {
  readonly objects: readonly SifObject[];
  readonly fileBytes: number;
}) {
  const text = useText('images');
  return (
    <div>
      <p className="mb-1 text-small text-ink-3">{text('objects.bar', { size: formatBytes(fileBytes) })}</p>
      <div aria-hidden className="flex h-7 gap-px overflow-hidden rounded-control bg-bg">
        {fileSegments(objects, fileBytes).map(({ key, object, from, to, share }) => {
          const size = formatBytes(to - from);
          const name = object === null ? text('objects.header') : showControls(object.type);
          return (
            <span
              key={key}
              title={text('objects.share', { name, size, percent: percentText(share) })}
              className={classNames(
                'min-w-0.75',
                object === null ? 'bg-line-strong' : colours[objectKind(object.type)],
              )}
              style={{ flexGrow: share, flexBasis: 0 }}
            />
          );
        })}
      </div>
    </div>
  );
}

function percentText(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

function ObjectTable({ objects }: { readonly objects: readonly SifObject[] }) {
  const text = useText('images');
  const headClass = 'h-6 pr-2 font-normal text-ink-3';
  return (
    <table aria-label={text('objects.table')} className="w-full border-collapse text-small tabular-nums">
      <thead>
        <tr className="border-b border-line text-left">
          <th className={headClass}>{text('objects.id')}</th>
          <th className={headClass}>{text('objects.type')}</th>
          <th className={headClass}>{text('objects.group')}</th>
          <th className={classNames(headClass, 'text-right')}>{text('objects.offset')}</th>
          <th className={classNames(headClass, 'pr-0 text-right')}>{text('objects.size')}</th>
        </tr>
      </thead>
      <tbody>
        {objects.map((object) => (
          <tr key={`${object.id} ${object.offset}`} className="border-b border-line/55 align-top">
            <td className="py-1 pr-2">{object.id}</td>
            <td className="py-1 pr-2 [overflow-wrap:anywhere]">
              <span className="flex items-baseline gap-1.5">
                <span
                  aria-hidden
                  className={classNames('size-2 shrink-0 rounded-[2px]', colours[objectKind(object.type)])}
                />
                <span>
                  {showControls(object.type)}
                  {object.name === '' ? null : (
                    <span className="block text-ink-3">{showControls(object.name)}</span>
                  )}
                </span>
              </span>
            </td>
            <td className="py-1 pr-2 [overflow-wrap:anywhere]">
              {object.group ?? ''}
              {object.link === null ? null : (
                <span className="block text-ink-3">{showControls(object.link)}</span>
              )}
            </td>
            <td className="py-1 pr-2 text-right whitespace-nowrap">{object.offset.toLocaleString('en')}</td>
            <td className="py-1 text-right whitespace-nowrap" title={object.sizeBytes.toLocaleString('en')}>
              {formatBytes(object.sizeBytes)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SquashfsSection({ squashfs }: { readonly squashfs: SquashfsFacts }) {
  const text = useText('images');
  const created = squashfs.createdAt === null ? null : wholeMoment(squashfs.createdAt);
  return (
    <section>
      <h3 className="mb-1 text-small font-semibold">
        {text('objects.squashfsVersion', { version: showControls(squashfs.version) })}
      </h3>
      <DefinitionList
        items={[
          { term: text('objects.compression'), value: showControls(squashfs.compression) },
          {
            term: text('objects.blockSize'),
            value: text('objects.kibibytes', { count: squashfs.blockSizeBytes / 1024 }),
          },
          { term: text('objects.inodes'), value: squashfs.inodes.toLocaleString('en') },
          { term: text('objects.used'), value: formatBytes(squashfs.usedBytes) },
          ...(created === null ? [] : [{ term: text('objects.created'), value: created }]),
        ]}
      />
    </section>
  );
}
