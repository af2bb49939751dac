/** The kinds of order estimators: which family each fits, and the order model that its saved parameters make. */
import { bgBbModel } from './bgBb.ts';
import { BG_BB_FAMILY } from './bgBbFit.ts';
import type { Family } from './family.ts';
import type { NbdModel } from './nbd.ts';
import { nbdFamily } from './nbdFit.ts';
import { orderModelOf } from './orderModel.ts';
import type { OrderModel } from './orderModel.ts';
import { PARETO_FAMILY } from './paretoFit.ts';

export type OrderKindName = 'bg_nbd' | 'mbg_nbd' | 'bg_cnbd_k' | 'mbg_cnbd_k' | 'pareto_nbd' | 'bg_bb';

export interface OrderKind {
  /** k is searched and saved. */
  readonly regular: boolean;
  /** Histories count opportunities instead of weeks. */
  readonly discrete: boolean;
  readonly family: (k: number) => Family;
  /** @param parameters in the order of the family. */
  readonly model: (parameters: ArrayLike<number>, k: number, periodDays: number) => OrderModel;
}

function nbdKind(model: NbdModel, regular: boolean): OrderKind {
  return {
    regular,
    discrete: false,
    family: (k) => nbdFamily(model, k),
    model: ({ 0: r, 1: alpha, 2: a, 3: b }, k) => orderModelOf({ model, r, alpha, a, b, k }),
  };
}

export const ORDER_KINDS: Readonly<Record<OrderKindName, OrderKind>> = {
  bg_nbd: nbdKind('bg_nbd', false),
  mbg_nbd: nbdKind('mbg_nbd', false),
  bg_cnbd_k: nbdKind('bg_nbd', true),
  mbg_cnbd_k: nbdKind('mbg_nbd', true),
  pareto_nbd: {
    regular: false,
    discrete: false,
    family: () => PARETO_FAMILY,
    model: ({ 0: r, 1: alpha, 2: s, 3: beta }) => orderModelOf({ model: 'pareto_nbd', r, alpha, s, beta }),
  },
  bg_bb: {
    regular: false,
    discrete: true,
    family: () => BG_BB_FAMILY,
    model: ({ 0: alpha, 1: beta, 2: gamma, 3: delta }, _k, periodDays) => bgBbModel({ model: 'bg_bb', alpha, beta, gamma, delta }, periodDays),
  },
};
