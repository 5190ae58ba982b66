// An OpenID provider for tests: npm oidc-provider (certified by the OpenID Foundation), told its accounts over HTTP/JSON.
//
// Arguments: its port, and the addresses it may send browsers back to. The issuer is http://127.0.0.1:PORT. The pages
// people sign in on are the library's own: any name signs in, and is told of with the claims given for it here. Keys
// are new at every start, as after a rotation.
//
//   POST /test/accounts  {"NAME": {"preferred_username": "...", "groups": ["..."]}}

import {generateKeyPairSync, randomUUID} from 'node:crypto';
import http from 'node:http';

import Provider from 'oidc-provider';

const [port, ...comeBackTo] = process.argv.slice(2);
const accounts = {};
const {privateKey} = generateKeyPairSync('rsa', {modulusLength: 2048});

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {client_id: 'motcua', client_secret: 'a secret: of the tests/+%', redirect_uris: comeBackTo},
    {client_id: 'motcua-public', token_endpoint_auth_method: 'none', redirect_uris: comeBackTo},
  ],
  jwks: {keys: [{...privateKey.export({format: 'jwk'}), kid: randomUUID(), use: 'sig', alg: 'RS256'}]},
  cookies: {keys: ['of the tests']},
  claims: {openid: ['sub'], profile: ['preferred_username'], groups: ['groups']},
  scopes: ['openid', 'profile', 'groups'],
  pkce: {required: () => true, methods: ['S256']},
  findAccount: (_, id) => ({accountId: id, claims: async () => ({sub: id, ...accounts[id]})}),
});

const answer = provider.callback();
http
  .createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== '/test/accounts') return answer(request, response);
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      Object.assign(accounts, JSON.parse(Buffer.concat(pieces).toString()));
      response.end();
    });
  })
  .listen(Number(port), '127.0.0.1', () => console.log('ready'));
