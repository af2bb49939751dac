/** Every table of ours: the closed list that names in statements are looked up in. */
export const TABLES = [
  'customers', 'identities', 'consents', 'suppressions', 'imports', 'events',
  'runs', 'run_chunks', 'models', 'model_aliases', 'model_alias_history', 'model_reports', 'preference_models', 'scores', 'run_facts',
  'customer_tags', 'staged_tags', 'tag_history', 'lifecycle_history', 'lifecycle_changes', 'lifecycle_runs', 'lifecycle_rules', 'api_keys', 'audit_log',
  'segments', 'segment_definitions', 'segment_versions', 'segment_members', 'segment_changes',
  'webhooks', 'webhook_messages', 'webhook_cursors', 'customer_merges', 'segment_similarity',
  'experiments', 'experiment_assignments',
  'tag_definitions', 'tag_definition_versions', 'rule_runs', 'customer_rules', 'staged_rules', 'rule_changes', 'watermarks', 'tag_reports', 'tag_categories', 'tag_placements', 'quality_rules', 'quality_results', 'quality_examples', 'quality_alerts', 'value_standards', 'value_spellings', 'attribute_originals',
] as const;
export type TableName = (typeof TABLES)[number];
