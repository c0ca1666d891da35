// An OpenID Provider on loopback: panva's certified oidc-provider, everything in memory.
//
//     node provider.mjs CONFIG.json
//
// It serves one issuer by HTTP and one by HTTPS, which know the same people, clients and tokens.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Provider } from 'oidc-provider';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';

import { Accounts, interactions } from './accounts.mjs';
import { deviceCodeSeconds, deviceVariants } from './device.mjs';
import { registerPassword, registerTokenExchange } from './grants.mjs';

const HOST = '127.0.0.1';
const HOUR = 3600;
const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const adapter = createMemoryAdapter();
const accounts = new Accounts(config.users);

const seconds = (byClient, usual) => (ctx, token, client) => byClient[client?.clientId] ?? usual;

function settings() {
  return {
    adapter,
    jwks: JSON.parse(readFileSync(config.jwks, 'utf8')),
    clients: config.clients,
    findAccount: (ctx, name) => accounts.find(name),
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    claims: { openid: ['sub'], profile: ['name', 'groups'], email: ['email'] },
    // The classic keystoneauth flow sends no PKCE; a client without a secret has to.
    pkce: { required: (ctx, client) => client.clientAuthMethod === 'none' },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    rotateRefreshToken: () => true,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
      deviceFlow: { enabled: true },
    },
    ttl: {
      AccessToken: seconds(config.access_token_seconds, HOUR),
      ClientCredentials: seconds(config.access_token_seconds, HOUR),
      DeviceCode: deviceCodeSeconds(config.devices),
      AuthorizationCode: seconds(config.code_seconds, 60),
      Grant: 24 * HOUR,
      IdToken: HOUR,
      Interaction: HOUR,
      RefreshToken: 24 * HOUR,
      Session: 24 * HOUR,
    },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: ['of the lab'] },
  };
}

/** A discovery document that says another issuer than the one it is asked for, or mixes two up. */
function mixedUp(provider) {
  return async (ctx, next) => {
    const documents = {
      '/another-issuer/.well-known/openid-configuration': { issuer: config.mixed_up_with },
      '/mixed-up/.well-known/openid-configuration': { issuer: `${provider.issuer}/mixed-up` },
    };
    const changed = documents[ctx.path];
    if (changed === undefined) {
      await next();
      return;
    }
    const own = await (await fetch(`${config.issuer}/.well-known/openid-configuration`)).json();
    ctx.body = { ...own, ...changed };
  };
}

function provide(issuer) {
  const provider = new Provider(issuer, settings());
  registerPassword(provider, accounts);
  registerTokenExchange(provider, config.audience);
  provider.use(mixedUp(provider));
  provider.use(interactions(provider, accounts));
  provider.use(deviceVariants(config.devices));
  for (const event of ['server_error', 'grant.error', 'introspection.error', 'authorization.error']) {
    provider.on(event, (ctx, error) => {
      console.error(event, ctx.path, error.error, error.error_detail || error.message);
    });
  }
  return provider.callback();
}

createServer(provide(config.issuer)).listen(config.port, HOST);
const tls = { key: readFileSync(config.tls.key), cert: readFileSync(config.tls.certificate) };
createTlsServer(tls, provide(config.tls.issuer)).listen(config.tls.port, HOST);
