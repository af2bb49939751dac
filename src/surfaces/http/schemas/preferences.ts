/** What preference tags are read from: versions, and how each method did on the last period. */
import { z } from 'zod';
import { about, dateSchema, instantSchema, integerText } from './common.ts';

const interval = z.strictObject({ estimate: z.number(), low: z.number(), high: z.number() });
const method = z.enum(['popular', 'bought_before', 'cooccurrence', 'als', 'combined', 'combined_als']);
const intervals = z.array(interval);

const productSchema = z.strictObject({
  horizonDays: about(z.int(), '检验期天数', 'Days of the test period'),
  customers: about(z.int(), '检验的客户数', 'Customers judged'),
  cutoffs: about(z.array(z.int()), '前多少个推荐', 'Suggestions that are judged; figures follow this order'),
  chosen: about(method, '验证期选出的方法', 'Chosen on the period before the test'),
  methods: z.array(z.strictObject({ method, coverage: about(z.number(), '被推荐到的商品占比', 'Share of products suggested to anybody'), recall: intervals, ndcg: intervals })),
  gains: about(z.array(z.strictObject({ baseline: method, recall: intervals, ndcg: intervals })), '相对两条基线的增益，95%区间', 'Over each baseline, paired by customer, 95 % intervals'),
});

const categorySchema = z.strictObject({
  customers: z.int(),
  orders: z.array(z.strictObject({
    order: z.enum(['popular', 'bought_before', 'share', 'lift']), hitRate: interval, recall: interval, ndcg: interval,
    selectivity: about(interval, '入列者的购买率 ÷ 全体', 'Bought by those it is listed for ÷ by everybody'),
  })),
});

const compared = z.enum(['shop_rate', 'own_rate', 'beta_binomial', 'logistic']);
const responseSchema = z.strictObject({
  days: about(z.int(), '多少天内算回应', 'Days within which an answer belongs to its message'),
  channels: about(z.array(z.strictObject({
    name: z.string(), slug: about(z.string(), '标签键的一部分', 'Part of the key of its tags'), messages: z.int(), customers: z.int(), seen: about(z.boolean(), '是否看得到打开', 'Whether opens were ever seen'),
    outcomes: about(z.array(z.strictObject({
      outcome: z.enum(['open', 'click', 'convert']), chosen: about(compared, '验证期选出的方法', 'Chosen on the period before the test'),
      customers: z.int(), messages: about(z.int(), '检验的消息数', 'Messages of the test'),
      methods: z.array(z.strictObject({ method: compared, logLoss: interval, auc: interval.nullable(), calibrationError: z.number() })),
      gains: about(z.array(z.strictObject({ baseline: compared, logLoss: interval })), '相对基线降低的对数损失，95%区间', 'How much lower the log loss is than of each baseline, paired by customer, 95 % intervals'),
    })), '能够学习和检验的结果', 'Outcomes that could be learned and tested'),
  })), '用得多的在前', 'Most used first'),
});

export const preferenceVersionsSchema = z.strictObject({
  versions: about(z.array(z.strictObject({
    version: z.int(), serves: z.boolean(), withdrawn: z.boolean(), createdAt: instantSchema,
    end: about(dateSchema, '训练不知道的第一天', 'First day that training did not know'),
    customers: z.int(), products: z.int(), categories: z.int(),
    product: about(productSchema.nullable(), '没有商品或历史太短时为空', 'Null without products, or where the history is too short'),
    category: categorySchema.nullable(),
    responses: about(responseSchema.nullable(), '不发消息的店为空', 'Null where the shop sends no messages, and in versions before'),
  })), '新的在前', 'Newest first'),
});

export const preferenceParams = z.strictObject({ version: integerText(1, 999_999_999) });
export const preferenceStateBody = z.strictObject({ withdrawn: z.boolean() });
export const preferenceStateSchema = z.strictObject({ version: z.int(), withdrawn: z.boolean(), serves: about(z.int().nullable(), '现在在用的版本', 'Version that serves now') });
