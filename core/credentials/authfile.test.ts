import { expect, it } from 'vitest';
import { authfileText } from './authfile.ts';

const credentials = { userName: 'ada', password: 'päss:"word"' };
const auth = Buffer.from('ada:päss:"word"').toString('base64');

it('writes Docker’s form, with Docker Hub’s own key', () => {
  expect(JSON.parse(authfileText({ registry: 'r.org:5000', credentials }))).toEqual({
    auths: { 'r.org:5000': { auth } },
  });
  expect(JSON.parse(authfileText({ registry: 'index.docker.io', credentials }))).toEqual({
    auths: { 'https://index.docker.io/v1/': { auth } },
  });
});

it('gives an identity token as one', () => {
  const token = { userName: '<token>', password: 'refresh', isIdentityToken: true };
  expect(JSON.parse(authfileText({ registry: 'r.org', credentials: token }))).toMatchObject({
    auths: { 'r.org': { identitytoken: 'refresh' } },
  });
});
