import cookie from '@fastify/cookie';
import etag from '@fastify/etag';
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { type FastifyError, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  isResponseSerializationError,
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { type Access, decideAccess, type Principal, requireRecentProof } from './access.ts';
import type { Clock } from './clock.ts';
import { type Database, isDatabaseAway } from './database.ts';
import type { Log } from './log.ts';
import { mendOpenApi, withFileAndKey } from './mend-openapi.ts';
import { Problem, problemBody, problemSchema, refuse } from './problems.ts';
import type { Random } from './random.ts';
import { refuseUnstorable } from './refuse-unstorable.ts';
import { requestLog } from './request-log.ts';
import { securityHeaders } from './security-headers.ts';

const BODY_MAX_BYTES = 1_048_576;
/** A whole request, for an invoice file of 2 GB over a slow line. Its headers must be there in a minute (Node's own limit). */
const REQUEST_TIMEOUT_MS = 3_600_000;
/** A connection on which nothing moves for this long is closed, so that the hour above is no gift to who sends nothing. */
const IDLE_TIMEOUT_MS = 120_000;
/** What the reader of forms says of a form that is none; it gives these no code. */
const MULTIPART_FAULT = /^(Multipart: Boundary not found|Unexpected end of |Malformed (part|content|multipart))/;

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | undefined;
  }
  interface FastifyInstance {
    /** What each route asks of who calls it, by `METHOD /path`: for the probes of every role. */
    readonly accessOfRoutes: ReadonlyMap<string, Access>;
  }
  interface FastifyContextConfig {
    access?: Access;
    /** The call moves money: it is documented to need an `Idempotency-Key` header. */
    isMoneyCall?: boolean;
  }
}

export type App = Awaited<ReturnType<typeof buildHttp>>;

/** Tells who is asking, or `undefined` for nobody. Given by the identities feature. */
export type Authenticate = (request: FastifyRequest) => Promise<Principal | undefined>;

/**
 * The HTTP door, without a feature: request ids, security headers, sign-in, access rules, problems, OpenAPI.
 * Routes added later declare `config: { access }`; one that declares none makes the start fail.
 */
export async function buildHttp(from: {
  log: Log;
  database: Database;
  random: Random;
  clock: Clock;
  authenticate: Authenticate;
  version: string;
  isSecure: boolean;
}) {
  const app = fastify({
    loggerInstance: from.log as never,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_MAX_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    genReqId: () => from.random.uuid(),
    childLoggerFactory: (log, bindings, options) => requestLog(() => log.child(bindings, options), log.level),
    trustProxy: 'loopback',
    routerOptions: { maxParamLength: 200 },
    // An address that can't be decoded reaches no route and no error handler.
    frameworkErrors: (error, request, reply) => {
      void sendProblem(request, reply.header('x-request-id', request.id), asProblem(error, request));
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('principal', undefined);

  await app.register(cookie);
  await app.register(formbody, { bodyLimit: 64 * 1024 });
  await app.register(multipart, { limits: { files: 1, fileSize: 4 * 1024 ** 3, fields: 8, fieldSize: 4096 } });
  await registerDocuments(app as never, from.version);
  registerAccess(app as never, from);
  // After the access rules: a stranger is told that first.
  app.addHook('preValidation', (request, _reply, done) => {
    refuseUnstorable(request);
    done();
  });
  registerAnswers(app as never, { log: from.log, headers: await securityHeaders(guards(from.isSecure)) });
  return app;
}

function guards(isSecure: boolean): Parameters<typeof securityHeaders>[0] {
  return {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        // The pay form leads to the processor's own page on another origin: browsers check redirects of forms against this.
        formAction: null,
        upgradeInsecureRequests: null,
      },
    },
    hsts: isSecure,
    referrerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
  };
}

async function registerDocuments(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Causeway',
        version,
        description:
          'Bills in, balances live, payments taken once and posted once. Errors are `application/problem+json`; money is whole US cents.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          credential: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'causeway_session' },
        },
      },
    },
    transform: (input) =>
      input.url.startsWith('/api/')
        ? withFileAndKey(jsonSchemaTransform(input), input.route.config)
        : { schema: { hide: true } as never, url: input.url },
    transformObject: (input) => mendOpenApi(jsonSchemaTransformObject(input)) as never,
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
  // Nothing else here is worth a hash of its answer: figures and pages are never stored, and files bring their own tags.
  await app.register(async (scope) => {
    await scope.register(etag, { weak: true });
    scope.get('/openapi.json', { config: { access: { kind: 'public' } } }, async (_request, reply) => {
      return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(app.swagger()));
    });
  });
}

function registerAccess(app: App, { authenticate, clock }: { authenticate: Authenticate; clock: Clock }): void {
  const accessOf = new Map<string, Access>();
  app.decorate('accessOfRoutes', accessOf);
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/docs')) route.config = { ...route.config, access: { kind: 'public' } };
    if (!route.config?.access)
      throw new Error(`route ${String(route.method)} ${route.url} does not say who may call it (config.access)`);
    for (const method of [route.method].flat()) accessOf.set(`${method} ${route.url}`, route.config.access);
    if (!route.url.startsWith('/api/')) return;
    const access = route.config.access;
    const refusals = {
      400: problem('What was sent is not valid'),
      ...(access.kind !== 'public' && { 401: problem('Not signed in'), 403: problem('Not allowed') }),
    };
    route.schema = { ...route.schema, response: { ...refusals, ...(route.schema?.response as object | undefined) } };
    if (access.kind !== 'public') route.schema.security = [{ credential: [] }, { session: [] }];
  });
  app.addHook('preValidation', async (request) => {
    const access = request.routeOptions.config.access;
    if (!access || access.kind === 'public') return;
    request.principal = await authenticate(request);
    const decision = decideAccess(access, request.principal, bidOf(request));
    if (decision === 'not-signed-in') throw refuse('not-signed-in');
    if (decision === 'not-found') throw refuse('not-found');
    if (decision === 'must-enrol') throw refuse('second-factor-required');
    if (decision === 'not-allowed') {
      const needed =
        access.kind === 'any-of'
          ? request.principal?.kind === 'credential'
            ? access.scope
            : access.permission
          : undefined;
      throw refuse('not-allowed', { needed: needed ?? 'staff' });
    }
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (
      !isRead &&
      request.principal?.kind === 'staff' &&
      request.headers['x-csrf-token'] !== request.principal.csrfToken
    ) {
      throw refuse('missing-csrf-token');
    }
    if (access.kind === 'any-of' && access.isProofRecent) requireRecentProof(request.principal, clock);
  });
}

function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: problemSchema } } };
}

/** The biller named in the path, if the path names one. A malformed one is no biller: the schema then refuses it. */
function bidOf(request: FastifyRequest): number | undefined {
  const bid = Number((request.params as { bid?: string } | undefined)?.bid);
  return Number.isSafeInteger(bid) ? bid : undefined;
}

function registerAnswers(app: App, from: { log: Log; headers: Readonly<Record<string, string>> }): void {
  const { log, headers } = from;
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers).header('x-request-id', request.id);
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    // By the program's log and not the request's, which would have to be made for this one line.
    log.info(
      {
        reqId: request.id,
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'answered',
    );
    done();
  });
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, refuse('not-found')));
  app.setErrorHandler((error: FastifyError, request, reply) => sendProblem(request, reply, asProblem(error, request)));
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const wait = problem.details.retryAfterSeconds ?? (problem.kind.status === 503 ? 2 : undefined);
  if (wait !== undefined) reply.header('retry-after', String(wait));
  return reply
    .status(problem.kind.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problemBody(problem, request.id));
}

/** One translation for every error: refusals as they are, the framework's in our words, bugs logged and hidden. */
function asProblem(error: FastifyError | Problem, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation.map((issue) => ({
      at: [error.validationContext, ...issue.instancePath.split('/').filter(Boolean)].join('.'),
      message: issue.message ?? 'is not valid',
    }));
    return refuse('invalid-request', {
      summary: faults
        .map((fault) => `${fault.at}: ${fault.message}`)
        .join('; ')
        .slice(0, 500),
      faults,
    });
  }
  if (isDatabaseAway(error)) {
    request.log.error({ err: error }, 'the database is away');
    return refuse('database-away');
  }
  const code = 'code' in error ? error.code : '';
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || code === 'FST_REQ_FILE_TOO_LARGE') return refuse('body-too-large');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return refuse('wrong-media-type');
  if (
    code === 'FST_ERR_CTP_INVALID_JSON_BODY' ||
    code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ||
    (error instanceof SyntaxError && error.statusCode === 400)
  ) {
    return refuse('not-json', { summary: error.message.slice(0, 200) });
  }
  // Whoever sent it has gone, so nobody reads this; but it is no bug either.
  if (code === 'ECONNRESET' && request.raw.readableAborted)
    return refuse('invalid-request', { summary: 'it broke off before its end' });
  if (MULTIPART_FAULT.test(error.message)) return refuse('invalid-request', { summary: error.message.slice(0, 200) });
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return refuse('invalid-request', { summary: error.message.slice(0, 200) });
  }
  request.log.error({ err: error, ...(isResponseSerializationError(error) && { issues: error.cause.issues }) }, 'bug');
  return refuse('internal-error');
}
