import { z } from 'zod';
import { nameOf, needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { idempotencyKeyOf } from '../../platform/idempotency.ts';
import {
  byDayQuerySchema,
  byDaySchema,
  paymentSchema,
  paymentsPageSchema,
  paymentsQuerySchema,
  paymentWithEventsSchema,
  staffActSchema,
} from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { findPaymentWithEvents, listPayments, paymentsByDay, paymentsOfAccount } from './find-payment.ts';
import type { StaffAct } from './payment-states.ts';
import { refuse } from './problems.ts';
import { registerProcessorEvents } from './processor-event-routes.ts';
import { reversePayment } from './reverse-payment.ts';

const bid = z.coerce.number().int().positive();
const paymentId = z.coerce.number().int().positive();
const tags = ['Payments'];
const mayRead = needs({ scope: 'payments:read', permission: 'payments:read' });

export function registerPaymentsRoutes(app: App, deps: PaymentsDeps): void {
  app.get(
    '/api/v1/billers/:bid/payments',
    {
      schema: {
        summary: 'Payments, newest first, with their three clocks',
        tags,
        params: z.strictObject({ bid }),
        querystring: paymentsQuerySchema,
        response: { 200: paymentsPageSchema },
      },
      config: { access: mayRead },
    },
    async (request) =>
      deps.database.withBiller(request.params.bid, (tx) => listPayments(tx, request.params.bid, request.query)),
  );
  app.get(
    '/api/v1/billers/:bid/payments/by-day',
    {
      schema: {
        summary: 'Money taken on each of the last days, by method',
        tags,
        params: z.strictObject({ bid }),
        querystring: byDayQuerySchema,
        response: { 200: byDaySchema },
      },
      config: { access: mayRead },
    },
    async (request) => {
      const biller = await deps.billers.load(request.params.bid);
      if (!biller) throw refuse('unknown-biller');
      const { timeZone } = biller.configuration.profile;
      return {
        items: await deps.database.withBiller(biller.bid, (tx) =>
          paymentsByDay(tx, { bid: biller.bid, now: deps.clock.now(), days: request.query.days, timeZone }),
        ),
      };
    },
  );
  app.get(
    '/api/v1/billers/:bid/payments/:paymentId',
    {
      schema: {
        summary: 'One payment, with everything that was heard of it',
        tags,
        params: z.strictObject({ bid, paymentId }),
        response: { 200: paymentWithEventsSchema },
      },
      config: { access: mayRead },
    },
    async (request) => {
      const found = await deps.database.withBiller(request.params.bid, (tx) =>
        findPaymentWithEvents(tx, request.params.bid, request.params.paymentId),
      );
      if (!found) throw refuse('unknown-payment');
      return found;
    },
  );
  registerAccountPayments(app, deps);
  registerAct(app, deps, 'void');
  registerAct(app, deps, 'refund');
  registerProcessorEvents(app, deps);
}

function registerAccountPayments(app: App, deps: PaymentsDeps): void {
  app.get(
    '/api/v1/billers/:bid/accounts/:accountNumber/payments',
    {
      schema: {
        summary: 'The newest payments of an account',
        tags,
        params: z.strictObject({ bid, accountNumber: z.string().min(1).max(50) }),
        response: { 200: z.strictObject({ items: z.array(paymentSchema) }) },
      },
      config: { access: mayRead },
    },
    async (request) => ({
      items: [
        ...(await deps.database.withBiller(request.params.bid, (tx) =>
          paymentsOfAccount(tx, request.params.bid, request.params.accountNumber),
        )),
      ],
    }),
  );
}

function registerAct(app: App, deps: PaymentsDeps, act: StaffAct): void {
  app.post(
    `/api/v1/billers/:bid/payments/:paymentId/${act}`,
    {
      schema: {
        summary: act === 'void' ? 'Cancel a payment that has not settled' : 'Give back the money of a settled payment',
        tags,
        params: z.strictObject({ bid, paymentId }),
        body: staffActSchema,
        response: { 200: paymentSchema },
      },
      config: { access: needs({ permission: 'deliveries:decide', isProofRecent: true }), isMoneyCall: true },
    },
    async (request) =>
      reversePayment(deps, {
        ...request.params,
        act,
        reason: request.body.reason,
        expectedVersion: request.body.expectedVersion,
        by: request.principal ? nameOf(request.principal) : 'staff',
        idempotencyKey: idempotencyKeyOf(request.headers),
      }),
  );
}
