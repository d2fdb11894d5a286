package api_test

import (
	"testing"

	"peiban/internal/store/storetest"
)

// onPostgreSQL is the test whose subtests have their houses on PostgreSQL.
const onPostgreSQL = "TestOnPostgreSQL"

func TestMain(m *testing.M) { storetest.Main(m) }

// What is written through the interface is written to either database: each kind of writing once more, on PostgreSQL. The store has its
// own suites for both; here it is whole requests, with their audit rows, idempotency and attachments.
func TestOnPostgreSQL(t *testing.T) {
	if testing.Short() { // the race detector reads the same requests on SQLite
		return
	}
	for name, test := range map[string]func(*testing.T){
		"images and their stages":      TestImagesCarryTheirStages,
		"stages told on the phone":     TestAPersonTellsTheStagesOfAReport,
		"targets that a doctor signs":  TestTargetsHoldWhenADoctorSigns,
		"corrections":                  TestCorrectionsStayBesideWhatTheyReplace,
		"fills mapped":                 TestAFillNobodyKnowsIsMapped,
		"reports":                      TestReports,
		"rows of the audit":            TestARowForEveryLook,
		"relatives":                    TestARelativeIsAddedByThePersonWithTheirConsentAndHearsOfALow,
		"people added":                 TestAPersonIsAddedWithWhatIsKnownAndAgreedTo,
		"programmes joined and left":   TestSeveralProgrammesInOneSave,
		"consents of every programme":  TestConsentsAreThoseOfEveryProgramme,
		"measures that waited":         TestAWaitingMeasureIsStoredOnce,
		"forms":                        TestAFormIsStoredOnce,
		"the page for the visit":       TestTheVisitPage,
		"a programme begun from a zip": TestAZipBeginsAProgramme,
		"a programme as a zip":         TestAProgrammeTravelsAsAZip,
		"a new programme goes live":    TestANewProgrammeBeginsFromATemplateAndGoesLive,
		"a draft published":            TestADraftIsEditedPreviewedAndPublished,
		"movement between layers":      TestMovementIsWhatWasLogged,
		"two edits at once":            TestOfTwoEditsAtOnceOneIsRefused,
		"uploads of Nightscout":        TestAnUploaderSendsAsToNightscout,
		"treatments put right":         TestATreatmentIsPutRightAndTakenBack,
		"who uploads":                  TestWhoUploadsIsKnownByTheSecretAlone,
		"an import undone":             TestAnImportIsUndoneWholeAndComesInAgain,
		"an import that crashed":       TestACrashedImportGoesOnAndAStoppedOneWaits,
		"orders put right":             TestALaterListOfOrdersPutsTheEarlierRight,
		"undo of what waits":           TestAnUndoReachesWhatWaitsForConsent,
		"undo of a card":               TestAnUndoPutsTheCardRight,
		"a source withdrawn":           TestASourceIsWithdrawnInTheBackground,
	} {
		t.Run(name, test)
	}
}
