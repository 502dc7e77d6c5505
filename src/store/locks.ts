/** Advisory lock keys. Any numbers do, as long as nobody else in the database uses them. */
export const LOCKS = {
  migrations: 7_283_001,
  places: 7_283_002,
  incidentNumbers: 7_283_003,
  /** With the group's hash as the second key. */
  alertGroups: 7_283_004,
  /** With the person's hash as the second key. */
  grants: 7_283_005,
  departures: 7_283_006,
} as const;
