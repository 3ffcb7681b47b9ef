// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleReport } from '#renderer/testing/samples.ts';
import { ErrorNotice } from './ErrorNotice.tsx';

describe('a failure', () => {
  it('says what happened, why and what to do, with the next click', () => {
    renderPage(<ErrorNotice report={sampleReport()} action={<button type="button">Retry</button>} />);
    const notice = screen.getByRole('alert');
    expect(notice.textContent).toContain('The registry has no such image.');
    expect(notice.textContent).toContain('answered 404');
    expect(notice.textContent).toContain('Check the name and the tag.');
    expect(screen.getByRole('button', { name: 'Retry' })).toBeDefined();
  });

  it('gives all evidence to the clipboard', async () => {
    const { user } = renderPage(<ErrorNotice report={sampleReport()} />);
    await user.click(screen.getByText('Evidence'));
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(await navigator.clipboard.readText()).toBe(
      [
        'registry.notFound',
        'registry: registry.example.org',
        'status: 404',
        '$ apptainer pull docker://registry.example.org/lab/tool:9',
        'exit status 255',
        '',
        'manifest unknown',
      ].join('\n'),
    );
    expect(screen.getByRole('status').textContent).toBe('Copied');
  });

  it('shows hostile text as text', () => {
    const { container } = renderPage(
      <ErrorNotice
        report={sampleReport({ cause: '<img src=x onerror=alert(1)>', evidence: '<script>1</script>' })}
      />,
    );
    expect(container.querySelector('img, script')).toBeNull();
  });
});
