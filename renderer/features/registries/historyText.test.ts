import { expect, it } from 'vitest';
import { instructionOf } from './historyText.ts';

it('says the instruction without what builders put around it', () => {
  const said = (createdBy: string, comment = '') => instructionOf({ createdBy, comment });
  expect(said('/bin/sh -c #(nop)  CMD ["sh"]')).toBe('CMD ["sh"]');
  expect(said('RUN /bin/sh -c apt-get update # buildkit')).toBe('RUN apt-get update');
  expect(said('/bin/sh -c make install')).toBe('RUN make install');
  expect(said('COPY / / # buildkit')).toBe('COPY / /');
  expect(said('', 'imported')).toBe('imported');
  expect(said('echo \u001b[31m')).toBe('echo \\x1b[31m');
});
