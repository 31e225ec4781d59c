// A certified OpenID provider over HTTPS on loopback. usage: provider.mjs CONFIG, a JSON file with port, certificate, key, jwks
// (its private keys), algorithm, lifetime (seconds), clients: id -> { secret, claims }, and people: name -> claims, who log in at the client posternctl by a code in the browser.
// Writes a line for each request.
// A client with `redirect_uri` is a page that people sign in to: with any password, by the name of a client, whose claims are theirs.
import fs from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// An import of a bare name does not look at NODE_PATH.
const { default: Provider } = await import(pathToFileURL(createRequire(import.meta.url).resolve('oidc-provider')));

const config = JSON.parse(fs.readFileSync(process.argv[2]));

const provider = new Provider(`https://localhost:${config.port}`, {
  jwks: config.jwks,
  clients: [...Object.entries(config.clients).map(([id, client]) => (client.redirect_uri ? {
    client_id: id, grant_types: ['authorization_code'], redirect_uris: [client.redirect_uri], response_types: ['code'], token_endpoint_auth_method: 'none',
  } : {
    client_id: id, client_secret: client.secret, grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
    token_endpoint_auth_method: 'client_secret_post',
  })), {
    client_id: 'posternctl', token_endpoint_auth_method: 'none', application_type: 'native', redirect_uris: [], response_types: [],
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
  }],
  claims: { openid: ['sub', 'groups'] },
  conformIdTokenClaims: false,
  findAccount: (context, name) => ({ accountId: name, claims: () => ({ sub: name, ...config.clients[name]?.claims }) }),
  extraTokenClaims: (context, token) => (token.accountId ? config.people[token.accountId] : config.clients[token.clientId].claims),
  features: {
    clientCredentials: { enabled: true },
    // Takes any name and password; what comes behind is as with any provider.
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      defaultResource: () => 'https://postern.example',
      getResourceServerInfo: () => ({
        scope: '', audience: 'postern', accessTokenTTL: config.lifetime, accessTokenFormat: 'jwt', jwt: { sign: { alg: config.algorithm } },
      }),
    },
  },
});

const answer = provider.callback();
https.createServer({ key: fs.readFileSync(config.key), cert: fs.readFileSync(config.certificate) }, (request, response) => {
  console.log(`${request.method} ${request.url}`);
  answer(request, response);
}).listen(config.port, '127.0.0.1');
