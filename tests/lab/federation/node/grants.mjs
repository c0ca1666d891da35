// The grants that oidc-provider leaves to its users.

import { errors } from 'oidc-provider';

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** Resource owner password credentials: RFC 6749, section 4.3. */
export function registerPassword(provider, accounts) {
  provider.registerGrantType('password', async (ctx) => {
    const { client, params } = ctx.oidc;
    if (!accounts.knows(params.username, params.password)) {
      throw new errors.InvalidGrant('invalid username or password');
    }
    const accountId = params.username;
    const scope = params.scope || 'openid';
    const grant = new provider.Grant({ accountId, clientId: client.clientId });
    grant.addOIDCScope(scope);
    const grantId = await grant.save();
    ctx.oidc.entity('Account', accounts.find(accountId));
    const common = { accountId, client, grantId, scope, gty: 'password', expiresWithSession: false };
    const token = new provider.AccessToken(common);
    ctx.body = {
      access_token: await token.save(), expires_in: token.expiration, token_type: token.tokenType, scope,
    };
    const scopes = new Set(scope.split(' '));
    if (scopes.has('openid')) ctx.body.id_token = await idToken(provider, ctx, scope);
    if (scopes.has('offline_access') && client.grantTypeAllowed('refresh_token')) {
      ctx.body.refresh_token = await new provider.RefreshToken(common).save();
    }
  }, ['username', 'password', 'scope']);
}

async function idToken(provider, ctx, scope) {
  const token = new provider.IdToken(await ctx.oidc.account.claims(), { ctx });
  token.scope = scope;
  token.set('iat', Math.floor(Date.now() / 1000));
  return token.issue({ use: 'idtoken' });
}

/** A caller's access token for one that this audience takes: RFC 8693. */
export function registerTokenExchange(provider, audience) {
  const parameters = ['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'scope'];
  provider.registerGrantType(TOKEN_EXCHANGE, async (ctx) => {
    const { client, params } = ctx.oidc;
    if (params.subject_token_type !== ACCESS_TOKEN) {
      throw new errors.InvalidRequest(`subject_token_type must be ${ACCESS_TOKEN}`);
    }
    if (params.requested_token_type && params.requested_token_type !== ACCESS_TOKEN) {
      throw new errors.InvalidRequest(`requested_token_type must be ${ACCESS_TOKEN}`);
    }
    if (params.audience !== audience) throw new errors.InvalidTarget('no tokens are issued for this audience');
    const subject = await provider.AccessToken.find(params.subject_token || '');
    if (!subject?.isValid) throw new errors.InvalidRequest('subject_token is not an access token that is in force');
    const scope = params.scope || subject.scope;
    const known = new Set((subject.scope || '').split(' '));
    if (scope?.split(' ').some((part) => !known.has(part))) {
      throw new errors.InvalidScope('more than the subject_token has', scope);
    }
    const { accountId } = subject;
    const grant = new provider.Grant({ accountId, clientId: client.clientId });
    if (scope) grant.addOIDCScope(scope);
    const grantId = await grant.save();
    const token = new provider.AccessToken({
      accountId, client, grantId, scope, aud: audience, gty: 'token-exchange', expiresWithSession: false,
    });
    ctx.body = {
      access_token: await token.save(),
      issued_token_type: ACCESS_TOKEN,
      token_type: token.tokenType,
      expires_in: token.expiration,
      scope,
    };
  }, parameters);
}
