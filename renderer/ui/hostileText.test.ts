import { expect, it } from 'vitest';
import { showControls } from './hostileText.ts';

it('shows what an image’s text would hide', () => {
  expect(showControls('a\u001b[31mred\u0007\u202egnp.exe\u0000')).toBe(
    'a\\x1b[31mred\\x07\\u202egnp.exe\\x00',
  );
  expect(showControls('Bootstrap: docker\r\n\tFrom: größe 日本 🧬\n')).toBe(
    'Bootstrap: docker\n\tFrom: größe 日本 🧬\n',
  );
});
