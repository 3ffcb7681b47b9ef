import { ORPCError } from '@orpc/client';
import { type ErrorReport, errorReportSchema } from '#core/contract/errors.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import { type CommonOptions, type TextOutput, writeJson } from './commandLine.ts';
import { printable, printableLines } from './printable.ts';

/** The command line is wrong in a way that the parser does not see. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Whatever the client threw → a report. */
export function reportOfFailure(thrown: unknown): ErrorReport {
  if (!(thrown instanceof ORPCError)) return reportOf(thrown);
  if (thrown.code === 'WORKBENCH') return errorReportSchema.parse(thrown.data);
  if (thrown.code === 'BAD_REQUEST') {
    return workbenchError('input.invalid', {}, { evidence: JSON.stringify(thrown.data, null, 2) }).report;
  }
  return reportOf(thrown.cause ?? thrown);
}

/** Title, cause and next step; with `--verbose` also the command and what it wrote. */
export function writeFailure(output: TextOutput, report: ErrorReport, options: CommonOptions): void {
  if (options.json === true) {
    writeJson(output, { type: 'failed', error: report });
    return;
  }
  output.write(`${failureText(report, options.verbose === true)}\n`);
}

export function failureText(report: ErrorReport, isVerbose: boolean): string {
  const lines = [`Error: ${printable(report.title)}`];
  if (report.cause !== '') lines.push(`  ${printable(report.cause)}`);
  if (report.nextStep !== '') lines.push(`  → ${printable(report.nextStep)}`);
  lines.push(`  [${report.code}]`);
  if (isVerbose) lines.push(...evidenceLines(report));
  else if (report.evidence !== null) lines.push('  More with --verbose.');
  return lines.join('\n');
}

function evidenceLines(report: ErrorReport): string[] {
  const lines: string[] = [];
  if (report.command !== null) lines.push(`  Command: ${printable(report.command)}`);
  if (report.exitStatus !== null) lines.push(`  Exit status: ${report.exitStatus}`);
  for (const [name, value] of Object.entries(report.data))
    lines.push(`  ${name}: ${printable(String(value))}`);
  if (report.evidence !== null) lines.push('  Evidence:', printableLines(report.evidence.trimEnd()));
  return lines;
}
