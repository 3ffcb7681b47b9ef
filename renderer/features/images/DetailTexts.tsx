import { useState } from 'react';
import type { ImageDetail } from '#core/contract/images.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { SearchField } from '#renderer/ui/SearchField.tsx';
import { LongText } from './LongText.tsx';

/** Says that there is nothing of a kind in the image. */
export function Nothing({ children }: { readonly children: string }) {
  return <p className="text-small text-ink-3">{children}</p>;
}

/** The definition file that the image was built from. */
export function DetailDefinition({ detail }: { readonly detail: ImageDetail }) {
  const text = useText('images');
  if (detail.definition === null) return <Nothing>{text('definition.none')}</Nothing>;
  return <LongText label={text('definition.name')} text={detail.definition} />;
}

/** The files that set the environment in the image. */
export function DetailEnvironment({ detail }: { readonly detail: ImageDetail }) {
  const text = useText('images');
  if (detail.environment.length === 0) return <Nothing>{text('environment.none')}</Nothing>;
  return (
    <div className="flex flex-col gap-3">
      {detail.environment.map(({ file, text: script }) => (
        <section key={file}>
          <h3 className="mb-1 font-mono text-code [overflow-wrap:anywhere] text-ink-3">
            {showControls(file)}
          </h3>
          <LongText label={file} text={script} maxHeightClass="max-h-80" />
        </section>
      ))}
    </div>
  );
}

const manyLabels = 8;

/** Names and values that the makers of the image gave it. */
export function DetailLabels({ detail }: { readonly detail: ImageDetail }) {
  const text = useText('images');
  const [filter, setFilter] = useState('');
  if (detail.labels.length === 0) return <Nothing>{text('labels.none')}</Nothing>;
  const wanted = filter.trim().toLowerCase();
  const shown = detail.labels.filter(({ name, value }) => `${name}\n${value}`.toLowerCase().includes(wanted));
  return (
    <div className="flex flex-col gap-2">
      {detail.labels.length < manyLabels ? null : (
        <SearchField label={text('labels.filter')} value={filter} onChange={setFilter} />
      )}
      {shown.length === 0 ? <Nothing>{text('labels.nothing')}</Nothing> : null}
      <dl className="flex flex-col text-small">
        {shown.map(({ name, value }) => (
          <div key={name} className="border-b border-line/55 py-1.5 first:pt-0">
            <dt className="font-mono text-code [overflow-wrap:anywhere] text-ink-3">{showControls(name)}</dt>
            <dd className="flex items-start justify-between gap-2">
              <bdi className="min-w-0 [overflow-wrap:anywhere] whitespace-pre-wrap">
                {showControls(value)}
              </bdi>
              <CopyButton value={value} label={text('labels.copy', { name })} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** The SCIF apps of the image, each with its help and runscript. */
export function DetailApps({ detail }: { readonly detail: ImageDetail }) {
  const text = useText('images');
  return (
    <div className="flex flex-col gap-3">
      {detail.apps.map((app) => (
        <section key={app.name} className="flex flex-col gap-1.5">
          <h3 className="font-semibold [overflow-wrap:anywhere]">{showControls(app.name)}</h3>
          {app.help === null ? null : (
            <LongText label={text('apps.help')} text={app.help} maxHeightClass="max-h-48" />
          )}
          {app.runscript === null ? null : (
            <LongText label={text('apps.run')} text={app.runscript} maxHeightClass="max-h-48" />
          )}
          {app.help === null && app.runscript === null ? <Nothing>{text('apps.none')}</Nothing> : null}
        </section>
      ))}
    </div>
  );
}
