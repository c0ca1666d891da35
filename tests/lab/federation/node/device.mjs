// What device flows may meet (RFC 8628), by the client that starts one. oidc-provider never says
// how often to poll, which it need not, and never tells anybody to slow down.

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** `variants`: client id -> { interval, expires_in, slow_down }, all optional. */
export function deviceVariants(variants) {
  const polled = new Set();
  return async (ctx, next) => {
    await next();
    const variant = variants[ctx.oidc?.client?.clientId];
    if (variant === undefined) return;
    if (ctx.oidc.route === 'device_authorization' && ctx.status === 200 && variant.interval !== undefined) {
      ctx.body.interval = variant.interval;
    }
    const { grant_type: grant, device_code: code } = ctx.oidc.params || {};
    if (variant.slow_down && grant === GRANT && ctx.body?.error === 'authorization_pending' && !polled.has(code)) {
      polled.add(code);
      ctx.body = { error: 'slow_down', error_description: 'poll less often' };
    }
  };
}

export function deviceCodeSeconds(variants) {
  return (ctx, token, client) => variants[client?.clientId]?.expires_in ?? 600;
}
