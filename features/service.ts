/** Contact with service: questions, complaints, help. */
import { daysSince, events } from '../src/features/define.ts';
import { declareIn } from './words.ts';

const declare = declareIn('service');
const complaints = events.ofKind('complaint');

export const SERVICE = [
  declare('complaints_90d', 'times', ['近 90 天投诉', 'Complaints, last 90 days'], ['最近 90 天的投诉次数', 'Complaints in the last 90 days.'], complaints.last(90).count(), 0),
  declare('complaints_365d', 'times', ['近 365 天投诉', 'Complaints, last 365 days'], ['最近 365 天的投诉次数', 'Complaints in the last 365 days.'], complaints.last(365).count(), 0),
  declare('days_since_last_complaint', 'days', ['距上次投诉', 'Days since last complaint'], ['距最近一次投诉的天数', 'Days since the latest complaint.'], daysSince(complaints.lastTime()), 'missing'),
  declare('inquiries_30d', 'times', ['近 30 天咨询', 'Inquiries, last 30 days'], ['最近 30 天的咨询次数', 'Questions asked in the last 30 days.'], events.ofKind('inquiry').last(30).count(), 0),
  declare('service_contacts_90d', 'times', ['近 90 天服务接触', 'Service contacts, last 90 days'], ['最近 90 天的咨询、投诉与售后次数', 'Inquiries, complaints and service cases in the last 90 days.'], events.ofKind('inquiry', 'complaint', 'service').last(90).count(), 0),
];
