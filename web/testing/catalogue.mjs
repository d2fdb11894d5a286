// The figures of the server's catalogue, as far as screens work with them, for tests and pictures.
const limit = (value, unit) => ({ value, unit, source: 'test' })
const pairs = [[1.1, 20], [3.0, 54], [3.9, 70], [4.4, 80], [5.6, 100], [7.0, 126], [7.8, 140], [10.0, 180], [11.1, 200], [13.9, 250], [16.7, 300], [33.3, 600]]

export const catalogue = {
  version: 'test',
  units: [{ key: 'mmol/L', perMmol: 1 }, { key: 'mg/dL', perMmol: 18.0156 }],
  limits: {
    glucoseMin: limit(1.1, 'mmol/L'), glucoseMax: limit(33.3, 'mmol/L'), level2Low: limit(3.0, 'mmol/L'), level1Low: limit(3.9, 'mmol/L'),
    critical: limit(16.7, 'mmol/L'), historyGap: limit(2, 'h'), fastSugar: limit(15, 'g'), retest: limit(15, 'min'),
  },
  pairs: pairs.map(([mmol, mgdl]) => ({ mmol, mgdl })),
  eventTypes: [], contexts: [], bands: [], reasons: {}, outcomes: {}, purposes: {},
}
