/** Who is left out of lists: customers that refused scoring or marketing. */
import { sql } from '../conditions/sql/fragment.ts';

/** True or false for `customers c`. */
export const OPTED_OUT = sql`exists (select 1 from consents refusal where refusal.customer_id = c.customer_id and refusal.state = 'refused' and refusal.purpose in ('scoring', 'marketing'))`;
