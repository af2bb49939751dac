/** Every command, in the order of the help text. */
import type { CommandModule } from '../context.ts';
import { customer } from './customer.ts';
import { doctor } from './doctor.ts';
import { features } from './features.ts';
import { importCommand } from './import.ts';
import { init } from './init.ts';
import { keys } from './keys.ts';
import { evaluate, models, train } from './models.ts';
import { quickstart } from './quickstart.ts';
import { nightly, score } from './score.ts';
import { segment } from './segment.ts';
import { serve } from './serve.ts';
import { tags } from './tags.ts';

export const COMMANDS: readonly CommandModule[] = [quickstart, init, importCommand, features, train, evaluate, models, score, nightly, tags, customer, segment, serve, keys, doctor];
