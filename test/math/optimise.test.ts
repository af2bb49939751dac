import { describe, expect, test } from 'vitest';
import { cholesky, choleskySolve, inverseSpd } from '../../src/math/linear.ts';
import { minimiseByTwo, numericHessian, withNumericGradient } from '../../src/math/optimise.ts';
import type { Objective } from '../../src/math/optimise.ts';
import { minimiseLbfgs } from '../../src/math/optimiseLbfgs.ts';
import { minimiseNelderMead } from '../../src/math/optimiseNelderMead.ts';
import { EXACT_NEWTON, minimiseNewton } from '../../src/math/optimiseNewton.ts';
import type { CurvedObjective } from '../../src/math/optimiseNewton.ts';

/** Rosenbrock (1960) in n variables, minimum 0 at (1, …, 1). */
const rosenbrock: Objective = (x, gradient) => {
  gradient?.fill(0);
  let value = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const t = x[i + 1] - x[i] * x[i];
    value += 100 * t * t + (1 - x[i]) ** 2;
    if (gradient !== undefined) {
      gradient[i] += -400 * x[i] * t - 2 * (1 - x[i]);
      gradient[i + 1] += 200 * t;
    }
  }
  return value;
};

const onlyBeyondZero: Objective = (x, gradient) => {
  if (x[0] <= 0) return NaN;
  if (gradient !== undefined) gradient[0] = 1 - 3 / x[0];
  return x[0] - 3 * Math.log(x[0]);
};

describe('L-BFGS', () => {
  test.each([2, 5, 20])('Rosenbrock in %d variables', (n) => {
    const result = minimiseLbfgs(rosenbrock, new Float64Array(n).fill(-1.2));
    expect(result.converged).toBe(true);
    expect(result.gradientNorm).toBeLessThan(1e-5);
    for (const v of result.x) expect(Math.abs(v - 1)).toBeLessThan(1e-6);
    expect(result.evaluations).toBeLessThan(60 * n);
  });

  test('steps back from values that are not finite', () => {
    const result = minimiseLbfgs(onlyBeyondZero, Float64Array.of(0.01));
    expect(result.x[0]).toBeCloseTo(3, 7);
  });

  test('a numeric gradient leads to the same place', () => {
    const result = minimiseLbfgs(withNumericGradient((x) => rosenbrock(x)), Float64Array.of(-1.2, 1));
    expect(Math.abs(result.x[0] - 1)).toBeLessThan(1e-5);
  });

  test('a start that is not allowed is said, not returned as an answer', () => {
    const result = minimiseLbfgs(onlyBeyondZero, Float64Array.of(-1));
    expect(result.converged).toBe(false);
  });

  test('cancel', () => {
    expect(() => minimiseLbfgs(rosenbrock, Float64Array.of(-1, 1), { signal: AbortSignal.abort() })).toThrow(/cancelled/);
  });
});

describe('Newton', () => {
  /** Rosenbrock in two variables. */
  const banana: CurvedObjective = (x, gradient, hessian) => {
    hessian?.set([1200 * x[0] * x[0] - 400 * x[1] + 2, -400 * x[0], -400 * x[0], 200]);
    return rosenbrock(x, gradient);
  };

  test('Rosenbrock, with the Hessian of the answer', () => {
    const result = minimiseNewton(banana, Float64Array.of(-1.2, 1), EXACT_NEWTON);
    expect(result).toMatchObject({ converged: true });
    for (const v of result.x) expect(Math.abs(v - 1)).toBeLessThan(1e-12);
    expect(result.evaluations).toBeLessThan(40);
    [802, -400, -400, 200].forEach((value, i) => expect(result.hessian[i]).toBeCloseTo(value, 6));
  });

  test('leaves a saddle, where the gradient vanishes and the Hessian is not positive definite', () => {
    const saddle: CurvedObjective = (x, gradient, hessian) => {
      gradient?.set([4 * x[0] ** 3 - 2 * x[0], 2 * x[1]]);
      hessian?.set([12 * x[0] * x[0] - 2, 0, 0, 2]);
      return x[0] ** 4 - x[0] ** 2 + x[1] ** 2;
    };
    const near = minimiseNewton(saddle, Float64Array.of(1e-5, 0.3));
    expect(Math.abs(near.x[0])).toBeCloseTo(Math.SQRT1_2, 6);
    expect(minimiseNewton(saddle, Float64Array.of(0, 0)).converged).toBe(false);
  });

  test('steps back from values that are not finite; steps no further than allowed; says what did not work', () => {
    const curved: CurvedObjective = (x, gradient, hessian) => {
      hessian?.set([3 / (x[0] * x[0])]);
      return onlyBeyondZero(x, gradient);
    };
    expect(minimiseNewton(curved, Float64Array.of(7)).x[0]).toBeCloseTo(3, 7);
    expect(minimiseNewton(curved, Float64Array.of(0.01), { maxStep: 0.5 }).x[0]).toBeCloseTo(3, 7);
    expect(minimiseNewton(curved, Float64Array.of(-1))).toMatchObject({ converged: false, evaluations: 1 });
    expect(minimiseNewton(banana, Float64Array.of(-1.2, 1), { maxIterations: 3 }).converged).toBe(false);
    expect(() => minimiseNewton(banana, Float64Array.of(-1, 1), { signal: AbortSignal.abort() })).toThrow(/cancelled/);
  });
});

describe('Nelder–Mead', () => {
  test('Rosenbrock', () => {
    const result = minimiseNelderMead(rosenbrock, Float64Array.of(-1.2, 1), { maxIterations: 5000 });
    expect(result.converged).toBe(true);
    for (const v of result.x) expect(Math.abs(v - 1)).toBeLessThan(1e-5);
  });

  test('a function with a kink', () => {
    const result = minimiseNelderMead((x) => Math.abs(x[0] - 2) + Math.abs(x[1] + 1), Float64Array.of(0, 0));
    expect(result.x[0]).toBeCloseTo(2, 5);
    expect(result.x[1]).toBeCloseTo(-1, 5);
  });

  test('cancel', () => {
    expect(() => minimiseNelderMead(rosenbrock, Float64Array.of(-1, 1), { signal: AbortSignal.abort() })).toThrow(/cancelled/);
  });
});

describe('two optimisers', () => {
  test('a gradient that lies is caught by the second optimiser', () => {
    // The value is a paraboloid around (1, 2); the gradient claims that every point is stationary in x and wrong in y.
    const lying: Objective = (x, gradient) => {
      if (gradient !== undefined) {
        gradient[0] = 1;
        gradient[1] = -1;
      }
      return (x[0] - 1) ** 2 + (x[1] - 2) ** 2;
    };
    const result = minimiseByTwo(lying, [Float64Array.of(5, 5)], { acceptedGain: 1e-9 });
    expect(result.x[0]).toBeCloseTo(1, 4);
    expect(result.x[1]).toBeCloseTo(2, 4);
    expect(result.converged).toBe(true);
  });

  test('the best of several starts wins', () => {
    const twoWells: Objective = (x, gradient) => {
      if (gradient !== undefined) gradient[0] = 4 * x[0] * (x[0] * x[0] - 1) + 0.1;
      return (x[0] * x[0] - 1) ** 2 + 0.1 * x[0];
    };
    const result = minimiseByTwo(twoWells, [Float64Array.of(0.9), Float64Array.of(-0.5)], { acceptedGain: 1e-9 });
    expect(result.x[0]).toBeLessThan(-0.9);
  });

  test('nowhere finite is not converged', () => {
    expect(minimiseByTwo(() => NaN, [Float64Array.of(1)], { acceptedGain: 1e-9 }).converged).toBe(false);
  });
});

describe('linear algebra', () => {
  const a = Float64Array.of(4, 2, 0.6, 2, 5, 1, 0.6, 1, 3);

  test('Cholesky solves and inverts', () => {
    const lower = cholesky(a, 3);
    expect(lower).toBeDefined();
    const x = choleskySolve(lower as Float64Array, 3, [1, 2, 3]);
    for (let i = 0; i < 3; i++) expect(a[3 * i] * x[0] + a[3 * i + 1] * x[1] + a[3 * i + 2] * x[2]).toBeCloseTo(i + 1, 12);
    const inverse = inverseSpd(a, 3) as Float64Array;
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        let sum = 0;
        for (let k = 0; k < 3; k++) sum += a[3 * i + k] * inverse[3 * k + j];
        expect(sum).toBeCloseTo(i === j ? 1 : 0, 12);
      }
    }
  });

  test('a matrix that is not positive definite is said', () => expect(inverseSpd(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined());

  test('Hessian of Rosenbrock at its minimum is [[802, −400], [−400, 200]]', () => {
    const hessian = numericHessian(rosenbrock, Float64Array.of(1, 1));
    [802, -400, -400, 200].forEach((golden, i) => expect(Math.abs(hessian[i] - golden)).toBeLessThan(1e-4));
  });
});
