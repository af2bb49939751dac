/** Why a row is not taken: a closed list, in both languages. Texts of the row itself never get in here. */
import { bilingual, type Bilingual } from '../../base/text.ts';

export const QUARANTINE_REASONS = {
  missing_customer: bilingual('缺少客户编号', 'The customer id is missing.'),
  missing_time: bilingual('缺少时间', 'The time is missing.'),
  bad_time: bilingual('时间不是已知的格式，或不是日历上的日期', 'The time is in none of the accepted formats, or no day of the calendar.'),
  ambiguous_time: bilingual('日期可能是日/月，也可能是月/日', 'The date could be day/month or month/day.'),
  time_in_future: bilingual('时间比现在晚一天以上', 'The time is more than one day in the future.'),
  time_before_1970: bilingual('时间早于 1970 年', 'The time is before 1970.'),
  bad_number: bilingual('数字无法读取', 'A number cannot be read.'),
  number_too_large: bilingual('数字超出 14 位整数', 'A number has more than 14 digits before the point.'),
  unsafe_number: bilingual('整数超过 2^53，无法精确读取，请写成文本', 'A whole number is beyond 2^53 and cannot be read exactly; write it as text.'),
  negative_discount: bilingual('折扣为负数', 'The discount is negative.'),
  bad_kind: bilingual('事件类型名称无效', 'The kind is not a valid name (lower-case letters, digits and _, at most 48).'),
  too_long: bilingual('文本超过 256 个字符', 'A text has more than 256 characters.'),
  bad_text: bilingual('文本含有无法保存的字符', 'A text holds characters that the store cannot keep (NUL, half a surrogate pair).'),
  bad_encoding: bilingual('文本编码与文件编码不符', 'The bytes are not valid in the encoding of the file.'),
  bad_quotes: bilingual('引号使用有误', 'The quotes of this record do not fit together.'),
  unclosed_quote: bilingual('引号没有闭合', 'A quote opens on this line and is not closed within the size limit.'),
  wrong_columns: bilingual('列数与表头不符', 'The number of columns differs from the header.'),
  bad_json: bilingual('不是 JSON 对象', 'The line is not a JSON object.'),
  record_too_large: bilingual('记录超过大小上限', 'The record is larger than the limit.'),
  missing_value: bilingual('缺少必填的值', 'A required value is missing.'),
  bad_state: bilingual('同意状态无法识别', 'The consent state is not one of the mapped values.'),
  identity_taken: bilingual('该身份已属于另一位客户', 'The identity already belongs to another customer.'),
} as const satisfies Record<string, Bilingual>;

export type QuarantineReason = keyof typeof QUARANTINE_REASONS;
