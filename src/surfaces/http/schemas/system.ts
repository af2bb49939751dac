/** Health and the documents. */
import { z } from 'zod';
import { about } from './common.ts';

export const healthSchema = z.strictObject({ status: about(z.enum(['ok', 'degraded']), '存储是否可用', 'Whether the store answers'), version: z.string() });
export const openApiSchema = z.looseObject({ openapi: z.literal('3.1.0'), paths: z.record(z.string(), z.unknown()) });
