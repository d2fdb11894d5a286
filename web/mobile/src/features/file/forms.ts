// What the phone asks of each kind of statement, in order. Words of codes, units and limits come from the catalogue.

export type PlainWhat = 'diagnosis' | 'surgery' | 'imaging' | 'side_effect' | 'glucocorticoid' | 'circumstance' | 'family_history' | 'goal' | 'device'
export type What = 'medication' | 'fill' | 'lab' | 'allergy' | PlainWhat

/** What stands in the fields, by the names the server has for them. */
export type Values = Record<string, string>

export type Need = 'needName' | 'needPick' | 'needValue' | 'needText' | 'needDay' | 'needFuture'

export type Label =
  | 'askCondition' | 'askName' | 'askStatus' | 'askCause' | 'askProcedure' | 'askSide' | 'askHospital' | 'askModality' | 'askSite' | 'askSystem_left' | 'askStage_left' | 'askSystem_right' | 'askStage_right' | 'askFinding'
  | 'askPaper' | 'askMedicine' | 'askUnwell' | 'askSevere' | 'askNote' | 'askDrug' | 'askDoseDay' | 'askDays' | 'askLife' | 'askAnswer' | 'askTell' | 'askCigarettes' | 'askDrinks'
  | 'askRelative' | 'askAge' | 'askGoal' | 'askGoalText' | 'askDevice' | 'askSerial' | 'askModel' | 'askCheck' | 'askPlanned'

/** chips: one of few. pick: one of many. ahead: a day to come, kept as days from the day of the statement on. */
export interface Ask {
  name: string
  label: Label
  as: 'chips' | 'pick' | 'line' | 'lines' | 'number' | 'scale' | 'ahead' | 'system' | 'stage' | 'medicine' | 'paper'
  must?: Need
  /** Asked only then; what is not asked is not said. */
  when?: (values: Values, correcting: boolean) => boolean
  /** Which of the catalogue's codes are offered; without it all. */
  only?: (values: Values) => readonly string[]
  hint?: 'serialHint' | 'goalHint'
}

/** shows tells whether images show a hip of that side: only of those a stage is asked. */
const shows = (side: 'left' | 'right') => (values: Values) => (values.side === side || values.side === 'both') && (!values.site || values.site === 'hip')
const other = (field: string) => (values: Values) => values[field] === 'other'
const yesNo = ['shift_work', 'lives_alone', 'driving', 'smartphone', 'diving', 'carer']
const answers: Partial<Record<string, readonly string[]>> = {
  smoking: ['yes', 'no', 'former'],
  alcohol: ['yes', 'sometimes', 'no', 'former'],
  source_department: ['nephrology', 'haematology', 'rheumatology', 'respiratory', 'dermatology', 'neurology', 'orthopaedics'],
}

/** answersTo are the answers to one circumstance; none: it is told in words of one's own. */
export const answersTo = (kind: string | undefined): readonly string[] => (kind === undefined ? [] : (answers[kind] ?? (yesNo.includes(kind) ? ['yes', 'no', 'sometimes'] : [])))

export const asks: Record<PlainWhat, readonly Ask[]> = {
  diagnosis: [
    { name: 'condition', label: 'askCondition', as: 'pick', must: 'needPick' },
    { name: 'name', label: 'askName', as: 'line', must: 'needText', when: other('condition') },
    { name: 'status', label: 'askStatus', as: 'chips', must: 'needPick' },
    { name: 'cause', label: 'askCause', as: 'chips', when: ({ condition }) => condition === 'onfh' },
    { name: 'file', label: 'askPaper', as: 'paper' },
    { name: 'note', label: 'askNote', as: 'lines' },
  ],
  surgery: [
    { name: 'procedure', label: 'askProcedure', as: 'pick', must: 'needPick' },
    { name: 'name', label: 'askName', as: 'line', must: 'needText', when: other('procedure') },
    { name: 'status', label: 'askStatus', as: 'chips', must: 'needPick' },
    { name: 'inDays', label: 'askPlanned', as: 'ahead', when: ({ status }) => status === 'planned' },
    { name: 'side', label: 'askSide', as: 'chips' },
    { name: 'hospital', label: 'askHospital', as: 'line' },
    { name: 'file', label: 'askPaper', as: 'paper' },
    { name: 'note', label: 'askNote', as: 'lines' },
  ],
  imaging: [
    { name: 'modality', label: 'askModality', as: 'chips', must: 'needPick' },
    { name: 'site', label: 'askSite', as: 'chips' },
    { name: 'side', label: 'askSide', as: 'chips' },
    ...(['left', 'right'] as const).flatMap((side): Ask[] => [
      { name: `system_${side}`, label: `askSystem_${side}`, as: 'system', when: shows(side) },
      { name: `stage_${side}`, label: `askStage_${side}`, as: 'stage', must: 'needPick', when: (values) => shows(side)(values) && Boolean(values[`system_${side}`]) },
    ]),
    { name: 'finding', label: 'askFinding', as: 'lines' },
    { name: 'hospital', label: 'askHospital', as: 'line' },
    { name: 'file', label: 'askPaper', as: 'paper' },
  ],
  side_effect: [
    { name: 'kind', label: 'askUnwell', as: 'chips', must: 'needPick' },
    { name: 'note', label: 'askTell', as: 'lines', must: 'needText', when: other('kind') },
    { name: 'generic', label: 'askMedicine', as: 'medicine' },
    { name: 'class', label: 'askMedicine', as: 'medicine' },
    { name: 'severity', label: 'askSevere', as: 'scale' },
    { name: 'note', label: 'askNote', as: 'lines', when: ({ kind }) => kind !== 'other' },
  ],
  glucocorticoid: [
    { name: 'drug', label: 'askDrug', as: 'chips', must: 'needPick' },
    { name: 'dose', label: 'askDoseDay', as: 'number', must: 'needValue' },
    { name: 'days', label: 'askDays', as: 'number', must: 'needValue' },
    { name: 'note', label: 'askNote', as: 'lines' },
  ],
  circumstance: [
    { name: 'kind', label: 'askLife', as: 'pick', must: 'needPick' },
    { name: 'answer', label: 'askAnswer', as: 'chips', must: 'needPick', when: ({ kind }) => answersTo(kind).length > 0, only: ({ kind }) => answersTo(kind) },
    { name: 'value', label: 'askCigarettes', as: 'number', when: ({ kind, answer }) => kind === 'smoking' && answer === 'yes' },
    { name: 'value', label: 'askDrinks', as: 'number', when: ({ kind, answer }) => kind === 'alcohol' && (answer === 'yes' || answer === 'sometimes') },
    { name: 'note', label: 'askTell', as: 'lines', must: 'needText', when: ({ kind }) => Boolean(kind) && answersTo(kind).length === 0 },
    { name: 'note', label: 'askNote', as: 'lines', when: ({ kind }) => answersTo(kind).length > 0 },
  ],
  family_history: [
    { name: 'relative', label: 'askRelative', as: 'chips', must: 'needPick' },
    { name: 'condition', label: 'askCondition', as: 'pick', must: 'needPick' },
    { name: 'name', label: 'askName', as: 'line', must: 'needText', when: other('condition') },
    { name: 'age', label: 'askAge', as: 'number' },
    { name: 'note', label: 'askNote', as: 'lines' },
  ],
  goal: [
    { name: 'kind', label: 'askGoal', as: 'chips', must: 'needPick' },
    { name: 'text', label: 'askGoalText', as: 'lines', must: 'needText', hint: 'goalHint' },
    { name: 'status', label: 'askStatus', as: 'chips', when: (_, correcting) => correcting },
  ],
  device: [
    { name: 'kind', label: 'askDevice', as: 'chips', must: 'needPick' },
    { name: 'device', label: 'askSerial', as: 'line', must: 'needText', hint: 'serialHint' },
    { name: 'model', label: 'askModel', as: 'line' },
    { name: 'checkDays', label: 'askCheck', as: 'ahead' },
    { name: 'status', label: 'askStatus', as: 'chips', when: (_, correcting) => correcting },
  ],
}

/** What is true unless the person says otherwise. */
export const usual: Partial<Record<What, Values>> = {
  medication: { action: 'start' },
  diagnosis: { status: 'confirmed' },
  surgery: { status: 'done' },
  goal: { status: 'set' },
  device: { status: 'in_use' },
}

export const isPlain = (what: string): what is PlainWhat => what in asks

/** Whose words it may be. A doctor's, told by somebody else, stay told: only the doctor's own account signs. */
export const tellers: Partial<Record<What, readonly Teller[]>> = {
  diagnosis: ['me', 'family', 'doctor', 'report'],
  surgery: ['me', 'family', 'doctor', 'report'],
  imaging: ['me', 'family', 'doctor', 'report'],
  glucocorticoid: ['me', 'family', 'doctor', 'report'],
  side_effect: ['me', 'family'],
  circumstance: ['me', 'family'],
  family_history: ['me', 'family'],
  goal: ['me', 'family'],
  device: ['me', 'family'],
}
export type Teller = 'me' | 'family' | 'doctor' | 'report'

/** The question for the day a statement is about; where there is none, it is about today. */
export const dayAsked: Partial<Record<What, 'from' | 'on' | 'foundOn' | 'doneOn' | 'began'>> = {
  medication: 'from', fill: 'on', lab: 'on', allergy: 'from', diagnosis: 'foundOn', surgery: 'doneOn', imaging: 'on', side_effect: 'began', glucocorticoid: 'from',
}

/** Where a past day may be known by its year only. */
export const looseDay = (what: What): boolean => what !== 'lab' && what !== 'fill' && what !== 'glucocorticoid'

/** The page of choices, under headings a person would look for. */
export const groups: readonly { title: 'groupIllness' | 'groupMedicine' | 'groupLife' | 'groupThings'; whats: readonly (What | 'report')[] }[] = [
  { title: 'groupMedicine', whats: ['medication', 'fill', 'side_effect', 'allergy'] },
  { title: 'groupIllness', whats: ['diagnosis', 'lab', 'imaging', 'surgery', 'report'] },
  { title: 'groupLife', whats: ['circumstance', 'family_history', 'goal'] },
  { title: 'groupThings', whats: ['device'] },
]

/** The titles of a new one and of a correction. */
export const titles = {
  medication: ['addMedicine', 'fixMedicine'], fill: ['addFill', 'fixFill'], lab: ['addLab', 'fixLab'], allergy: ['addAllergy', 'fixAllergy'],
  diagnosis: ['addDiagnosis', 'fixDiagnosis'], surgery: ['addSurgery', 'fixSurgery'], imaging: ['addImaging', 'fixImaging'], side_effect: ['addReaction', 'fixReaction'],
  glucocorticoid: ['addSteroid', 'fixSteroid'], circumstance: ['addLife', 'fixLife'], family_history: ['addRelative', 'fixRelative'], goal: ['addGoal', 'fixGoal'], device: ['addDevice', 'fixDevice'],
} as const satisfies Record<What, readonly [string, string]>
