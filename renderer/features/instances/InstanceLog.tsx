import { useQuery } from '@tanstack/react-query';
import type { Instance } from '#core/contract/instances.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CodeBlock } from '#renderer/ui/CodeBlock.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { instanceLogsQuery } from './instanceQueries.ts';
import { plainLog } from './plainLog.ts';

/** The end of what an instance wrote, read again while it is in view. */
export function InstanceLog({ instance }: { readonly instance: Instance }) {
  const text = useText('instances');
  const { data, error, isFetching, refetch } = useQuery(instanceLogsQuery(instance));
  return (
    <div className="flex flex-col gap-3 px-3 pb-3">
      <div className="flex items-center gap-2">
        <p className="min-w-0 flex-1 text-small text-ink-3">
          {data?.isCut === true ? text('logs.cut') : null}
        </p>
        <Button tone="quiet" isBusy={isFetching} onClick={() => void refetch()}>
          {text('logs.again')}
        </Button>
      </div>
      {error === null ? null : <ErrorNotice report={failureReport(error)} />}
      {error === null && data === undefined ? <Spinner label={text('logs.reading')} /> : null}
      {data === undefined ? null : data.out === '' && data.error === '' ? (
        <p className="text-ink-2">{text('logs.empty')}</p>
      ) : (
        (['out', 'error'] as const).map((stream) =>
          data[stream] === '' ? null : (
            <section key={stream} aria-label={text(`logs.${stream}`)} className="flex flex-col gap-1">
              <h3 className="font-semibold">{text(`logs.${stream}`)}</h3>
              <CodeBlock
                label={text(`logs.${stream}`)}
                code={plainLog(data[stream])}
                maxHeightClass="max-h-96"
              />
            </section>
          ),
        )
      )}
    </div>
  );
}
