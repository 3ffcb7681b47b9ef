import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { TaskId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { CodeBlock } from '#renderer/ui/CodeBlock.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';

/** What a paper says about how the image was made, to copy. */
export function MethodsSentence({ id }: { readonly id: TaskId }) {
  const text = useText('builds');
  const [isOpen, setIsOpen] = useState(false);
  const { data, error } = useQuery({
    ...contractQuery({
      path: 'builds.methods',
      hostId: null,
      input: id,
      call: (signal) => client.builds.methods({ id }, { signal }),
    }),
    enabled: isOpen,
  });
  return (
    <details className="group" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="inline-flex list-none items-center gap-1 rounded-small text-small font-medium text-ink-2 hover:text-ink">
        <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
        {text('build.methods')}
      </summary>
      <div className="pt-1">
        {error === null ? null : <ErrorNotice report={failureReport(error)} />}
        {data === undefined ? null : <CodeBlock label={text('build.methods')} code={data.text} />}
      </div>
    </details>
  );
}
