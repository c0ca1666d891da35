// People, and the pages on which they log in and consent: plain forms, without scripts.

import { errors } from 'oidc-provider';

export class Accounts {
  constructor(users) {
    this.users = new Map(Object.entries(users));
  }

  /** Whether the password is this user's. */
  knows(name, password) {
    return typeof password === 'string' && this.users.get(name) === password;
  }

  find(name) {
    if (!this.users.has(name)) return undefined;
    const claims = { sub: name, name: `${name} of the lab`, email: `${name}@example.org`, groups: ['people'] };
    return { accountId: name, claims: () => claims };
  }
}

const page = (uid, fields, buttons) => `<!doctype html><title>OpenID Provider of the lab</title>
<form method="post" action="/interaction/${uid}">${fields}${buttons}</form>`;
const LOGIN = '<label>Name <input name="login"></label><label>Password <input name="password" type="password"></label>';
const CONFIRM = '<button type="submit">Continue</button>';
const DENY = '<button type="submit" name="abort" value="yes">Deny</button>';

async function form(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

/** Serves `/interaction/...` of a provider. */
export function interactions(provider, accounts) {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) {
      await next();
      return;
    }
    const details = await provider.interactionDetails(ctx.req, ctx.res);
    if (ctx.method === 'GET') {
      ctx.type = 'html';
      ctx.body = page(details.uid, details.prompt.name === 'login' ? LOGIN : '', CONFIRM + DENY);
      return;
    }
    const result = await outcome(provider, accounts, details, await form(ctx.req));
    if (result === undefined) {
      ctx.status = 401;
      ctx.body = 'wrong name or password\n';
      return;
    }
    const mergeWithLastSubmission = details.prompt.name !== 'login';
    await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission });
    ctx.respond = false;
  };
}

async function outcome(provider, accounts, { prompt, params, session, grantId }, sent) {
  if (sent.has('abort')) {
    const { message, error_description: description } = new errors.AccessDenied('the person denied the request');
    return { error: message, error_description: description };
  }
  if (prompt.name === 'login') {
    const name = sent.get('login');
    return accounts.knows(name, sent.get('password')) ? { login: { accountId: name } } : undefined;
  }
  const granted = grantId && await provider.Grant.find(grantId);
  const grant = granted || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (prompt.details.missingOIDCScope) grant.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
  if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
  return { consent: { grantId: await grant.save() } };
}
